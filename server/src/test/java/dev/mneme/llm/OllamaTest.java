package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.Content;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.testkit.Playback;
import dev.mneme.testkit.Playback.Tape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ollama's own language: what it is told, what it lists, and what happens where it is not spoken (contract 09 §4). */
class OllamaTest {
    private static final String SAID =
            "{\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":1}";

    private final Playback playback = Playback.start();
    private final List<Models> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Models::close);
        playback.close();
    }

    private Models models(String... more) {
        Map<String, String> environment = new HashMap<>(Map.of("OLLAMA_BASE_URL", playback.url()));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        Models models = LlmTest.models(LlmOptions.fromEnvironment(environment), new ArrayList<>());
        open.add(models);
        return models;
    }

    private void described() {
        playback.page("/api/tags", "{\"models\":[{\"name\":\"qwen3:8b\"}]}")
                .page(
                        "/api/show",
                        "{\"capabilities\":[\"completion\",\"tools\",\"thinking\"],\"model_info\":{\"general.architecture\":\"qwen3\",\"qwen3.context_length\":40960,\"qwen3.embedding_length\":4096}}");
    }

    @Test
    void theWholeBody() {
        described();
        Models models = models("OLLAMA_KEEP_ALIVE", "30m");
        Message image = Rows.row(
                Role.USER,
                List.of(new Content.Text("r"), new Content.Image("image/png", "aWdn", null)),
                List.of(),
                List.of(),
                null);
        ModelRequest request = Rows.request(
                models.resolve("ollama/qwen3:8b"),
                true,
                Rows.user("q"),
                Rows.said("look", "x"),
                Rows.returned("x"),
                image);
        playback.play(Tape.of("application/x-ndjson", (SAID + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Rows.done(models, Rows.with(request, ToolChoice.REQUIRED, false, Rows.TOOL));
        assertThat(playback.last().path()).isEqualTo("/api/chat");
        assertThat(playback.last().body()).isEqualTo(Json.read("""
                {"model":"qwen3:8b","messages":[
                  {"role":"system","content":"You are an agent."},
                  {"role":"user","content":"q"},
                  {"role":"assistant","content":"look","tool_calls":[{"function":{"name":"get_weather","arguments":{"city":"x"}}}]},
                  {"role":"tool","tool_name":"get_weather","content":"{\\n  \\"status\\": \\"OK\\",\\n  \\"message\\": \\"sunny in x\\",\\n  \\"time\\": \\"2026-01-05 10:00:00 AM UTC+0000\\"\\n}"},
                  {"role":"user","content":"r","images":["aWdn"]}],
                 "tools":[{"type":"function","function":{"name":"get_weather","description":"Tells the weather.","parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string"}},"required":["city"]}}}],
                 "options":{"num_ctx":40960,"num_predict":4096,"temperature":1.0},"keep_alive":"30m","stream":true}""", JsonNode.class));
    }

    @Test
    void imagesOfToolsAreShownAfterThem() {
        described();
        playback.play(Tape.of("application/x-ndjson", (SAID + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Models models = models();
        Rows.done(
                models,
                Rows.request(
                        models.resolve("ollama/qwen3:8b"),
                        true,
                        Rows.user("q"),
                        Rows.said("", "x"),
                        Rows.pictured("x")));
        JsonNode last = playback.last().body().at("/messages/4");
        assertThat(last.path("role").asText()).isEqualTo("user");
        assertThat(last.at("/images/0").asText()).isEqualTo("aWdn");
    }

    @Test
    void theOperatorsLimitOfContextCountsEverywhere() {
        described();
        Models models = models("OLLAMA_NUM_CTX", "16384");
        LlmConfig config = models.resolve("ollama/qwen3:8b");
        assertThat(config.contextWindow()).isEqualTo(16_384);
        assertThat(models.preview(Rows.request(Rows.config(config, false, 0, null, 30_000), false, Rows.user("q")))
                        .path("options")
                        .path("num_ctx")
                        .asInt())
                .isEqualTo(16_384);
    }

    @Test
    void formsAndThinking() {
        Models models = models();
        LlmConfig config = models.resolve("ollama/qwen3:8b");
        JsonNode schema = Json.read(
                "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"object\"}}}", JsonNode.class);
        ModelRequest request = Rows.request(config.asking(schema, false, null), false, Rows.user("q"));
        assertThat(models.preview(request).has("format")).isFalse();
        assertThat(models.preview(request)
                        .path("messages")
                        .path(0)
                        .path("content")
                        .asText())
                .endsWith("that fits this JSON schema:\n{\"type\":\"object\"}");
        assertThat(models.preview(Rows.with(request, ToolChoice.AUTO, false))
                        .path("format")
                        .path("type")
                        .asText())
                .isEqualTo("object");
        assertThat(models.preview(request).has("think")).isFalse();
        ModelRequest thinks = Rows.request(Rows.config(config, true, 0, null, 9_000), false, Rows.user("q"));
        assertThat(models.preview(thinks).path("think").asBoolean()).isTrue();
        playback.play(Tape.refusal(400, "{\"error\":\"\\\"x\\\" does not support thinking\"}"), Tape.json(SAID));
        assertThat(Rows.text(Rows.done(models, thinks))).isEqualTo("ok");
        assertThat(playback.last().body().has("think")).isFalse();
    }

    @Test
    void listsWhatCanCallToolsAndWhatEmbeds() {
        described();
        Models models = models();
        assertThat(models.list())
                .extracting(card -> card.config().handle() + " " + card.maxContextWindow())
                .contains("ollama/qwen3:8b 40960");
        playback.page("/api/show", "{\"capabilities\":[\"completion\"],\"model_info\":{}}");
        assertThat(models().list())
                .noneMatch(card -> String.valueOf(card.config().handle()).startsWith("ollama/"));
        playback.page("/api/tags", "{\"models\":[{\"name\":\"my-vectors:latest\"}]}")
                .page("/api/show", "{\"capabilities\":[\"embedding\"],\"model_info\":{\"bert.embedding_length\":77}}");
        Models vectors = models();
        assertThat(vectors.listEmbeddings()).extracting(EmbeddingConfig::handle).contains("ollama/my-vectors:latest");
        assertThat(vectors.resolveEmbedding("ollama/my-vectors").embeddingDim()).isEqualTo(77);
    }

    @Test
    void whatOnlyLooksLikeOllamaIsSpokenToLikeOpenAi() {
        playback.page(
                "/v1/chat/completions",
                "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}");
        Models models = models();
        LlmConfig config = models.resolve("ollama/x");
        Rows.done(models, Rows.request(config, false, Rows.user("q")));
        Rows.done(models, Rows.request(config, false, Rows.user("q")));
        assertThat(playback.requests().stream()
                        .map(Playback.Seen::path)
                        .filter(path -> path.endsWith("chat") || path.endsWith("completions")))
                .containsExactly("/api/chat", "/v1/chat/completions", "/v1/chat/completions");
    }

    @Test
    void aModelThatIsNotThereIsNamedByOllama() {
        Models models = models();
        LlmConfig config = models.resolve("ollama/x");
        playback.play(Tape.refusal(404, "{\"error\":\"model 'x' not found\"}"));
        assertThatThrownBy(() -> Rows.done(models, Rows.request(config, false, Rows.user("q"))))
                .isInstanceOfSatisfying(
                        ModelException.class, e -> assertThat(e.detail()).contains("model 'x' not found"));
    }
}
