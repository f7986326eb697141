package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes us known to an authorization server, and gets tokens of it. Repeats nothing that it says but the codes of RFC 6749. Thread-safe. */
final class TokenCalls {
    static final String POST = "client_secret_post";
    static final String BASIC = "client_secret_basic";
    static final String NONE = "none";

    private static final Set<String> KNOWN_ERRORS = Set.of(
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope",
            "invalid_target",
            "invalid_redirect_uri",
            "invalid_client_metadata",
            "invalid_software_statement",
            "unapproved_software_statement",
            "access_denied",
            "server_error",
            "temporarily_unavailable");

    /** Characters of a token: servers take headers of 8 KiB or so. */
    private static final int LONGEST_TOKEN = 16_000;

    /** Longest time that a token is believed to live. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(3_650);

    private final OAuthCalls calls;
    private final Clock clock;

    TokenCalls(OAuthCalls calls, Clock clock) {
        this.calls = calls;
        this.clock = clock;
    }

    /** Who we are there. */
    record Client(String id, @Nullable String secret, String method) {
        @Override
        public String toString() {
            return "Client[" + id + "]";
        }
    }

    /** Makes us known (RFC 7591). */
    Client register(AuthServer server, String redirectUri) throws McpFailure {
        if (server.register() == null) {
            throw new McpFailure(
                    McpFailure.Kind.REFUSED,
                    "its authorization server takes no clients by itself; register the server with auth_header and"
                            + " auth_token instead");
        }
        String method = method(server.methods());
        ObjectNode body = Json.object().put("client_name", "Mneme");
        body.putArray("redirect_uris").add(redirectUri);
        body.putArray("grant_types").add("authorization_code").add("refresh_token");
        body.putArray("response_types").add("code");
        body.put("token_endpoint_auth_method", method);
        if (server.scope() != null) {
            body.put("scope", server.scope());
        }
        OAuthCalls.Reply reply =
                calls.post(server.register(), Map.of("Content-Type", "application/json"), Json.write(body));
        String id = reply.json().path("client_id").asText("");
        if (!reply.fine() || id.isEmpty()) {
            throw refused("does not take us as a client", reply);
        }
        String secret = reply.json().path("client_secret").textValue();
        String given = reply.json().path("token_endpoint_auth_method").asText(method);
        boolean known = List.of(POST, BASIC, NONE).contains(given);
        return new Client(id, secret, secret == null ? NONE : known ? given : method);
    }

    private static String method(List<String> supported) throws McpFailure {
        if (supported.isEmpty()) {
            return POST;
        }
        return List.of(POST, NONE, BASIC).stream()
                .filter(supported::contains)
                .findFirst()
                .orElseThrow(() -> new McpFailure(
                        McpFailure.Kind.REFUSED,
                        "its authorization server wants clients to show who they are in a way that is not known here"));
    }

    /** Tokens for the code that the browser brought. */
    Tokens exchange(Grant grant, String code) throws McpFailure {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", grant.redirectUri());
        form.put("code_verifier", grant.verifier());
        return tokens(grant, form, null, false);
    }

    /** New tokens for old ones. Throws REFUSED when there will never be any, and anything else when later may be better. */
    Tokens refresh(Grant grant, String refresh, boolean afterRefusal) throws McpFailure {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", refresh);
        return tokens(grant, form, refresh, afterRefusal);
    }

    private Tokens tokens(Grant grant, Map<String, String> form, @Nullable String old, boolean afterRefusal)
            throws McpFailure {
        if (grant.resource() != null) {
            form.put("resource", grant.resource());
        }
        OAuthCalls.Reply reply = asked(grant, grant.tokenEndpoint(), form);
        if (!reply.fine()) {
            throw refused("gives no tokens", reply);
        }
        return read(reply.json(), old, afterRefusal);
    }

    /** Sends a form as the client that we are there. */
    private OAuthCalls.Reply asked(Grant grant, String endpoint, Map<String, String> form) throws McpFailure {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        headers.put("Accept", "application/json");
        String secret = grant.clientSecret() == null ? "" : grant.clientSecret();
        if (grant.method().equals(BASIC)) {
            String pair = encoded(grant.clientId()) + ":" + encoded(secret);
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        } else {
            form.put("client_id", grant.clientId());
            if (grant.method().equals(POST)) {
                form.put("client_secret", secret);
            }
        }
        return calls.post(endpoint, headers, query(form));
    }

    /**
     * Gives tokens back (RFC 7009), the one for renewing first, since many servers end both with it. Nothing where the server takes none; one
     * that cannot be told forgets them when their time is over.
     */
    void revoke(Grant grant, Tokens tokens) {
        if (grant.revocationEndpoint() == null) {
            return;
        }
        Map<String, String> held = new LinkedHashMap<>();
        if (tokens.refresh() != null) {
            held.put("refresh_token", tokens.refresh());
        }
        held.put("access_token", tokens.access());
        held.forEach((kind, token) -> {
            Map<String, String> form = new LinkedHashMap<>();
            form.put("token", token);
            form.put("token_type_hint", kind);
            try {
                asked(grant, grant.revocationEndpoint(), form);
            } catch (McpFailure e) {
                // Deleted here already, whatever becomes of it there.
                return;
            }
        });
    }

    private Tokens read(JsonNode json, @Nullable String old, boolean afterRefusal) throws McpFailure {
        String access = json.path("access_token").asText("");
        String refresh = json.path("refresh_token").textValue();
        boolean bearer = json.path("token_type").asText("bearer").equalsIgnoreCase("bearer");
        if (!bearer || !access.matches("[!-~]{1," + LONGEST_TOKEN + "}")) {
            throw new McpFailure(
                    McpFailure.Kind.MALFORMED, "its authorization server gave a token that is no bearer token");
        }
        long now = clock.now();
        long seconds = Math.min(json.path("expires_in").asLong(0), LONGEST_LIFE.toSeconds());
        return new Tokens(
                access,
                refresh == null || refresh.isEmpty() ? old : refresh,
                seconds <= 0 ? null : Long.valueOf(now + seconds * 1_000_000),
                now,
                afterRefusal);
    }

    /** 4xx says no for ever, but for "too many" and "too slow". */
    private static McpFailure refused(String what, OAuthCalls.Reply reply) {
        int status = reply.status();
        boolean no = status >= 400 && status < 500 && status != 408 && status != 429;
        String code = reply.json().path("error").asText();
        return new McpFailure(
                no ? McpFailure.Kind.REFUSED : McpFailure.Kind.UNREACHABLE,
                "its authorization server " + what + ": "
                        + (KNOWN_ERRORS.contains(code) ? code + " (status " + status + ")" : "status " + status));
    }

    /** As a form, or as what stands behind the question mark of an address. */
    static String query(Map<String, String> values) {
        return values.entrySet().stream()
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
