package dev.mneme.llm.google;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ProviderHttp;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens for Vertex AI. The credential is either such a token as it is, or the JSON of a key file: of a service account (a signed
 * JWT is exchanged) or of a user ({@code gcloud auth application-default login}: the refresh token is exchanged). Other kinds of
 * application default credentials (metadata server, workload identity federation, impersonation) are refused with their name.
 * Thread-safe; a token is kept until shortly before it ends.
 */
final class VertexTokens {
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final String DEFAULT_TOKEN_URI = "https://oauth2.googleapis.com/token";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Seconds that a token is asked for: the most that Google gives. */
    private static final long LIFETIME = 3_600;

    /** Seconds before its end from which on a token is not used any more. */
    private static final long MARGIN = 120;

    private record Kept(String credential, String token, Instant until) {}

    private final ProviderHttp http;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Kept kept;

    VertexTokens(ProviderHttp http) {
        this.http = http;
    }

    String of(Endpoint at) {
        String credential = String.valueOf(at.apiKey());
        if (!credential.startsWith("{")) {
            return credential;
        }
        Kept known = kept;
        if (known != null
                && known.credential.equals(credential)
                && Instant.now().isBefore(known.until)) {
            return known.token;
        }
        lock.lock();
        try {
            known = kept;
            if (known == null
                    || !known.credential.equals(credential)
                    || !Instant.now().isBefore(known.until)) {
                known = exchanged(at, credential);
                kept = known;
            }
            return known.token;
        } finally {
            lock.unlock();
        }
    }

    private Kept exchanged(Endpoint at, String credential) {
        JsonNode file;
        try {
            file = Json.parse(credential);
        } catch (JsonProcessingException e) {
            throw Failures.place("The credentials of Vertex AI are no JSON key file.", null);
        }
        String uri = file.path("token_uri").asText(DEFAULT_TOKEN_URI);
        String type = file.path("type").asText();
        ObjectNode form = switch (type) {
            case "service_account" ->
                Json.object()
                        .put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                        .put("assertion", assertion(file, uri, Instant.now()));
            case "authorized_user" ->
                Json.object()
                        .put("grant_type", "refresh_token")
                        .put("client_id", file.path("client_id").asText())
                        .put("client_secret", file.path("client_secret").asText())
                        .put("refresh_token", file.path("refresh_token").asText());
            default ->
                throw Failures.place(
                        "Credentials of type '" + type
                                + "' are not supported for Vertex AI: use the key file of a service account or an access token.",
                        null);
        };
        Endpoint there = new Endpoint(at.provider(), at.display(), uri, null, TIMEOUT, TIMEOUT, Map.of(), false);
        JsonNode answer = http.postForm(there, "", form);
        String token = answer.path("access_token").asText();
        if (token.isEmpty()) {
            throw Failures.garbage(there, "a token answer without access_token");
        }
        long seconds = answer.path("expires_in").asLong(LIFETIME);
        return new Kept(credential, token, Instant.now().plusSeconds(Math.max(0, seconds - MARGIN)));
    }

    /** The signed statement of a service account (RFC 7523). */
    static String assertion(JsonNode file, String audience, Instant now) {
        ObjectNode header = Json.object()
                .put("alg", "RS256")
                .put("typ", "JWT")
                .put("kid", file.path("private_key_id").asText());
        ObjectNode claims = Json.object()
                .put("iss", file.path("client_email").asText())
                .put("scope", SCOPE)
                .put("aud", audience)
                .put("iat", now.getEpochSecond())
                .put("exp", now.getEpochSecond() + LIFETIME);
        String text = encoded(header.toString()) + "." + encoded(claims.toString());
        String pem = file.path("private_key")
                .asText()
                .replaceAll("-----[A-Z ]+-----", "")
                .replaceAll("\\s", "");
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw Failures.place("The private key in the credentials of Vertex AI cannot be used.", e);
        }
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
