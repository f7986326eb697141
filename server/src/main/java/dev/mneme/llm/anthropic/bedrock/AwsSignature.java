package dev.mneme.llm.anthropic.bedrock;

import dev.mneme.base.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as AWS asks for it: Signature Version 4 (AWS General Reference, "Create a signed AWS API request"). Pure.
 *
 * @param session empty: the keys are lasting ones
 */
record AwsSignature(String keyId, String secret, String region, String session) {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    /** From the credential text of an endpoint: key, secret, region and session token, a line each. */
    static AwsSignature of(String credential) {
        String[] lines = credential.split("\n", -1);
        if (lines.length < 3) {
            throw new IllegalArgumentException("not the credentials of AWS");
        }
        return new AwsSignature(lines[0], lines[1], lines[2], lines.length > 3 ? lines[3] : "");
    }

    @Override
    public String toString() {
        return "AwsSignature[" + keyId + ", " + region + "]";
    }

    /**
     * The headers that a request gets besides its own.
     *
     * @param uri path and query encoded as they are sent
     * @param headers of the request that are signed besides host and date
     */
    Map<String, String> headers(
            String method, URI uri, Map<String, String> headers, byte[] body, String service, Instant now) {
        String time = TIME.format(now);
        String scope = time.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
        TreeMap<String, String> signed = new TreeMap<>();
        headers.forEach((name, value) ->
                signed.put(name.toLowerCase(Locale.ROOT), value.strip().replaceAll(" +", " ")));
        signed.put("host", uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
        signed.put("x-amz-date", time);
        if (!session.isEmpty()) {
            signed.put("x-amz-security-token", session);
        }
        String names = String.join(";", signed.keySet());
        String canonical = String.join(
                "\n",
                method,
                path(uri, service),
                query(uri),
                signed.entrySet().stream()
                        .map(each -> each.getKey() + ":" + each.getValue() + "\n")
                        .collect(Collectors.joining()),
                names,
                hash(body));
        String toSign = String.join("\n", ALGORITHM, time, scope, hash(canonical.getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            key = mac(key, part);
        }
        Map<String, String> out = new LinkedHashMap<>();
        out.put("x-amz-date", time);
        if (!session.isEmpty()) {
            out.put("x-amz-security-token", session);
        }
        out.put(
                "authorization",
                ALGORITHM + " Credential=" + keyId + "/" + scope + ", SignedHeaders=" + names + ", Signature="
                        + HEX.formatHex(mac(key, toSign)));
        return out;
    }

    /** The path as it is signed: every service but S3 encodes the encoded path once more. */
    private static String path(URI uri, String service) {
        String raw = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return service.equals("s3")
                ? raw
                : Arrays.stream(raw.split("/", -1)).map(AwsSignature::encoded).collect(Collectors.joining("/"));
    }

    private static String query(URI uri) {
        if (uri.getRawQuery() == null || uri.getRawQuery().isEmpty()) {
            return "";
        }
        return Arrays.stream(uri.getRawQuery().split("&"))
                .map(pair -> pair.contains("=") ? pair : pair + "=")
                .sorted()
                .collect(Collectors.joining("&"));
    }

    /** Percent-encoding of everything but unreserved characters. */
    static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || c == '-' || c == '_' || c == '.' || c == '~') {
                out.append(c);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return out.toString();
    }

    private static String hash(byte[] bytes) {
        return HEX.formatHex(Sha256.begin().digest(bytes));
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC", e);
        }
    }
}
