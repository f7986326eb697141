package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.genai.types.Content;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.GenerationConfig;
import com.google.genai.types.Part;
import com.google.genai.types.Tool;
import com.google.genai.types.ToolConfig;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.testkit.Playback;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Google's own Java client as a judge: it knows every word that we send, and it reads recorded streams as we do. */
class GeminiOracleTest {
    private final Playback playback = Playback.start();
    private final Models models = LlmTest.models(
            LlmOptions.fromEnvironment(
                    Map.of("GEMINI_BASE_URL", playback.url(), "GEMINI_API_KEY", "k", "MNEME_RETRY_ATTEMPTS", "0")),
            new ArrayList<>());

    @AfterEach
    void close() {
        models.close();
        playback.close();
    }

    /** A tool with much that Gemini does not know. */
    private static final ToolSpec RICH = new ToolSpec("rich", "Rich.", Json.read("""
            {"type":"object","$schema":"x","additionalProperties":false,"properties":{
              "a":{"type":["string","null"],"default":"x","minLength":1},"b":{"type":"array","items":{"$ref":"#/$defs/P"},"uniqueItems":true},
              "c":{"anyOf":[{"type":"integer","exclusiveMinimum":0},{"type":"string"}],"description":"d"},"d":{"type":"string","enum":["x","y"]}},
             "required":["a"],"$defs":{"P":{"type":"object","properties":{"n":{"type":"number","maximum":3.5}},"patternProperties":{}}}}""", JsonNode.class));

    @ParameterizedTest
    @ValueSource(strings = {"gemini-2.5-flash", "gemini-2.5-pro", "gemini-3-pro-preview", "gemini-2.0-flash"})
    void knowsEveryWordOfARequest(String model) {
        ModelRequest request = Rows.request(
                models.resolve("google_ai/" + model),
                false,
                Rows.said("I begin"),
                Rows.row(
                        Role.USER,
                        List.of(
                                new dev.mneme.message.Content.Text("what is it?"),
                                new dev.mneme.message.Content.Image("image/png", "aWdn", null)),
                        List.of(),
                        List.of(),
                        null),
                Rows.row(
                        Role.ASSISTANT,
                        List.of(new dev.mneme.message.Content.Reasoning(true, "hm", "c2ln", "google")),
                        List.of(new ToolCall("x", "get_weather", "{\"city\":\"x\"}")),
                        List.of(),
                        null),
                Rows.returned("x"),
                Rows.user("and?"));
        JsonNode body = models.preview(Rows.with(request, ToolChoice.named("rich"), true, Rows.TOOL, RICH));
        known(
                body.get("systemInstruction"),
                Content.fromJson(body.get("systemInstruction").toString()).toJson());
        for (JsonNode each : body.get("contents")) {
            known(each, Content.fromJson(each.toString()).toJson());
        }
        for (JsonNode each : body.get("tools")) {
            known(each, Tool.fromJson(each.toString()).toJson());
        }
        known(
                body.get("toolConfig"),
                ToolConfig.fromJson(body.get("toolConfig").toString()).toJson());
        known(
                body.get("generationConfig"),
                GenerationConfig.fromJson(body.get("generationConfig").toString())
                        .toJson());
        assertThat(body.properties().stream().map(Map.Entry::getKey).toList())
                .isSubsetOf("systemInstruction", "contents", "tools", "toolConfig", "generationConfig");
    }

    /** What the client's types do not know is lost on the way through them. */
    private static void known(JsonNode sent, String through) {
        assertThat(Json.read(through.toLowerCase(java.util.Locale.ROOT), JsonNode.class))
                .isEqualTo(Json.read(sent.toString().toLowerCase(java.util.Locale.ROOT), JsonNode.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "reasoning", "call", "parallel", "truncated", "cached"})
    void readsRecordedStreamsAsWeDo(String recording) throws Exception {
        byte[] bytes = recording(recording);
        StringBuilder text = new StringBuilder();
        StringBuilder thought = new StringBuilder();
        List<String> calls = new ArrayList<>();
        int total = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\r?\n")) {
            if (!line.startsWith("data: ")) {
                continue;
            }
            GenerateContentResponse chunk = GenerateContentResponse.fromJson(line.substring(6));
            for (Part part : chunk.parts() == null ? List.<Part>of() : chunk.parts()) {
                (part.thought().orElse(false) ? thought : text)
                        .append(part.text().orElse(""));
                part.functionCall()
                        .ifPresent(call ->
                                calls.add(call.name().orElse("") + call.args().orElse(Map.of())));
            }
            total = chunk.usageMetadata()
                    .flatMap(usage -> usage.totalTokenCount())
                    .orElse(total);
        }
        playback.play(Playback.Tape.of("text/event-stream", bytes));
        ModelEvent.Done ours =
                Rows.done(models, Rows.request(models.resolve("google_ai/gemini-2.5-flash"), true, Rows.user("hi")));
        assertThat(Rows.text(ours)).isEqualTo(text.toString());
        assertThat(ours.content().stream()
                        .map(part -> part instanceof dev.mneme.message.Content.Reasoning r ? r.reasoning() : "")
                        .reduce("", String::concat))
                .isEqualTo(thought.toString());
        assertThat(ours.calls().stream()
                        .map(call -> call.name() + Json.read(call.arguments(), Map.class))
                        .toList())
                .isEqualTo(calls);
        assertThat(ours.usage().totalTokens()).isEqualTo(total);
    }

    private static byte[] recording(String name) throws IOException {
        try (InputStream in = GeminiOracleTest.class.getResourceAsStream("/streams/gemini/" + name + ".sse")) {
            return in.readAllBytes();
        }
    }
}
