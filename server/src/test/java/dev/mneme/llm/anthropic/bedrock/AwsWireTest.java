package dev.mneme.llm.anthropic.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AWS's signatures and frames, on the test vectors that AWS publishes. */
class AwsWireTest {
    /** The credentials of the signature test suite. */
    private static final AwsSignature KEYS =
            AwsSignature.of("AKIDEXAMPLE\nwJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\nus-east-1\n");

    private static final Instant THEN = Instant.parse("2015-08-30T12:36:00Z");

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // get-vanilla
                "GET, /, -, -, -, host;x-amz-date, 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                // get-vanilla-query-order-key-case
                "GET, /?Param2=value2&Param1=value1, -, -, -, host;x-amz-date, b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
                // post-vanilla
                "POST, /, -, -, -, host;x-amz-date, 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
                // post-header-key-sort
                "POST, /, My-Header1, value1, -, host;my-header1;x-amz-date, c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
                // post-x-www-form-urlencoded
                "POST, /, Content-Type, application/x-www-form-urlencoded, Param1=value1, content-type;host;x-amz-date, ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            })
    void signs(String method, String path, String name, String value, String body, String names, String signature) {
        Map<String, String> headers = KEYS.headers(
                method,
                URI.create("https://example.amazonaws.com" + path),
                name == null ? Map.of() : Map.of(name, value),
                (body == null ? "" : body).getBytes(StandardCharsets.UTF_8),
                "service",
                THEN);
        assertThat(headers.get("authorization"))
                .isEqualTo(
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="
                                + names + ", Signature=" + signature);
        assertThat(headers).containsEntry("x-amz-date", "20150830T123600Z");
    }

    @Test
    void aSessionTokenIsSignedAndSent() {
        AwsSignature temporary = AwsSignature.of("AKIDEXAMPLE\nsecret\nus-east-1\nthe-token");
        Map<String, String> headers = temporary.headers(
                "POST", URI.create("https://x.amazonaws.com/"), Map.of(), new byte[0], "bedrock", THEN);
        assertThat(headers).containsEntry("x-amz-security-token", "the-token");
        assertThat(headers.get("authorization")).contains("SignedHeaders=host;x-amz-date;x-amz-security-token,");
        assertThat(temporary.toString()).doesNotContain("secret").doesNotContain("the-token");
    }

    @Test
    void whatIsNotUnreservedIsEncoded() {
        assertThat(AwsSignature.encoded("us.anthropic.claude-sonnet-4-5-20250929-v1:0"))
                .isEqualTo("us.anthropic.claude-sonnet-4-5-20250929-v1%3A0");
        assertThat(AwsSignature.encoded("arn:aws:x/ü ~")).isEqualTo("arn%3Aaws%3Ax%2F%C3%BC%20~");
    }

    private static EventFrames frames(byte[] bytes) {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        return new EventFrames(length -> {
            try {
                byte[] read = in.readNBytes(length);
                return read.length == 0 ? null : read;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void readsFrames() throws Exception {
        // "empty_message" of AWS's test vectors
        EventFrames empty = frames(HexFormat.of().parseHex("000000100000000005c248eb7d98c8ff"));
        assertThat(empty.next()).isEqualTo(new EventFrames.Frame(Map.of(), ""));
        assertThat(empty.next()).isNull();
        byte[] ours = Frames.frame(Map.of(":event-type", "chunk"), "{\"ü\":1}");
        assertThat(frames(ours).next()).isEqualTo(new EventFrames.Frame(Map.of(":event-type", "chunk"), "{\"ü\":1}"));
        assertThat(frames(java.util.Arrays.copyOf(ours, ours.length - 3)).next())
                .isNull();
    }

    @Test
    void aBrokenFrameIsRefused() {
        byte[] ours = Frames.frame(Map.of(":event-type", "chunk"), "{}");
        for (int at : new int[] {2, 9, 14, ours.length - 1}) {
            byte[] broken = ours.clone();
            broken[at] ^= 1;
            assertThatThrownBy(() -> frames(broken).next()).isInstanceOf(EventFrames.BadFrame.class);
        }
    }
}
