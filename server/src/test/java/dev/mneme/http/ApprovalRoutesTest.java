package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Approvals, client-side tools, cancelling and what is told of runs, over HTTP (contract 02 §9, §10, 03 §7). */
class ApprovalRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String TEA = "{\"label\":\"human\",\"new_string\":\"tea\"}";
    private static final String CALL = "call_memory_insert";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private String agent = "";

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @BeforeEach
    void anAgent() {
        agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}]}");
        web.patch("/v1/agents/" + agent + "/tools/approval/memory_insert", "{'requires_approval':true}");
        MODELS.answers(ScriptedModels.call("memory_insert", TEA), ScriptedModels.text("Noted"));
    }

    private String path() {
        return "/v1/agents/" + agent + "/messages";
    }

    private static List<String> kinds(JsonNode messages) {
        List<String> out = new ArrayList<>();
        messages.forEach(message -> out.add(message.path("message_type").asText()));
        return out;
    }

    @Test
    void askedRefusedAndApproved() {
        JsonNode asked = web.post(path(), "{'input':'tea'}").json();
        assertThat(asked.path("stop_reason").path("stop_reason").asText()).isEqualTo("requires_approval");
        JsonNode request = asked.path("messages").path(0);
        assertThat(request.path("message_type").asText()).isEqualTo("approval_request_message");
        assertThat(request.path("otid").asText())
                .isEqualTo(request.path("id").asText())
                .startsWith("message-");
        assertThat(request.path("tool_calls").path(0).path("arguments").asText())
                .isEqualTo(TEA);

        for (String body : List.of("{'input':'and?'}", "{'input':'and?','streaming':true}")) {
            Web.Reply refused = web.post(path(), body, "X-Stainless-Package-Version", "1.12.1");
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.header("x-should-retry")).isEqualTo("false");
            assertThat(refused.json().path("detail").path("code").asText()).isEqualTo("PENDING_APPROVAL");
            assertThat(refused.json().path("detail").path("message").asText())
                    .startsWith("CONFLICT: Cannot send a new message: The agent is waiting for approval");
            assertThat(refused.json().path("detail").path("pending_request_id").asText())
                    .isEqualTo(request.path("id").asText());
        }
        JsonNode pending = web.get("/v1/agents/" + agent + "?include=agent.pending_approval")
                .json()
                .path("pending_approval");
        assertThat(pending.path("id").asText()).isEqualTo(request.path("id").asText());

        // the old short form, by the id of the row
        JsonNode done = web.post(
                        path(),
                        "{'messages':[{'type':'approval','approve':true,'approval_request_id':'"
                                + request.path("id").asText() + "'}]}")
                .json();
        assertThat(kinds(done.path("messages"))).containsExactly("tool_return_message", "assistant_message");
        assertThat(done.path("usage").path("step_count").asInt()).isEqualTo(1);
        JsonNode history = web.get(path() + "?order=asc").json();
        assertThat(kinds(history))
                .containsExactly(
                        "system_message",
                        "user_message",
                        "approval_request_message",
                        "approval_response_message",
                        "tool_return_message",
                        "assistant_message");
        JsonNode response = history.path(3);
        assertThat(response.path("approve").asBoolean()).isTrue();
        assertThat(response.path("approval_request_id").asText())
                .as("an answer is listed as it was sent")
                .isEqualTo(history.path(2).path("id").asText());
        assertThat(response.path("otid").isNull()).isTrue();
        assertThat(response.path("step_id").isNull()).isTrue();
        assertThat(web.post(path(), "{'messages':[{'type':'approval','approve':true,'approval_request_id':'x'}]}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aClientRunsItsOwnTool() {
        MODELS.answers(ScriptedModels.call("clock", "{}"), ScriptedModels.text("It is noon"));
        String tools = "'client_tools':[{'name':'clock','description':'tells the time'}]";
        JsonNode asked = web.post(path(), "{'input':'time?'," + tools + "}").json();
        assertThat(kinds(asked.path("messages"))).containsExactly("approval_request_message");
        JsonNode done = web.post(
                        path(),
                        "{'messages':[{'type':'tool_return','tool_returns':[{'type':'tool','tool_call_id':'call_clock',"
                                + "'status':'success','tool_return':'noon'}]}]," + tools + "}")
                .json();
        assertThat(kinds(done.path("messages"))).containsExactly("tool_return_message", "assistant_message");
        assertThat(done.path("messages").path(0).path("tool_return").asText()).isEqualTo("noon");
        JsonNode response = web.get(path() + "?order=asc").json().path(3);
        assertThat(response.path("approvals").path(0).path("type").asText()).isEqualTo("tool");
        assertThat(response.path("approve").isNull()).isTrue();
        assertThat(response.path("approval_request_id").isNull()).isTrue();
    }

    @Test
    void aClientsToolMayReturnImages() {
        String tools = "'client_tools':[{'name':'draw','description':'draws'}]";
        String image = "{'type':'image','source':{'type':'base64','media_type':'%s','data':'%s'}}";
        MODELS.answers(ScriptedModels.call("draw", "{}"), ScriptedModels.text("A nice map"));
        web.post(path(), "{'input':'draw!'," + tools + "}");
        String answer = "{'messages':[{'type':'approval','approvals':[{'type':'tool','tool_call_id':'call_draw',"
                + "'status':'success','tool_return':[{'type':'text','text':'a map'},%s]}]}]," + tools + "}";
        for (String wrong :
                List.of(image.formatted("image/tiff", "aWdn"), image.formatted("image/png", "not base64"))) {
            Web.Reply refused = web.post(path(), answer.formatted(wrong));
            assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        }
        Web.Reply many = web.post(
                path(),
                answer.formatted(String.join(",", Collections.nCopies(11, image.formatted("image/png", "aWdn")))));
        assertThat(many.status()).isEqualTo(400);
        assertThat(many.detail()).contains("10 images").contains("tool_return has 11");

        JsonNode done = web.post(path(), answer.formatted(image.formatted("image/png", "aWdn")))
                .json();
        JsonNode returned = done.path("messages").path(0);
        assertThat(returned.path("tool_return").asText()).isEqualTo("a map\n[image/png]");
        JsonNode parts = returned.at("/tool_returns/0/tool_return");
        assertThat(parts.at("/0/text").asText()).isEqualTo("a map");
        assertThat(parts.at("/1/source/data").asText()).isEqualTo("aWdn");
        Message row = MODELS.requests.getLast().history().getLast();
        assertThat(row.toolReturns().getFirst().images()).containsExactly(new Content.Image("image/png", "aWdn", null));

        JsonNode file = web.get("/v1/agents/" + agent + "/export").json();
        Web.Reply imported = web.upload(
                "/v1/agents/import", "a.af", "application/json", file.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(imported.status()).as(imported.text()).isEqualTo(200);
        String copy = imported.json().path("agent_ids").path(0).asText();
        JsonNode rows = web.get("/v1/agents/" + copy + "/messages?order=asc").json();
        assertThat(rows.path(rows.size() - 2).at("/tool_returns/0/tool_return")).isEqualTo(parts);
    }

    @Test
    void requestsAreStreamedInPieces() {
        String text = web.post(path() + "/stream", "{'input':'tea','stream_tokens':true}")
                .text();
        assertThat(text)
                .contains("\"tool_call\":{\"name\":\"memory_insert\",\"arguments\":null,\"tool_call_id\":\"" + CALL
                        + "\"}")
                .contains("\"tool_calls\":{\"name\":null,\"arguments\":\"")
                .containsOnlyOnce("requires_approval")
                .contains("data: [DONE]");
        String id = web.get(path() + "?order=asc").json().path(2).path("id").asText();
        assertThat(text).contains("{\"id\":\"" + id + "\"").contains("\"otid\":\"" + id + "\"");
        web.post(path() + "/cancel", "");
        MODELS.answers(ScriptedModels.call("memory_insert", TEA));
        String steps = web.post(path() + "/stream", "{'input':'tea'}").text();
        assertThat(steps)
                .contains("\"message_type\":\"approval_request_message\"")
                .contains("\"arguments\":\"{");
    }

    @Test
    void cancellingTakesTheRequestBack() {
        JsonNode asked = web.post(path(), "{'input':'tea'}").json();
        String run = asked.path("messages").path(0).path("run_id").asText();
        assertThat(web.post(path() + "/cancel", "{}").text()).isEqualTo("{\"" + run + "\":\"cancelled\"}");
        assertThat(web.get("/v1/runs/" + run).json().path("status").asText()).isEqualTo("cancelled");
        Web.Reply again = web.post(path() + "/cancel", "{}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().path("detail").asText())
                .isEqualTo("CONFLICT: No active runs to cancel for agent " + agent);
        assertThat(web.post(path(), "{'input':'hello'}").status()).isEqualTo(200);
    }

    @Test
    void whatARunDidIsToldAndCanBeForgotten() {
        web.patch("/v1/agents/" + agent + "/tools/approval/memory_insert?requires_approval=false", "");
        JsonNode done = web.post(path(), "{'input':'tea'}").json();
        String run = done.path("messages").path(0).path("run_id").asText();
        List<String> spans = new ArrayList<>();
        web.get("/v1/runs/" + run + "/trace")
                .json()
                .forEach(span -> spans.add(span.path("span_name").asText()));
        assertThat(spans)
                .containsExactly(
                        "agent_run", "agent_step", "llm_request", "tool_execution", "agent_step", "llm_request");
        assertThat(web.get("/v1/runs/" + run + "/metrics").json().path("tools_used"))
                .hasSize(1);
        assertThat(web.delete("/v1/runs/" + run).status()).isEqualTo(200);
        assertThat(web.get("/v1/runs/" + run).status()).isEqualTo(404);
        assertThat(web.get(path()).json()).isNotEmpty();
    }

    @Test
    void theToggleNeedsAWord() {
        String toggle = "/v1/agents/" + agent + "/tools/approval/anything";
        assertThat(web.patch(toggle, "{'body_requires_approval':true}").status())
                .isEqualTo(200);
        assertThat(web.patch(toggle, "{}").status()).isEqualTo(422);
        assertThat(web.patch(toggle, "{'requires_approval':true,'x':1}").status())
                .isEqualTo(422);
        assertThat(web.patch(toggle, "{'requires_approval':true}").status()).isEqualTo(200);
    }
}
