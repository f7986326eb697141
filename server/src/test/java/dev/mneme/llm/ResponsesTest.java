package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.testkit.Playback;
import dev.mneme.testkit.Playback.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked in the Responses language, when it is spoken, and what comes back of a thought (contract 02 §4, 09 §5). */
class ResponsesTest {
    private static final String AGENT = "letta_v1_agent";
    private static final String ANSWER =
            "{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"ok\"}]}]}";
    private static final String CHAT = "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}";
    private static final String VENDOR =
            "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}],\"encrypted_content\":\"gAAA\"}";

    private final Playback playback = Playback.start();
    private final Models models = LlmTest.models(
            LlmOptions.fromEnvironment(Map.of("OPENAI_BASE_URL", playback.url() + "/v1", "OPENAI_API_KEY", "sk-fake")),
            new ArrayList<>());

    @AfterEach
    void close() {
        models.close();
        playback.close();
    }

    private ModelRequest request(String model, Message... rows) {
        return Rows.request(models.resolve("openai/" + model), false, rows).from(AGENT);
    }

    private JsonNode sent(ModelRequest request) {
        playback.play(Tape.json(ANSWER));
        Rows.done(models, request);
        return playback.last().body();
    }

    @Test
    void imagesOfToolsAreInTheirOutput() {
        JsonNode input = sent(request("o4-mini", Rows.user("q"), Rows.said("", "x"), Rows.pictured("x")))
                .path("input");
        JsonNode output = input.path(input.size() - 1);
        assertThat(output.path("type").asText()).isEqualTo("function_call_output");
        assertThat(output.at("/output/0/text").asText()).contains("a map");
        assertThat(output.at("/output/1/image_url").asText()).isEqualTo("data:image/png;base64,aWdn");
    }

    private static Message thought() {
        return Rows.row(
                Role.ASSISTANT,
                List.of(
                        new Content.Reasoning(true, "hm", null, VENDOR),
                        new Content.Reasoning("not encrypted", null),
                        new Content.Text("look")),
                List.of(new ToolCall("x", "get_weather", "{\"city\":\"x\"}")),
                List.of(),
                null);
    }

    @Test
    void theWholeBody() {
        ToolSpec bare = new ToolSpec("f", "F.", Json.read("{\"type\":\"object\",\"properties\":{}}", JsonNode.class));
        Message image = Rows.row(
                Role.USER,
                List.of(new Content.Text("r"), new Content.Image("image/png", "aWdn", null)),
                List.of(),
                List.of(),
                null);
        JsonNode body = sent(Rows.with(
                request("gpt-5-mini", Rows.user("q"), thought(), Rows.returned("x"), Rows.system("note"), image),
                ToolChoice.AUTO,
                false,
                bare));
        assertThat(playback.last().path()).isEqualTo("/v1/responses");
        assertThat(playback.last().headers()).containsEntry("authorization", "Bearer sk-fake");
        assertThat(body).isEqualTo(Json.read("""
                {"model":"gpt-5-mini","input":[
                  {"role":"developer","content":"You are an agent."},
                  {"role":"user","content":[{"type":"input_text","text":"q"}]},
                  {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"gAAA"},
                  {"role":"assistant","content":"look"},
                  {"type":"function_call","call_id":"x","name":"get_weather","arguments":"{\\"city\\":\\"x\\"}","status":"completed"},
                  {"type":"function_call_output","call_id":"x","output":"{\\n  \\"status\\": \\"OK\\",\\n  \\"message\\": \\"sunny in x\\",\\n  \\"time\\": \\"2026-01-05 10:00:00 AM UTC+0000\\"\\n}"},
                  {"role":"developer","content":"note"},
                  {"role":"user","content":[{"type":"input_text","text":"r"},{"type":"input_image","image_url":"data:image/png;base64,aWdn","detail":"auto"}]}],
                 "store":false,"include":["reasoning.encrypted_content"],"reasoning":{"effort":"minimal","summary":"detailed"},
                 "text":{"verbosity":"medium"},"temperature":null,"max_output_tokens":16384,
                 "tools":[{"type":"function","name":"f","description":"F.","parameters":{"type":"object","properties":{}},"strict":false}],
                 "tool_choice":"auto","parallel_tool_calls":false,"user":"user-1","stream":false}""", JsonNode.class));
    }

    @Test
    void choicesFormsAndEfforts() {
        LlmConfig strict = Rows.config(models.resolve("openai/o4-mini"), true, 0, true, 128_000)
                .asking(
                        Json.read("{\"type\":\"json_schema\",\"json_schema\":{\"type\":\"object\"}}", JsonNode.class),
                        true,
                        3);
        ModelRequest request = Rows.request(strict, false, Rows.user("q")).from(AGENT);
        JsonNode body = sent(new ModelRequest(
                strict,
                "s",
                request.history(),
                request.tools(),
                ToolChoice.named("get_weather"),
                true,
                false,
                "a",
                "u",
                "UTC",
                AGENT));
        assertThat(body.path("tool_choice"))
                .isEqualTo(Json.object().put("type", "function").put("name", "get_weather"));
        assertThat(body.path("parallel_tool_calls").asBoolean()).isTrue();
        assertThat(body.path("tools").path(0).path("strict").asBoolean()).isTrue();
        assertThat(body.path("tools")
                        .path(0)
                        .path("parameters")
                        .path("required")
                        .size())
                .isEqualTo(2);
        assertThat(body.path("text").toString())
                .isEqualTo(
                        "{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"},\"name\":\"answer\"}}");
        assertThat(body.path("reasoning").path("effort").asText()).isEqualTo("medium");
        assertThat(body.has("logprobs")).isFalse();
        JsonNode none = sent(request("gpt-5.1", Rows.user("q")));
        assertThat(none.has("reasoning")).isFalse();
        JsonNode alone = sent(Rows.with(request("gpt-5-mini", Rows.user("q")), ToolChoice.AUTO, true));
        assertThat(alone.has("tools") || alone.has("tool_choice") || alone.has("parallel_tool_calls"))
                .isFalse();
    }

    @Test
    void spokenOnlyByReasoningModelsOfAgentsThatAnswerInText() {
        playback.page("/v1/chat/completions", CHAT);
        Rows.done(models, request("gpt-4o", Rows.user("q")));
        assertThat(playback.last().path()).isEqualTo("/v1/chat/completions");
        Rows.done(models, request("gpt-5-chat-latest", Rows.user("q")));
        assertThat(playback.last().path()).isEqualTo("/v1/chat/completions");
        Rows.done(models, request("gpt-5-mini", Rows.user("q")).from("memgpt_v2_agent"));
        assertThat(playback.last().path()).isEqualTo("/v1/chat/completions");
        sent(request("o3", Rows.user("q")));
        assertThat(playback.last().path()).isEqualTo("/v1/responses");
        assertThat(models.preview(request("o3", Rows.user("q"))).has("input")).isTrue();
    }

    @Test
    void aServerWithoutThatLanguageIsAskedOnceAndRemembered() {
        playback.page("/v1/chat/completions", CHAT);
        for (int i = 0; i < 3; i++) {
            assertThat(Rows.text(Rows.done(models, request("gpt-5-mini", Rows.user("q")))))
                    .isEqualTo("ok");
        }
        assertThat(playback.requests())
                .extracting(Playback.Seen::path)
                .containsExactly(
                        "/v1/responses", "/v1/chat/completions", "/v1/chat/completions", "/v1/chat/completions");
        assertThat(models.preview(request("gpt-5-mini", Rows.user("q"))).has("messages"))
                .isTrue();
    }

    @Test
    void aModelThatIsNowhereIsRememberedAsNothing() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Rows.done(models, request("gpt-5-mini", Rows.user("q"))))
                    .isInstanceOf(ModelException.class);
        }
        assertThat(playback.requests())
                .extracting(Playback.Seen::path)
                .containsExactly("/v1/responses", "/v1/chat/completions", "/v1/responses", "/v1/chat/completions");
    }

    @Test
    void thoughtsThatCannotBeReadAnyMoreAreLeftOut() {
        playback.play(
                Tape.refusal(
                        400,
                        "{\"error\":{\"message\":\"The encrypted content could not be verified.\",\"type\":\"invalid_request_error\",\"code\":\"invalid_encrypted_content\"}}"),
                Tape.json(ANSWER));
        Rows.done(models, request("gpt-5-mini", Rows.user("q"), thought(), Rows.returned("x")));
        assertThat(playback.requests()).hasSize(2);
        assertThat(playback.requests().getFirst().body().toString()).contains("gAAA");
        assertThat(playback.last().body().toString()).doesNotContain("gAAA").contains("function_call");
    }

    @Test
    void aThoughtComesBackAsItWent() {
        playback.play(Tape.json("{\"status\":\"completed\",\"output\":["
                + VENDOR
                + ",{\"type\":\"function_call\",\"call_id\":\"x\",\"name\":\"get_weather\",\"arguments\":\"{}\"}]}"));
        ModelEvent.Done done = Rows.done(models, request("gpt-5-mini", Rows.user("q")));
        assertThat(done.content()).containsExactly(new Content.Reasoning(true, "hm", null, VENDOR));
        Message row = Rows.row(Role.ASSISTANT, done.content(), done.calls(), List.of(), null);
        JsonNode body = sent(request("gpt-5-mini", Rows.user("q"), row, Rows.returned("x")));
        assertThat(body.path("input").path(2)).isEqualTo(Json.read(VENDOR, JsonNode.class));
    }

    @Test
    void failuresInsideAStreamKeepTheirKind() {
        for (var each : Map.of(
                        "event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"slow down\",\"param\":null,\"sequence_number\":1}\n\n",
                        "LLM_RATE_LIMIT slow down",
                        "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"too long\"}}}\n\n",
                        "LLM_CONTEXT_WINDOW too long",
                        "data: {\"type\":\"response.incomplete\",\"response\":{\"status\":\"incomplete\",\"output\":[],\"incomplete_details\":{\"reason\":\"content_filter\"}}}\n\n",
                        "LLM_BAD_REQUEST content filter")
                .entrySet()) {
            for (int i = 0; i < 20; i++) {
                playback.play(
                        Tape.of("text/event-stream", each.getKey().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            }
            String[] wanted = each.getValue().split(" ", 2);
            ModelRequest request = Rows.request(models.resolve("openai/gpt-5-mini"), true, Rows.user("q"))
                    .from(AGENT);
            assertThatThrownBy(() -> Rows.done(models, request)).isInstanceOfSatisfying(ModelException.class, e -> {
                assertThat(e.kind().name()).isEqualTo(wanted[0]);
                assertThat(e.detail()).contains(wanted[1]);
            });
            playback.clear();
        }
    }
}
