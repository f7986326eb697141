package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a user signs in for a server: the resource's description (RFC 9728), then that of its authorization server (RFC 8414); without
 * the first, what MCP had before it. Every address on the way has to pass the guard. Thread-safe.
 */
final class Discovery {
    private static final String RESOURCE = "/.well-known/oauth-protected-resource";
    private static final String OAUTH = "/.well-known/oauth-authorization-server";
    private static final String OPENID = "/.well-known/openid-configuration";

    /** Characters of an address: no browser is sent to a longer one. */
    private static final int LONGEST = 2_000;

    private final OutboundGuard guard;
    private final OAuthCalls calls;

    Discovery(OutboundGuard guard, OAuthCalls calls) {
        this.guard = guard;
        this.calls = calls;
    }

    AuthServer find(String url, Challenge challenge) throws McpFailure {
        URI server = address(url, "the server's address");
        JsonNode resource = resource(server, challenge);
        if (resource == null) {
            return older(server, challenge);
        }
        String named = resource.path("resource").asText();
        if (!covers(address(named, "resource"), server)) {
            throw failure("its description is that of another resource, " + shown(named));
        }
        String issuer = resource.path("authorization_servers").path(0).asText();
        JsonNode metadata = metadata(server, checked(server, issuer, "authorization_servers"), true);
        if (metadata == null) {
            throw failure("its authorization server " + shown(issuer) + " does not describe itself");
        }
        String scope = challenge.scope() == null ? joined(resource.path("scopes_supported")) : challenge.scope();
        return read(server, metadata, issuer, named, scope);
    }

    private @Nullable JsonNode resource(URI server, Challenge challenge) throws McpFailure {
        List<String> places = new ArrayList<>();
        if (challenge.metadata() != null) {
            places.add(challenge.metadata());
        }
        String path = path(server);
        if (!path.isEmpty()) {
            places.add(origin(server) + RESOURCE + path);
        }
        places.add(origin(server) + RESOURCE);
        for (String place : places) {
            OAuthCalls.Reply reply =
                    calls.get(checked(server, place, "resource_metadata").toString());
            if (reply.status() == 200 && reply.json().isObject()) {
                return reply.json();
            }
        }
        return null;
    }

    /** Servers from before RFC 9728: they are their own authorization server, with usual paths when they say nothing. */
    private AuthServer older(URI server, Challenge challenge) throws McpFailure {
        String origin = origin(server);
        JsonNode metadata = metadata(server, URI.create(origin), false);
        return metadata == null
                ? new AuthServer(
                        null,
                        origin + "/authorize",
                        origin + "/token",
                        origin + "/register",
                        null,
                        List.of(),
                        false,
                        null,
                        challenge.scope())
                : read(server, metadata, origin, null, challenge.scope());
    }

    private @Nullable JsonNode metadata(URI server, URI issuer, boolean openid) throws McpFailure {
        String path = path(issuer);
        List<String> places = new ArrayList<>(List.of(origin(issuer) + OAUTH + path));
        if (openid) {
            places.add(origin(issuer) + OPENID + path);
            if (!path.isEmpty()) {
                places.add(origin(issuer) + path + OPENID);
            }
        }
        for (String place : places) {
            OAuthCalls.Reply reply = calls.get(checked(server, place, "issuer").toString());
            if (reply.status() == 200 && reply.json().isObject()) {
                return reply.json();
            }
        }
        return null;
    }

    private AuthServer read(
            URI server, JsonNode metadata, String issuer, @Nullable String resource, @Nullable String scope)
            throws McpFailure {
        String said = metadata.path("issuer").asText();
        if (!bare(said).equals(bare(issuer))) {
            throw failure("the authorization server " + shown(issuer) + " says that it is another, " + shown(said));
        }
        List<String> pkce = texts(metadata.path("code_challenge_methods_supported"));
        if (!pkce.isEmpty() && !pkce.contains("S256")) {
            throw failure("its authorization server knows no PKCE by S256");
        }
        return new AuthServer(
                said,
                endpoint(server, metadata, "authorization_endpoint"),
                endpoint(server, metadata, "token_endpoint"),
                optional(server, metadata, "registration_endpoint"),
                optional(server, metadata, "revocation_endpoint"),
                texts(metadata.path("token_endpoint_auth_methods_supported")),
                metadata.path("authorization_response_iss_parameter_supported").asBoolean(),
                resource,
                scope);
    }

    private @Nullable String optional(URI server, JsonNode metadata, String name) throws McpFailure {
        return metadata.path(name).isTextual() ? endpoint(server, metadata, name) : null;
    }

    private String endpoint(URI server, JsonNode metadata, String name) throws McpFailure {
        return checked(server, metadata.path(name).asText(), name).toString();
    }

    /** An address that may be called: no worse protected than the server itself, and where the guard lets us. */
    private URI checked(URI server, String text, String what) throws McpFailure {
        URI uri = address(text, what);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean plain = scheme.equals("http") && "http".equalsIgnoreCase(server.getScheme());
        if (!scheme.equals("https") && !plain) {
            throw failure("its " + what + " is no https address: " + shown(text));
        }
        if (uri.getRawFragment() != null) {
            throw failure("its " + what + " has a fragment: " + shown(text));
        }
        try {
            guard.check(uri);
        } catch (Problem e) {
            throw new McpFailure(
                    McpFailure.Kind.UNREACHABLE,
                    "its " + what + ": " + e.detail().replaceFirst("^INVALID_ARGUMENT: ", ""),
                    e);
        }
        return uri;
    }

    private static URI address(String text, String what) throws McpFailure {
        try {
            URI uri = URI.create(text.strip());
            if (uri.getHost() != null && text.length() <= LONGEST) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new McpFailure(McpFailure.Kind.MALFORMED, "its " + what + " is no address: " + shown(text), e);
        }
        throw failure("its " + what + " is no address: " + shown(text));
    }

    /** Whether the server is, or is under, the resource. */
    static boolean covers(URI resource, URI server) {
        String above = path(resource);
        String path = path(server);
        return origin(resource).equalsIgnoreCase(origin(server))
                && (path.equals(above) || path.startsWith(above + "/"));
    }

    private static String origin(URI uri) {
        boolean usual = uri.getPort() == ("https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80);
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 || usual ? "" : ":" + uri.getPort());
    }

    private static String path(URI uri) {
        return bare(uri.getRawPath() == null ? "" : uri.getRawPath());
    }

    private static String bare(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static @Nullable String joined(JsonNode array) {
        List<String> all = texts(array);
        return all.isEmpty() ? null : String.join(" ", all);
    }

    /** What is repeated of an address that somebody else wrote. */
    private static String shown(String text) {
        return "'" + text.substring(0, Math.min(200, text.length())) + "'";
    }

    private static McpFailure failure(String why) {
        return new McpFailure(McpFailure.Kind.MALFORMED, why);
    }
}
