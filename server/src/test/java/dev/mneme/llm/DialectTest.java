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
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import dev.mneme.testkit.FakeProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire in each language (contract 02 §4, the table of dialects). */
class DialectTest {
    private static final String ENVELOPE =
            "{\\n  \\\"status\\\": \\\"OK\\\",\\n  \\\"message\\\": \\\"sunny in x\\\",\\n  \\\"time\\\": \\\"2026-01-05 10:00:00 AM UTC+0000\\\"\\n}";
    private static final ToolSpec BARE =
            new ToolSpec("f", "F.", Json.read("{\"type\":\"object\",\"properties\":{}}", JsonNode.class));

    private final FakeProvider fake = FakeProvider.start();
    private final Models models = LlmTest.models(
            fake.options(Map.of("VLLM_API_BASE", fake.url(), "OLLAMA_BASE_URL", fake.url())), new ArrayList<>());

    @AfterEach
    void close() {
        models.close();
        fake.close();
    }

    private JsonNode sent(ModelRequest request) {
        fake.clear();
        Rows.done(models, request);
        return fake.calls().getLast();
    }

    private LlmConfig config(String handle) {
        return models.resolve(handle);
    }

    private static void same(JsonNode actual, String expected) {
        assertThat(actual).isEqualTo(Json.read(expected, JsonNode.class));
    }

    @Test
    void openAiChat() {
        ModelRequest request = Rows.request(
                config("openai/gpt-4o"),
                false,
                Rows.user("q"),
                Rows.said("", "x"),
                Rows.returned("x"),
                Rows.system("note"),
                Rows.said("fin"),
                Rows.user("r"));
        same(sent(Rows.with(request, ToolChoice.AUTO, false, BARE)), """
                {"model":"gpt-4o","messages":[
                 {"role":"system","content":"You are an agent."},
                 {"role":"user","content":"q"},
                 {"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"x\\"}"}}]},
                 {"role":"tool","tool_call_id":"x","content":"ENVELOPE"},
                 {"role":"system","content":"note"},
                 {"role":"assistant","content":"fin"},
                 {"role":"user","content":"r"}],
                 "temperature":1.0,"max_completion_tokens":16384,
                 "tools":[{"type":"function","function":{"name":"f","description":"F.","parameters":{"type":"object","properties":{}}}}],
                 "tool_choice":"auto","parallel_tool_calls":false,"user":"user-1","stream":false}""".replace("ENVELOPE", ENVELOPE));
    }

    @Test
    void openAiStreamAsksForUsageAndNoToolsMeansNoToolFields() {
        JsonNode body =
                sent(Rows.with(Rows.request(config("openai/gpt-4o"), true, Rows.user("q")), ToolChoice.AUTO, true));
        same(body.get("stream_options"), "{\"include_usage\":true}");
        assertThat(body.has("tools") || body.has("tool_choice") || body.has("parallel_tool_calls"))
                .isFalse();
    }

    @Test
    void openAiReasoningModels() {
        JsonNode body = sent(Rows.request(config("openai/gpt-5-mini"), false, Rows.system("note"), Rows.user("q")));
        assertThat(body.path("messages").findValuesAsText("role")).containsExactly("developer", "developer", "user");
        assertThat(body.path("reasoning_effort").asText()).isEqualTo("minimal");
        assertThat(body.path("verbosity").asText()).isEqualTo("medium");
        assertThat(body.path("temperature").asDouble()).isEqualTo(1.0);
    }

    @Test
    void compatibleServersGetWhatTheyKnow() {
        ModelRequest request = Rows.request(config("vllm/some-model"), false, Rows.user("q"));
        JsonNode body = sent(Rows.with(request, ToolChoice.named("f"), false, BARE));
        assertThat(body.path("tool_choice").asText()).isEqualTo("auto");
        assertThat(body.path("max_tokens").asInt()).isEqualTo(4_096);
        assertThat(body.has("max_completion_tokens") || body.has("user") || body.has("parallel_tool_calls"))
                .isFalse();
        ModelRequest ollama = Rows.request(config("ollama/qwen3"), false, Rows.user("q"));
        assertThat(sent(Rows.with(ollama, ToolChoice.named("f"), false, BARE))
                        .path("tool_choice")
                        .asText())
                .isEqualTo("required");
    }

    @Test
    void choicesInBothLanguages() {
        LlmConfig claude = models.reasoning(config("anthropic/claude-sonnet-4-5"), false);
        for (var each : Map.of(
                        ToolChoice.AUTO,
                        "\"auto\" {\"type\":\"auto\",\"disable_parallel_tool_use\":true}",
                        ToolChoice.REQUIRED,
                        "\"required\" {\"type\":\"any\",\"disable_parallel_tool_use\":true}",
                        ToolChoice.named("f"),
                        "{\"type\":\"function\",\"function\":{\"name\":\"f\"}} {\"type\":\"tool\",\"name\":\"f\",\"disable_parallel_tool_use\":true}",
                        new ToolChoice(ToolChoice.Mode.NONE, null),
                        "\"none\" {\"type\":\"none\"}")
                .entrySet()) {
            JsonNode openAi = sent(Rows.with(
                    Rows.request(config("openai/gpt-4o"), false, Rows.user("q")), each.getKey(), false, BARE));
            JsonNode anthropic =
                    sent(Rows.with(Rows.request(claude, false, Rows.user("q")), each.getKey(), false, BARE));
            assertThat(openAi.get("tool_choice") + " " + anthropic.get("tool_choice"))
                    .isEqualTo(each.getValue());
        }
    }

    @Test
    void anthropicMessages() {
        Message thought = Rows.row(
                Role.ASSISTANT,
                List.of(
                        new Content.Reasoning("hm", "sig"),
                        new Content.RedactedReasoning("zzz"),
                        new Content.Reasoning("unsigned", null),
                        new Content.Text("look")),
                List.of(new ToolCall("x", "get_weather", "{\"city\":\"x\"}{\"city\":\"y\"}")),
                List.of(),
                null);
        ModelRequest request = Rows.request(
                config("anthropic/claude-sonnet-4-5"),
                false,
                Rows.user("q"),
                thought,
                Rows.returned("x"),
                Rows.user("r"),
                Rows.system("note"));
        JsonNode body =
                sent(Rows.with(request, ToolChoice.REQUIRED, true, BARE, new ToolSpec("g", "G.", BARE.parameters())));
        same(body, """
                {"model":"claude-sonnet-4-5","thinking":{"type":"enabled","budget_tokens":1024},"max_tokens":16384,"temperature":1.0,
                 "system":[{"type":"text","text":"You are an agent.","cache_control":{"type":"ephemeral"}}],
                 "messages":[
                  {"role":"user","content":"q"},
                  {"role":"assistant","content":[
                   {"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"zzz"},
                   {"type":"text","text":"look"},{"type":"tool_use","id":"x","name":"get_weather","input":{"city":"x"}}]},
                  {"role":"user","content":[
                   {"type":"tool_result","tool_use_id":"x","content":"ENVELOPE"},
                   {"type":"text","text":"r"},
                   {"type":"text","text":"<event>SYSTEM ALERT: note</event>","cache_control":{"type":"ephemeral"}}]}],
                 "tools":[{"name":"f","description":"F.","input_schema":{"type":"object","properties":{}}},
                          {"name":"g","description":"G.","input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral"}}],
                 "tool_choice":{"type":"auto","disable_parallel_tool_use":false},"stream":false}""".replace("ENVELOPE", ENVELOPE));
        Map<String, String> headers = fake.requests().getLast().headers();
        assertThat(headers).containsEntry("x-api-key", "sk-fake").containsEntry("anthropic-version", "2023-06-01");
        assertThat(headers.get("anthropic-beta")).isEqualTo("interleaved-thinking-2025-05-14");
    }

    @Test
    void anthropicWithoutThinkingAndWithoutTools() {
        LlmConfig claude =
                Rows.config(models.reasoning(config("anthropic/claude-sonnet-4-5"), false), false, 0, null, 128_000);
        ModelRequest request = Rows.request(claude, true, Rows.said("I began", "x:1"), Rows.returned("x:1"));
        JsonNode body = sent(Rows.with(request, ToolChoice.AUTO, false));
        assertThat(body.has("thinking") || body.has("tools") || body.has("tool_choice"))
                .isFalse();
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.path("messages").findValuesAsText("role")).containsExactly("user", "assistant", "user");
        assertThat(body.toString())
                .doesNotContain("tool_use")
                .contains("[called get_weather with")
                .contains("sunny in x:1");
        JsonNode withTools = sent(Rows.with(request, ToolChoice.AUTO, false, BARE));
        assertThat(withTools.findValuesAsText("tool_use_id")).containsExactly("x_1");
        assertThat(fake.requests().getLast().headers().get("anthropic-beta"))
                .isEqualTo("fine-grained-tool-streaming-2025-05-14");
    }

    @Test
    void aFormThatAnthropicCannotBeToldIsAskedForInWords() {
        LlmConfig config =
                config("anthropic/claude-sonnet-4-5").asking(Json.object().put("type", "json_object"), false, null);
        assertThat(sent(Rows.request(config, false, Rows.user("q")))
                        .path("system")
                        .path(0)
                        .path("text")
                        .asText())
                .endsWith("answer with one JSON object and nothing else.");
    }

    @Test
    void anthropicDoesNotThinkOverAnotherModelsOpenCalls() {
        ModelRequest request = Rows.request(
                config("anthropic/claude-sonnet-4-5"), false, Rows.user("q"), Rows.said("", "x"), Rows.returned("x"));
        assertThat(sent(request).has("thinking")).isFalse();
    }

    @Test
    void strictSchemas() {
        LlmConfig strict = Rows.config(config("openai/gpt-4o"), false, 0, true, 128_000);
        JsonNode function = sent(Rows.request(strict, false, Rows.user("q")))
                .path("tools")
                .path(0)
                .path("function");
        assertThat(function.path("strict").asBoolean()).isTrue();
        same(function.get("parameters"), """
                {"type":"object","properties":{"city":{"type":"string"},"unit":{"type":["string","null"]}},"required":["city","unit"],"additionalProperties":false}""");
        LlmConfig claude = Rows.config(config("anthropic/claude-sonnet-4-5"), false, 0, true, 128_000);
        JsonNode tool =
                sent(Rows.request(claude, false, Rows.user("q"))).path("tools").path(0);
        same(tool.get("input_schema"), """
                {"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string"}},"required":["city","unit"],"additionalProperties":false}""");
        assertThat(fake.requests().getLast().headers().get("anthropic-beta")).contains("structured-outputs-2025-11-13");
    }

    @Test
    void images() {
        Message row = Rows.row(
                Role.USER,
                List.of(new Content.Text("what is it?"), new Content.Image("image/png", "aWdn", "low")),
                List.of(),
                List.of(),
                null);
        same(
                sent(Rows.request(config("openai/gpt-4o"), false, row))
                        .path("messages")
                        .path(1)
                        .path("content"),
                """
                [{"type":"text","text":"what is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aWdn","detail":"low"}}]""");
        same(
                sent(Rows.request(config("anthropic/claude-sonnet-4-5"), false, row))
                        .path("messages")
                        .path(0)
                        .path("content"),
                """
                [{"type":"text","text":"what is it?"},
                 {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aWdn"},"cache_control":{"type":"ephemeral"}}]""");
    }

    @Test
    void imagesOfToolsReachTheModel() {
        JsonNode chat = sent(Rows.request(
                        config("openai/gpt-4o"), false, Rows.user("q"), Rows.said("", "x"), Rows.pictured("x")))
                .path("messages");
        assertThat(chat.path(3).path("content").asText()).contains("a map\\n[image/png]");
        same(chat.path(4), """
                {"role":"user","content":[{"type":"text","text":"Images that the tools returned:"},
                 {"type":"image_url","image_url":{"url":"data:image/png;base64,aWdn"}}]}""");
        JsonNode result = sent(Rows.request(
                        config("anthropic/claude-sonnet-4-5"),
                        false,
                        Rows.user("q"),
                        Rows.said("", "x"),
                        Rows.pictured("x")))
                .at("/messages/2/content/0");
        assertThat(result.path("type").asText()).isEqualTo("tool_result");
        assertThat(result.at("/content/0/text").asText()).contains("a map");
        same(
                result.at("/content/1"),
                "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"aWdn\"}}");
    }

    @Test
    void returnsKeepObjectsAndAreCut() {
        LlmConfig small = Rows.config(config("openai/gpt-4o"), false, 0, null, 100);
        assertThat(ReturnText.of(
                        new ToolReturn("x", "error", "{\"a\":[1,{}],\"b\":\"ü\"}", null, null),
                        Rows.AT,
                        "Europe/Berlin",
                        small))
                .isEqualTo(
                        "{\n  \"status\": \"Failed\",\n  \"message\": {\n    \"a\": [\n      1,\n      {}\n    ],\n    \"b\": \"ü\"\n  },\n"
                                + "  \"time\": \"2026-01-05 11:00:00 AM CET+0100\"\n}");
        assertThat(ReturnText.of(new ToolReturn("x", "success", "[not json", null, null), Rows.AT, "No/Where", small))
                .contains("\"message\": \"[not json\"")
                .contains("UTC+0000");
        assertThat(ReturnText.of(new ToolReturn("x", "success", "y".repeat(6_000), null, null), Rows.AT, "UTC", small))
                .contains("y... [truncated 1000 chars]\"")
                .hasSizeLessThan(5_200);
    }

    @Test
    void tokensAreCounted() {
        Tokens tokens = new Tokens();
        assertThat(tokens.count("")).isZero();
        assertThat(tokens.count("Hello, world!")).isEqualTo(4);
        assertThat(tokens.count("<|endoftext|>")).isPositive();
        assertThat(tokens.count("x ".repeat(2_000_000))).isEqualTo(1_000_000);
    }

    @Test
    void theEmbedderInsideKnowsWhatIsAlike() {
        Embedder embedder = models.embedder(models.resolveEmbedding("mneme/all-minilm-l6-v2"));
        List<float[]> vectors = embedder.embed(
                List.of("My cat is called Miso.", "What is the name of my pet?", "The stock market fell today.", ""));
        assertThat(vectors).hasSize(4).allMatch(vector -> vector.length == 384);
        assertThat(dot(vectors.get(0), vectors.get(1))).isGreaterThan(dot(vectors.get(2), vectors.get(1)) + 0.2);
        assertThat(embedder.local()).isTrue();
        assertThat(embedder.name()).isEqualTo("mneme/all-minilm-l6-v2");
        // the library of its tokenizer phones home unless these are set before it is loaded
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
