package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.anthropic.bedrock.Frames;
import dev.mneme.message.LlmConfig;
import dev.mneme.testkit.Playback;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Claude at Bedrock: where it is called, as whom, and what is different there. */
class BedrockTest {
    private static final String ID = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private static final String FINE =
            "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"fine\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}";

    private final Playback aws = Playback.start();
    private final List<Long> pauses = new ArrayList<>();
    private final Models models = LlmTest.models(
            LlmOptions.fromEnvironment(Map.of(
                    "AWS_ACCESS_KEY_ID",
                    "AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY",
                    "very-secret",
                    "AWS_SESSION_TOKEN",
                    "session",
                    "AWS_REGION",
                    "eu-central-1",
                    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                    aws.url())),
            pauses);

    @AfterEach
    void close() {
        models.close();
        aws.close();
    }

    private ModelRequest request(boolean stream) {
        return Rows.request(models.resolve("bedrock/" + ID), stream, Rows.user("q"));
    }

    @Test
    void theBodyIsAnthropicsAndTheModelStandsInThePath() {
        aws.play(Playback.Tape.json(FINE));
        assertThat(Rows.text(Rows.done(models, request(false)))).isEqualTo("fine");
        JsonNode body = aws.last().body();
        assertThat(body.path("anthropic_version").asText()).isEqualTo("bedrock-2023-05-31");
        assertThat(body.path("anthropic_beta")).isEqualTo(Json.array().add("interleaved-thinking-2025-05-14"));
        assertThat(body.has("model") || body.has("stream")).isFalse();
        assertThat(body.path("thinking").path("budget_tokens").asInt()).isEqualTo(1_024);
        assertThat(aws.last().path()).isEqualTo("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke");
        Map<String, String> headers = aws.last().headers();
        assertThat(headers.get("authorization"))
                .contains("Credential=AKIDEXAMPLE/")
                .contains("/eu-central-1/bedrock/aws4_request")
                .contains("SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token");
        assertThat(headers).containsEntry("x-amz-security-token", "session");
        assertThat(headers.toString()).doesNotContain("very-secret");
    }

    @Test
    void theHandleCarriesTheProfileAndTheModelItsBareName() {
        LlmConfig config = models.resolve("bedrock/" + ID);
        assertThat(config.model()).isEqualTo("claude-sonnet-4-5-20250929");
        assertThat(config.contextWindow()).isEqualTo(128_000);
        assertThat(config.maxTokens()).isEqualTo(16_384);
        assertThat(config.modelEndpointType()).isEqualTo("bedrock");
    }

    @Test
    void profilesAreListed() {
        aws.page("/inference-profiles", """
                {"inferenceProfileSummaries":[{"inferenceProfileId":"us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
                 {"inferenceProfileId":"us.meta.llama3-3-70b-instruct-v1:0"}]}""");
        assertThat(models.list())
                .filteredOn(card -> String.valueOf(card.config().handle()).startsWith("bedrock/"))
                .singleElement()
                .satisfies(card -> {
                    assertThat(card.config().handle()).isEqualTo("bedrock/" + ID);
                    assertThat(card.maxContextWindow()).isEqualTo(200_000);
                });
    }

    @Test
    void aMissingPermissionHasANameOfItsOwn() {
        aws.play(Playback.Tape.refusal(403, "{\"message\":\"You don't have access to the model.\"}"));
        ModelException e = catchThrowableOfType(ModelException.class, () -> Rows.done(models, request(true)));
        assertThat(e.kind()).isEqualTo(ProblemCode.BEDROCK_PERMISSION_DENIED);
        assertThat(e.detail()).contains("You don't have access");
        assertThat(pauses).isEmpty();
    }

    @Test
    void throttlingInsideAStreamIsTriedAgain() {
        byte[] busy = Frames.of("!throttlingException {\"message\":\"slow down\"}".getBytes(StandardCharsets.UTF_8));
        aws.play(Playback.Tape.of("application/vnd.amazon.eventstream", busy), Playback.Tape.json(FINE));
        assertThat(Rows.text(Rows.done(models, request(true)))).isEqualTo("fine");
        assertThat(pauses).hasSize(1);
        assertThat(aws.last().path()).endsWith("/invoke-with-response-stream");
        assertThat(aws.last().headers()).containsEntry("accept", "application/vnd.amazon.eventstream");
    }
}
