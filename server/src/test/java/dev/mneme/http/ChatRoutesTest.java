package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.Usage;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String CHAT = "/v1/chat/completions";
    private static final String OPEN_WEBUI = "/v1/openai/chat/completions";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private String agent = "";

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofMillis(100));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @BeforeEach
    void anAgent() {
        agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}]}");
        MODELS.answer(request -> List.of(
                new ModelEvent.ReasoningDelta("hm"),
                new ModelEvent.TextDelta("Hel"),
                new ModelEvent.TextDelta("lo"),
                new ModelEvent.Done(
                        List.of(new Content.Reasoning("hm", null), new Content.Text("Hello")),
                        List.of(),
                        false,
                        new Usage(10, 2, 12, null, null, null))));
    }

    /** The chunks of a stream; its last event must be the end. */
    private static List<JsonNode> chunks(Web.Reply reply) throws Exception {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.header("content-type")).startsWith("text/event-stream");
        List<JsonNode> out = new ArrayList<>();
        String[] frames = reply.text().split("\n\n");
        for (String frame : frames) {
            if (frame.startsWith("data: {")) {
                out.add(Json.parse(frame.substring(6)));
            }
        }
        assertThat(frames[frames.length - 1]).isEqualTo("data: [DONE]");
        return out;
    }

    @Test
    void streamsWhatIsSaid() throws Exception {
        Web.Reply reply = web.post(
                CHAT,
                "{'model':'" + agent
                        + "','stream':true,'temperature':0.2,'messages':[{'role':'system','content':'be kind'},"
                        + "{'role':'user','content':'old'},{'role':'assistant','content':'older'},{'role':'user','content':'hi'}]}");
        List<JsonNode> chunks = chunks(reply);
        assertThat(chunks).hasSize(3);
        JsonNode first = chunks.getFirst();
        assertThat(first.path("id").asText()).startsWith("chatcmpl-run-");
        assertThat(first.path("object").asText()).isEqualTo("chat.completion.chunk");
        assertThat(first.path("choices").path(0).toString())
                .isEqualTo(
                        "{\"delta\":{\"content\":\"Hel\",\"function_call\":null,\"refusal\":null,\"role\":\"assistant\","
                                + "\"tool_calls\":null},\"finish_reason\":null,\"index\":0,\"logprobs\":null}");
        assertThat(chunks.get(1)
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("role")
                        .isNull())
                .isTrue();
        assertThat(chunks.get(2).path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("stop");
        assertThat(chunks.get(2)
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("content")
                        .isNull())
                .isTrue();
        // only the last message of the user was said to the agent
        assertThat(MODELS.requests.getLast().history()).hasSize(1);
        assertThat(MODELS.requests.getLast().history().getFirst().text()).isEqualTo("hi");
    }

    @Test
    void answersWhole() {
        JsonNode reply = web.post(CHAT, "{'model':'" + agent + "','messages':[{'role':'user','content':'hi'}]}")
                .json();
        assertThat(reply.path("object").asText()).isEqualTo("chat.completion");
        assertThat(reply.path("choices").path(0).path("message").toString())
                .isEqualTo("{\"content\":\"Hello\",\"role\":\"assistant\"}");
        assertThat(reply.path("usage").toString())
                .isEqualTo("{\"completion_tokens\":2,\"prompt_tokens\":10,\"total_tokens\":12}");
    }

    /** What Open WebUI sends with its address set to http://…/v1/openai. */
    @Test
    void openWebUi() throws Exception {
        JsonNode listed =
                web.get("/v1/openai/models", "Authorization", "Bearer right").json();
        assertThat(listed.path("object").asText()).isEqualTo("list");
        JsonNode mine = listed.path("data").path(0);
        assertThat(mine.path("id").asText()).isEqualTo(agent);
        assertThat(mine.path("object").asText()).isEqualTo("model");
        List<JsonNode> chunks = chunks(web.post(
                OPEN_WEBUI,
                "{'stream':true,'model':'" + mine.path("name").asText() + "','stream_options':{'include_usage':true},"
                        + "'messages':[{'role':'user','content':[{'type':'text','text':'what is this?'},"
                        + "{'type':'image_url','image_url':{'url':'data:image/png;base64,aGk='}}]}]}",
                "Authorization",
                "Bearer right"));
        assertThat(chunks.getLast().path("choices")).isEmpty();
        assertThat(chunks.getLast().path("usage").path("total_tokens").asInt()).isEqualTo(12);
        assertThat(MODELS.requests.getLast().history().getFirst().content())
                .containsExactly(new Content.Text("what is this?"), new Content.Image("image/png", "aGk=", null));
    }

    @Test
    void toolsBetweenTextsStayUnseen() throws Exception {
        MODELS.answer(request -> request.history().getLast().toolReturns().isEmpty()
                ? List.of(new ModelEvent.Done(
                        List.of(new Content.Text("Let me note that.")),
                        List.of(new dev.mneme.message.ToolCall(
                                "c1", "memory_insert", "{\"label\":\"human\",\"new_string\":\"x\"}")),
                        false,
                        Usage.NONE))
                : ScriptedModels.text("Done."));
        String body = "'messages':[{'role':'user','content':'note'}],'model':'" + agent + "'";
        StringBuilder said = new StringBuilder();
        for (JsonNode chunk : chunks(web.post(CHAT, "{'stream':true," + body + "}"))) {
            said.append(
                    chunk.path("choices").path(0).path("delta").path("content").asText(""));
        }
        assertThat(said.toString()).isEqualTo("Let me note that.\n\nDone.");
        assertThat(web.post(CHAT, "{" + body + "}")
                        .json()
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("Let me note that.\n\nDone.");
    }

    @Test
    void refusalsReadInBothLanguages() throws Exception {
        Web.Reply model = web.post(CHAT, "{'model':'gpt-4o','messages':[{'role':'user','content':'hi'}]}");
        assertThat(model.status()).isEqualTo(400);
        assertThat(model.detail())
                .isEqualTo("INVALID_ARGUMENT: For this endpoint, the 'model' field should contain an agent ID "
                        + "(format: 'agent-...'). Received: 'gpt-4o'");
        assertThat(model.json().path("error").path("message").asText()).isEqualTo(model.detail());
        assertThat(model.json().path("error").path("type").asText()).isEqualTo("invalid_request_error");
        Web.Reply nobody = web.post(CHAT, "{'model':'" + agent + "','messages':[{'role':'system','content':'hi'}]}");
        assertThat(nobody.detail())
                .isEqualTo(
                        "INVALID_ARGUMENT: No user message found in the request. Please include at least one message with role='user'.");
        assertThat(web.post(CHAT, "{'model':'" + agent + "'}").status()).isEqualTo(422);
        MODELS.answer(request -> ScriptedModels.refuse(ProblemCode.LLM_AUTHENTICATION));
        Web.Reply failed = web.post(CHAT, "{'model':'" + agent + "','messages':[{'role':'user','content':'hi'}]}");
        assertThat(failed.status()).isEqualTo(401);
        assertThat(failed.json().path("error").path("message").isTextual()).isTrue();
        List<JsonNode> chunks = chunks(
                web.post(CHAT, "{'stream':true,'model':'" + agent + "','messages':[{'role':'user','content':'hi'}]}"));
        assertThat(chunks.getFirst().path("error").path("type").asText()).isEqualTo("llm_authentication");
    }

    @Test
    void aConversationIsAModelToo() {
        String id = web.post("/v1/conversations/?agent_id=" + agent, "{}")
                .json()
                .path("id")
                .asText();
        assertThat(web.post(CHAT, "{'model':'" + id + "','messages':[{'role':'user','content':'hi'}]}")
                        .status())
                .isEqualTo(200);
        assertThat(web.get("/v1/conversations/" + id + "/messages").json()).hasSize(4);
        assertThat(web.get("/v1/models/").json().isArray()).isTrue();
    }

    @Test
    void aStreamEndsWholeForAClientThatAsksToBeHungUpOn() throws Exception {
        String body =
                "{\"stream\":true,\"model\":\"" + agent + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        try (Socket socket = new Socket("localhost", web.port())) {
            socket.getOutputStream()
                    .write(("POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.UTF_8));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all).contains("data: [DONE]").endsWith("\r\n0\r\n\r\n");
        }
    }
}
