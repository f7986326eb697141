package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Problem;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was found by asking the retired server and this one the same, side by side (contract 01 §4, 02 §6 and §9, 03 §1 and §2). */
class SideBySideTest {
    private static final ScriptedModels MODELS = new ScriptedModels() {
        @Override
        public LlmConfig resolve(String handle) {
            if (!handle.contains("/")) {
                throw Problem.invalid("The model handle should be in the format provider/model-name");
            }
            return super.resolve(handle);
        }

        @Override
        public EmbeddingConfig resolveEmbedding(String handle) {
            if (!handle.startsWith("scripted/")) {
                throw Problem.invalid("Embedding model " + handle + " not found");
            }
            return super.resolveEmbedding(handle);
        }
    };

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static JsonNode ok(Web.Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    private static String messages(String agent) {
        return "/v1/agents/" + agent + "/messages";
    }

    private static List<String> each(JsonNode list, String key) {
        List<String> out = new ArrayList<>();
        list.forEach(item -> out.add(item.path(key).asText()));
        return out;
    }

    @Test
    void whatCameWithAnAnswerStandsBehindItsReturn() {
        String agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}],"
                + "'tool_rules':[{'type':'requires_approval','tool_name':'memory_insert'}]}");
        MODELS.answers(
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"tea\"}"),
                ScriptedModels.text("Noted"));
        ok(web.post(messages(agent), "{'input':'tea'}"));
        ok(web.post(
                messages(agent),
                "{'messages':[{'type':'approval','approvals':[{'type':'approval','approve':true,"
                        + "'tool_call_id':'call_memory_insert'}]},{'role':'user','content':'and more'}]}"));
        assertThat(each(web.get(messages(agent) + "?order=asc").json(), "message_type"))
                .containsExactly(
                        "system_message",
                        "user_message",
                        "approval_request_message",
                        "approval_response_message",
                        "tool_return_message",
                        "user_message",
                        "assistant_message");
    }

    @ParameterizedTest
    @CsvSource({"memgpt_agent, conversation_search", "letta_v1_agent, ''"})
    void aDeniedCallIsNamedByAgentsThatWorkByCalls(String type, String name) {
        String agent = house.agent("{'agent_type':'" + type
                + "','tool_rules':[{'type':'requires_approval','tool_name':'conversation_search'}]}");
        MODELS.answers(
                ScriptedModels.call("conversation_search", "{\"query\":\"tea\",\"request_heartbeat\":true}"),
                type.equals("memgpt_agent")
                        ? ScriptedModels.call("send_message", "{\"message\":\"As you like\"}")
                        : ScriptedModels.text("As you like"));
        ok(web.post(messages(agent), "{'input':'tea'}"));
        JsonNode denied = ok(web.post(
                messages(agent),
                "{'messages':[{'type':'approval','approvals':[{'type':'approval','approve':false,"
                        + "'tool_call_id':'call_conversation_search'}]}]}"));
        assertThat(denied.path("messages").path(0).path("name").asText("")).isEqualTo(name);
    }

    @Test
    void aModelThatIsNoHandleWasNotFound() {
        String agent = house.agent("{}");
        Web.Reply refused = web.post(messages(agent), "{'input':'hi','override_model':'malformed'}");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.text()).contains("NOT_FOUND: Handle malformed not found");
    }

    @ParameterizedTest
    @CsvSource({"malformed, 422", "nobody/knows, 400"})
    void anEmbedderThatIsNoHandleIsAFaultOfTheBody(String handle, int status) {
        Web.Reply refused = web.post("/v1/agents/", "{'model':'scripted/scripted','embedding':'" + handle + "'}");
        assertThat(refused.status()).as(refused.text()).isEqualTo(status);
    }

    @Test
    void idsOfMessagesAreLookedAtBeforeTheMessages() {
        String agent = house.agent("{}");
        assertThat(web.patch("/v1/agents/" + agent, "{'message_ids':['x']}").status())
                .isEqualTo(422);
    }

    @Test
    void partsOfTextCarryTheirSignature() {
        String agent = house.agent("{}");
        MODELS.answers(ScriptedModels.text("seen"));
        ok(web.post(messages(agent), "{'input':[{'type':'text','text':'one'},{'type':'text','text':'two'}]}"));
        assertThat(web.get(messages(agent) + "?order=asc")
                        .json()
                        .path(1)
                        .path("content")
                        .toString())
                .isEqualTo("[{\"type\":\"text\",\"text\":\"one\",\"signature\":null},"
                        + "{\"type\":\"text\",\"text\":\"two\",\"signature\":null}]");
    }

    @Test
    void anArgumentThatIsANumberIsSpokenToo() {
        String agent = house.agent("{}");
        MODELS.answers(
                ScriptedModels.call("conversation_search", "{\"query\":\"tea\",\"limit\":7}"),
                ScriptedModels.text("done"));
        ok(web.post(messages(agent), "{'input':'count'}"));
        JsonNode list = web.get(messages(agent) + "?order=asc&assistant_message_tool_name=conversation_search"
                        + "&assistant_message_tool_kwarg=limit")
                .json();
        assertThat(each(list, "content").subList(2, 4)).containsExactly("7", "done");
    }

    @ParameterizedTest
    @CsvSource({"memgpt_agent, true", "react_agent, true", "sleeptime_agent, true", "letta_v1_agent, false"})
    void thoughtsInCallsAreSaidTwiceInTheConfig(String type, boolean inCalls) {
        String agent = house.agent("{'agent_type':'" + type + "'}");
        JsonNode config = web.get("/v1/agents/" + agent).json().path("llm_config");
        assertThat(config.path("put_inner_thoughts_in_kwargs").asBoolean()).isEqualTo(inCalls);
        assertThat(config.path("enable_reasoner").asBoolean()).isEqualTo(inCalls);
        String quiet = house.agent("{'agent_type':'" + type + "','reasoning':false}");
        JsonNode off = web.get("/v1/agents/" + quiet).json().path("llm_config");
        assertThat(off.path("put_inner_thoughts_in_kwargs").asBoolean()).isFalse();
        assertThat(off.path("enable_reasoner").asBoolean()).isFalse();
    }

    /** Such an agent has no other way to speak; the retired server answered 500. */
    @Test
    void textEndsTheTurnWhereNoToolSpeaks() {
        String agent = house.agent("{'agent_type':'react_agent','tools':['conversation_search']}");
        MODELS.answers(
                ScriptedModels.call("conversation_search", "{\"query\":\"tea\",\"request_heartbeat\":true}"),
                ScriptedModels.text("nothing found"));
        JsonNode answer = ok(web.post(messages(agent), "{'input':'look'}"));
        assertThat(each(answer.path("messages"), "content")).contains("nothing found");
        assertThat(answer.path("stop_reason").path("stop_reason").asText()).isEqualTo("end_turn");
    }

    @Test
    void rowsOfToolsTellTheModelThatCalled() {
        String agent = house.agent("{'agent_type':'memgpt_agent'}");
        MODELS.answers(
                ScriptedModels.call("conversation_search", "{\"query\":\"tea\",\"request_heartbeat\":true}"),
                ScriptedModels.call("send_message", "{\"message\":\"nothing\"}"));
        ok(web.post(messages(agent), "{'input':'look'}"));
        JsonNode rows = web.get("/v1/agents/" + agent + "/export")
                .json()
                .path("agents")
                .path(0)
                .path("messages");
        List<String> silent = new ArrayList<>();
        rows.forEach(row -> {
            if (row.path("model").isNull()) {
                silent.add(row.path("role").asText());
            }
        });
        assertThat(silent).as("only what the request brought names no model").containsExactly("user");
    }

    @Test
    void toolsThatReachOtherAgentsHaveNoRuleToGoOn() {
        String agent = house.agent("{'include_multi_agent_tools':true,'include_base_tools':false}");
        assertThat(each(web.get("/v1/agents/" + agent).json().path("tool_rules"), "tool_name"))
                .containsExactly("send_message_to_agent_async");
    }

    @Test
    void aForkShowsItsContextWhenItIsReadAlone() {
        String agent = house.agent("{}");
        JsonNode talk = ok(web.post("/v1/conversations/?agent_id=" + agent, "{}"));
        JsonNode fork = ok(web.post("/v1/conversations/" + talk.path("id").asText() + "/fork", "{}"));
        assertThat(fork.path("in_context_message_ids")).isEmpty();
        assertThat(web.get("/v1/conversations/" + fork.path("id").asText())
                        .json()
                        .path("in_context_message_ids"))
                .isNotEmpty();
    }

    @Test
    void aRunWithoutToolsUsedNone() {
        String agent = house.agent("{}");
        MODELS.answers(ScriptedModels.text("hello"));
        String run = ok(web.post(messages(agent), "{'input':'hi'}"))
                .path("messages")
                .path(0)
                .path("run_id")
                .asText();
        JsonNode metrics = ok(web.get("/v1/runs/" + run + "/metrics"));
        assertThat(metrics.has("tools_used")).isTrue();
        assertThat(metrics.path("tools_used").isNull()).isTrue();
    }
}
