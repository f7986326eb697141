package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.testkit.Playback;
import dev.mneme.testkit.Playback.Tape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each OpenAI-like provider is sent and lists in its own way (contract 09 §4, §5). */
class QuirksTest {
    private static final String CHAT = "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}";

    private final Playback playback = Playback.start();
    private final List<Models> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Models::close);
        playback.close();
    }

    private Models models(Map<String, String> environment) {
        Models models = LlmTest.models(LlmOptions.fromEnvironment(environment), new ArrayList<>());
        open.add(models);
        return models;
    }

    /** A provider with a public address cannot be moved: its config's own address is written by a caller, who needs no key. */
    private JsonNode preview(ModelRequest request) {
        return models(Map.of(
                        "GROQ_API_KEY",
                        "k",
                        "TOGETHER_API_KEY",
                        "k",
                        "DEEPSEEK_API_KEY",
                        "k",
                        "XAI_API_KEY",
                        "k",
                        "ZAI_API_KEY",
                        "k",
                        "MISTRAL_API_KEY",
                        "k",
                        "OPENROUTER_API_KEY",
                        "k",
                        "LMSTUDIO_BASE_URL",
                        "http://x",
                        "VLLM_API_BASE",
                        "http://x",
                        "OPENAI_API_KEY",
                        "k"))
                .preview(request);
    }

    private LlmConfig config(String handle) {
        return models(Map.of()).resolve(handle);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // handle, choice when one tool is forced, limit, format of any JSON, format of a schema, usage asked,
                // logprobs
                "openai/gpt-4o, {type:function}, max_completion_tokens, json_object, json_schema, true, true",
                "groq/x, required, max_tokens, -, -, true, false",
                "together/x, auto, max_tokens, json_object, json_schema, true, true",
                "vllm/x, auto, max_tokens, json_object, json_schema, true, true",
                "lmstudio_openai/x, required, max_tokens, json_schema, json_schema, true, false",
                "deepseek/deepseek-chat, {type:function}, max_tokens, json_object, json_object, true, true",
                "xai/grok-4, {type:function}, max_completion_tokens, json_object, json_schema, true, true",
                "zai/glm-4.6, auto, max_tokens, json_object, json_object, true, false",
                "mistral/mistral-large-latest, {type:function}, max_tokens, json_object, json_schema, false, false",
                "openrouter/a/b, required, max_tokens, json_object, json_schema, true, true",
            })
    void bodies(
            String handle, String choice, String limit, String any, String schema, boolean usage, boolean logprobs) {
        LlmConfig plain = config(handle);
        JsonNode object = Json.object().put("type", "json_object");
        JsonNode form = Json.read(
                "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\"}}}",
                JsonNode.class);
        ModelRequest request = Rows.request(plain.asking(object, true, 2), true, Rows.user("q"));
        JsonNode body = preview(Rows.with(request, ToolChoice.named("get_weather"), false, Rows.TOOL));
        JsonNode chosen = body.path("tool_choice");
        assertThat(
                        chosen.isTextual()
                                ? chosen.asText()
                                : "{type:" + chosen.path("type").asText() + "}")
                .isEqualTo(choice);
        assertThat(body.has(limit)).isTrue();
        assertThat(body.path("response_format").path("type").asText(null)).isEqualTo(any);
        assertThat(preview(request.withConfig(plain.asking(form, false, null)))
                        .path("response_format")
                        .path("type")
                        .asText(null))
                .isEqualTo(schema);
        assertThat(body.has("stream_options")).isEqualTo(usage);
        assertThat(body.has("logprobs")).isEqualTo(logprobs);
        boolean inWords = body.path("messages").path(0).path("content").asText().contains("JSON");
        assertThat(inWords).isTrue(); // any JSON is always asked for in words too: OpenAI refuses it else
    }

    @Test
    void openAiItself() {
        assertThat(preview(Rows.request(config("openai/gpt-4.1"), false, Rows.user("q")))
                        .path("prompt_cache_retention")
                        .asText())
                .isEqualTo("24h");
        assertThat(preview(Rows.request(config("openai/gpt-5-mini"), false, Rows.user("q")))
                        .has("prompt_cache_retention"))
                .isFalse();
        JsonNode fast = preview(Rows.request(config("openai/gpt-5.4-fast"), false, Rows.user("q")));
        assertThat(fast.path("model").asText()).isEqualTo("gpt-5.4");
        assertThat(fast.path("service_tier").asText()).isEqualTo("priority");
    }

    @Test
    void modelsThatRefuseTheWordOfParallelCallsAreNotToldIt() {
        assertThat(preview(Rows.request(config("openai/o4-mini"), false, Rows.user("q")))
                        .has("parallel_tool_calls"))
                .isFalse();
        assertThat(preview(Rows.request(config("openai/gpt-5-mini"), false, Rows.user("q")))
                        .has("parallel_tool_calls"))
                .isTrue();
    }

    @Test
    void thoughtsOfDeepSeekGoBackWithinTheTurn() {
        Message before = Rows.row(
                Role.ASSISTANT,
                List.of(new Content.Reasoning("old", null)),
                List.of(new ToolCall("a", "f", "{}")),
                List.of(),
                null);
        Message now = Rows.row(
                Role.ASSISTANT,
                List.of(new Content.Reasoning("new", null)),
                List.of(new ToolCall("b", "f", "{}")),
                List.of(),
                null);
        JsonNode messages = preview(Rows.request(
                        config("deepseek/deepseek-reasoner"),
                        false,
                        Rows.user("1"),
                        before,
                        Rows.returned("a"),
                        Rows.said("ok"),
                        Rows.user("2"),
                        now,
                        Rows.returned("b")))
                .path("messages");
        assertThat(messages.findValuesAsText("reasoning_content")).containsExactly("", "new");
        assertThat(preview(Rows.request(config("deepseek/deepseek-reasoner"), false, Rows.user("1")))
                        .has("temperature"))
                .isFalse();
    }

    @Test
    void mistralsIdsAndTurns() {
        String id = "call_0123456789abcdef";
        JsonNode messages = preview(Rows.request(
                        config("mistral/mistral-large-latest"),
                        false,
                        Rows.user("1"),
                        Rows.said("", id),
                        Rows.returned(id),
                        Rows.user("2")))
                .path("messages");
        String sent = messages.path(2).path("tool_calls").path(0).path("id").asText();
        assertThat(sent)
                .matches("[a-z0-9]{9}")
                .isEqualTo(messages.path(3).path("tool_call_id").asText());
        assertThat(messages.findValuesAsText("role"))
                .containsExactly("system", "user", "assistant", "tool", "assistant", "user");
    }

    @Test
    void zaisThinkingIsSwitchedAndGroksPenaltiesAreNot() {
        Models models = models(Map.of());
        LlmConfig glm = models.resolve("zai/glm-4.6");
        assertThat(preview(Rows.request(glm, false, Rows.user("q")))
                        .path("thinking")
                        .path("type")
                        .asText())
                .isEqualTo("enabled");
        assertThat(preview(Rows.request(models.reasoning(glm, false), false, Rows.user("q")))
                        .path("thinking")
                        .path("type")
                        .asText())
                .isEqualTo("disabled");
    }

    @Test
    void openRouterIsToldWhoAsks() {
        Endpoint at = new Providers(LlmOptions.fromEnvironment(Map.of(
                        "OPENROUTER_API_KEY",
                        "k",
                        "OPENROUTER_REFERER",
                        "https://me.example",
                        "OPENROUTER_TITLE",
                        "Me")))
                .endpoint(KnownProvider.OPENROUTER, null, "base");
        assertThat(at.extras()).containsEntry("referer", "https://me.example").containsEntry("title", "Me");
        assertThat(at.toString()).doesNotContain("me.example");
    }

    @Test
    void azureByDeploymentOrLikeOpenAi() {
        playback.page("/openai/deployments/my-gpt/chat/completions", CHAT)
                .page("/openai/deployments/my-vec/embeddings", "{\"data\":[{\"index\":0,\"embedding\":[1,2]}]}")
                .page(
                        "/openai/deployments",
                        "{\"data\":[{\"id\":\"my-gpt\",\"model\":\"gpt-4o\",\"status\":\"succeeded\"}]}")
                .page("/openai/v1/chat/completions", CHAT);
        Models own = models(Map.of(
                "AZURE_API_KEY", "az", "AZURE_BASE_URL", playback.url() + "/", "AZURE_API_VERSION", "2025-01-01"));
        Rows.done(
                own,
                Rows.request(own.resolve("azure/my-gpt"), false, Rows.user("q")).from("letta_v1_agent"));
        assertThat(playback.last().path())
                .isEqualTo("/openai/deployments/my-gpt/chat/completions?api-version=2025-01-01");
        assertThat(playback.last().headers()).containsEntry("api-key", "az").doesNotContainKey("authorization");
        assertThat(own.list()).extracting(card -> card.config().handle()).contains("azure/my-gpt");
        assertThat(playback.requests())
                .extracting(Playback.Seen::path)
                .contains("/openai/deployments?api-version=2023-03-15-preview");
        Models plain = models(Map.of("AZURE_API_KEY", "az", "AZURE_BASE_URL", playback.url() + "/openai/v1"));
        Rows.done(plain, Rows.request(plain.resolve("azure/my-gpt"), false, Rows.user("q")));
        assertThat(playback.last().path()).isEqualTo("/openai/v1/chat/completions");
        assertThat(playback.last().headers()).containsEntry("api-key", "az");
    }

    @Test
    void lmStudioTellsWindowsAndKinds() {
        playback.page("/api/v0/models", """
                {"data":[{"id":"qwen","type":"llm","compatibility_type":"mlx","max_context_length":32768,"loaded_context_length":8192},
                         {"id":"see","type":"vlm","max_context_length":4096},{"id":"vec","type":"embeddings"}]}""");
        playback.page("/v1/chat/completions", CHAT);
        Models models = models(Map.of("LMSTUDIO_BASE_URL", playback.url()));
        assertThat(models.list())
                .extracting(card -> card.config().handle() + " " + card.maxContextWindow() + " "
                        + card.config().compatibilityType())
                .contains("lmstudio_openai/qwen 8192 mlx", "lmstudio_openai/see 4096 null")
                .noneMatch(line -> line.contains("vec"));
        ModelRequest request = Rows.request(models.resolve("lmstudio_openai/qwen"), false, Rows.user("q"));
        Rows.done(models, Rows.with(request, ToolChoice.REQUIRED, false, Rows.TOOL));
        assertThat(playback.last().body().path("tool_choice").asText()).isEqualTo("auto"); // MLX knows nothing else
        playback.page("/v1/models", "{\"data\":[{\"id\":\"old\"}]}").page("/api/v0/models", Tape.refusal(404, "{}"));
        Models older = models(Map.of("LMSTUDIO_BASE_URL", playback.url()));
        assertThat(older.list()).extracting(card -> card.config().handle()).contains("lmstudio_openai/old");
    }

    @Test
    void marksOnThoughtsGoBackThroughOpenRouter() {
        playback.play(Tape.of("text/event-stream", """
                data: {"choices":[{"delta":{"reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"h","index":0,"format":"x","signature":null}]}}]}

                data: {"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"m","index":0,"signature":"sig"},{"type":"reasoning.encrypted","data":"zz","index":1,"id":"call_a"}]}}]}

                data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_a","function":{"name":"get_weather","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}

                data: [DONE]

                """.getBytes(StandardCharsets.UTF_8)));
        Models models = models(Map.of("OPENAI_BASE_URL", playback.url() + "/v1"));
        ModelEvent.Done done = Rows.done(models, Rows.request(models.resolve("openai/gpt-4o"), true, Rows.user("q")));
        Message row = Rows.row(Role.ASSISTANT, done.content(), done.calls(), List.of(), null);
        ModelRequest next = Rows.request(config("openrouter/google/gemini-3-pro"), false, row, Rows.returned("call_a"));
        assertThat(preview(next).path("messages").path(1).path("reasoning_details"))
                .isEqualTo(Json.read("""
                        [{"type":"reasoning.text","text":"hm","index":0,"format":"x","signature":"sig"},
                         {"type":"reasoning.encrypted","data":"zz","index":1,"id":"call_a"}]""", JsonNode.class));
        assertThat(preview(next.withConfig(config("groq/x"))).toString()).doesNotContain("reasoning_details");
    }

    @Test
    void logProbabilitiesComeBack() {
        playback.play(
                Tape.json(
                        "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"logprobs\":{\"content\":[{\"token\":\"ok\",\"logprob\":-0.1,\"bytes\":null,\"top_logprobs\":[]}]},\"finish_reason\":\"stop\"}]}"));
        Models models = models(Map.of("OPENAI_BASE_URL", playback.url() + "/v1"));
        ModelRequest request =
                Rows.request(models.resolve("openai/gpt-4o").asking(null, true, 1), false, Rows.user("q"));
        ModelEvent.Done done = Rows.done(models, request);
        assertThat(String.valueOf(done.logprobs())).startsWith("{\"content\":[{\"token\":\"ok\",\"logprob\":-0.1");
        assertThat(playback.last().body().path("top_logprobs").asInt()).isEqualTo(1);
    }
}
