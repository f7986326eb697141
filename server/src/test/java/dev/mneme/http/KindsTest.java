package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.message.Usage;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kinds of agent over HTTP: those that talk and those that work by calls (contract 02 §5, §6, §8; 03 §8). */
class KindsTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String BLOCK = "'memory_blocks':[{'label':'human','value':'Ada'}]";
    private static final String SPEAK = "{\"message\":\"hi there\",\"thinking\":\"hm\"}";
    private static final String APPEND =
            "{\"label\":\"human\",\"content\":\"Likes tea\",\"request_heartbeat\":true,\"thinking\":\"note it\"}";

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

    @BeforeEach
    void forget() {
        MODELS.requests.clear();
    }

    private static String agent(String type, String more) {
        return house.agent("{'agent_type':'" + type + "'," + BLOCK + (more.isEmpty() ? "" : "," + more) + "}");
    }

    private static Web.Reply send(String agent, String more) {
        return web.post(
                "/v1/agents/" + agent + "/messages", "{'input':'hello'" + (more.isEmpty() ? "" : "," + more) + "}");
    }

    private static JsonNode answer(String agent, String more) {
        Web.Reply reply = send(agent, more);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    private static JsonNode list(String agent) {
        return web.get("/v1/agents/" + agent + "/messages?order=asc").json();
    }

    /** Messages as words: their kind and what they say. */
    private static List<String> shown(JsonNode messages) {
        List<String> out = new ArrayList<>();
        for (JsonNode each : messages) {
            String kind = each.path("message_type").asText().replace("_message", "");
            JsonNode call = each.path("tool_call");
            String what = call.isObject()
                    ? call.path("name").asText("") + call.path("arguments").asText("")
                    : each.path("content").asText("")
                            + each.path("reasoning").asText("")
                            + each.path("state").asText("")
                            + each.path("tool_return").asText("")
                            + each.path("stop_reason").asText("");
            if (!kind.equals("system") && !kind.equals("usage_statistics")) {
                out.add(kind + ": " + what);
            }
        }
        return out;
    }

    private static List<String> stream(String agent, String more) {
        String text = web.post(
                        "/v1/agents/" + agent + "/messages/stream",
                        "{'input':'hello','stream_tokens':true," + "'include_pings':false" + more + "}")
                .text();
        List<JsonNode> events = new ArrayList<>();
        for (String frame : text.split("\n\n")) {
            String data = frame.replace("event: error\n", "").replace("data: ", "");
            if (!data.equals("[DONE]")) {
                events.add(Json.read(data, JsonNode.class));
            }
        }
        return shown(Json.tree(events));
    }

    private static String stopOf(JsonNode body) {
        return body.path("stop_reason").path("stop_reason").asText();
    }

    private static List<String> offered(ModelRequest request) {
        return request.tools().stream().map(ToolSpec::name).toList();
    }

    private static List<ModelEvent> said(List<Content> content, List<ModelEvent> call) {
        ModelEvent.Done done = (ModelEvent.Done) call.getLast();
        return List.of(new ModelEvent.Done(content, done.calls(), false, new Usage(10, 2, 12, 0, 0, 0)));
    }

    @Test
    void anAgentThatWorksByCallsThinksInItsCallsAndSpeaksByThem() {
        String agent = agent("memgpt_agent", "");
        MODELS.answers(ScriptedModels.call("core_memory_append", APPEND), ScriptedModels.call("send_message", SPEAK));

        JsonNode body = answer(agent, "");

        assertThat(shown(body.path("messages")))
                .containsExactly(
                        "reasoning: note it",
                        "tool_call: core_memory_append{\"label\": \"human\", \"content\": \"Likes tea\", \"request_heartbeat\": true}",
                        "tool_return: Ada\nLikes tea",
                        "reasoning: hm",
                        "assistant: hi there");
        assertThat(stopOf(body)).isEqualTo("end_turn");
        assertThat(body.path("usage").path("context_tokens").isNull()).isTrue();
        assertThat(body.path("messages").path(0).path("source").asText()).isEqualTo("non_reasoner_model");

        List<String> all = shown(list(agent));
        assertThat(all)
                .anyMatch(each -> each.startsWith("user: {\n  \"type\": \"heartbeat\",\n  \"reason\": "
                        + "\"[This is an automated system message hidden from the user] Continuing: continue tool rule.\",\n"
                        + "  \"time\": \""));
    }

    @Test
    void theModelIsToldOfHeartbeatsAndThoughtsAndMustCall() {
        String agent = agent("memgpt_agent", "");
        MODELS.answers(ScriptedModels.call("core_memory_append", APPEND), ScriptedModels.call("send_message", SPEAK));

        answer(agent, "");

        ModelRequest second = MODELS.requests.getLast();
        assertThat(second.choice()).isEqualTo(ModelRequest.ToolChoice.REQUIRED);
        assertThat(second.parallel()).isFalse();
        for (ToolSpec tool : second.tools()) {
            List<String> names = new ArrayList<>();
            tool.parameters().path("properties").fieldNames().forEachRemaining(names::add);
            assertThat(names).startsWith("thinking");
            assertThat(names.getLast().equals("request_heartbeat"))
                    .isEqualTo(!tool.name().equals("send_message"));
        }
        Message call = second.history().get(second.history().size() - 3);
        assertThat(call.toolCalls().getFirst().arguments())
                .isEqualTo("{\n  \"thinking\": \"note it\",\n  \"label\": \"human\",\n  \"content\": \"Likes tea\",\n"
                        + "  \"request_heartbeat\": true\n}");
        assertThat(second.history().getLast().text()).contains("\"heartbeat\"");
    }

    @Test
    void aTokenStreamTakesCallsApart() {
        String agent = agent("memgpt_agent", "");
        MODELS.answers(
                ScriptedModels.call(
                        "core_memory_append",
                        "{\"thinking\":\"note it\",\"label\":\"human\",\"content\":\"x\",\"request_heartbeat\":true}"),
                ScriptedModels.call("send_message", SPEAK));

        assertThat(stream(agent, ""))
                .containsExactly(
                        "reasoning: note it",
                        "tool_call: core_memory_append",
                        "tool_call: {\"label\":\"human\",\"content\":\"x\",\"request_heartbeat\":true}",
                        "tool_return: Ada\nx",
                        "reasoning: hm",
                        "assistant: hi there",
                        "stop_reason: end_turn");
    }

    @Test
    void whoWantsTheCallSeesTheCall() {
        String agent = agent("memgpt_agent", "");
        MODELS.answers(ScriptedModels.call("send_message", SPEAK));

        assertThat(stream(agent, ",'use_assistant_message':false"))
                .containsExactly(
                        "reasoning: hm",
                        "tool_call: send_message",
                        "tool_call: {\"message\":\"hi there\"}",
                        "tool_return: Sent message successfully.",
                        "stop_reason: end_turn");
        assertThat(shown(answer(agent, "'use_assistant_message':false").path("messages")))
                .containsExactly(
                        "reasoning: hm",
                        "tool_call: send_message{\"message\": \"hi there\", \"request_heartbeat\": false}",
                        "tool_return: Sent message successfully.");
    }

    @Test
    void aModelThatReasonsHiddenlyIsShownToHaveReasoned() {
        String agent = agent("memgpt_agent", "'reasoning':false,'model_settings':null");
        String config = "{'llm_config':{'model':'scripted','model_endpoint_type':'openai','context_window':32000,"
                + "'enable_reasoner':true}}";
        assertThat(web.patch("/v1/agents/" + agent, config).status()).isEqualTo(200);
        MODELS.answers(ScriptedModels.call("send_message", "{\"message\":\"hi\"}"));

        assertThat(shown(answer(agent, "").path("messages")))
                .containsExactly("hidden_reasoning: omitted", "assistant: hi");
        assertThat(stream(agent, ""))
                .containsExactly("hidden_reasoning: omitted", "assistant: hi", "stop_reason: end_turn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "google_ai"})
    void aModelThatShowsItsThoughtsHidNone(String endpoint) {
        String agent = agent("memgpt_agent", "'reasoning':false,'model_settings':null");
        String config = "{'llm_config':{'model':'scripted','model_endpoint_type':'" + endpoint
                + "','context_window':32000,'enable_reasoner':true}}";
        assertThat(web.patch("/v1/agents/" + agent, config).status()).isEqualTo(200);
        MODELS.answers(ScriptedModels.call("send_message", "{\"message\":\"hi\"}"));

        assertThat(shown(answer(agent, "").path("messages"))).containsExactly("assistant: hi");
        assertThat(stream(agent, "")).containsExactly("assistant: hi", "stop_reason: end_turn");
    }

    @Test
    void textBesideACallIsAThoughtAndOnlyTheFirstCallCounts() {
        String agent = agent("memgpt_v2_agent", "'reasoning':false");
        MODELS.answers(said(
                List.of(new Content.Text("hm")),
                ScriptedModels.calls(
                        new ToolCall("c1", "send_message", "{\"message\":\"one\"}"),
                        new ToolCall("c2", "send_message", "{\"message\":\"two\"}"))));

        assertThat(shown(answer(agent, "").path("messages"))).containsExactly("reasoning: hm", "assistant: one");
        assertThat(stream(agent, "")).containsExactly("reasoning: hm", "assistant: one", "stop_reason: end_turn");
    }

    @Test
    void textAloneIsNoAnswerOfAnAgentThatWorksByCalls() {
        String agent = agent("memgpt_agent", "");
        MODELS.answers(ScriptedModels.text("I only talk"));

        Web.Reply reply = send(agent, "");
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.json().path("error").toString())
                .isEqualTo("{\"type\":\"llm_error\",\"message\":\"An error occurred with the LLM request.\","
                        + "\"detail\":\"No tool calls found in response, model must make a tool call\"}");
        JsonNode run = web.get("/v1/runs/?agent_id=" + agent).json().path(0);
        assertThat(run.path("status").asText()).isEqualTo("failed");
        assertThat(run.path("stop_reason").asText()).isEqualTo("no_tool_call");

        MODELS.answers(ScriptedModels.call("send_message", SPEAK));
        assertThat(shown(answer(agent, "").path("messages"))).contains("assistant: hi there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"react_agent", "workflow_agent"})
    void whoHasNoToolsMayTalk(String type) {
        String agent = agent(type, "");
        MODELS.answers(ScriptedModels.text("hi"));

        JsonNode body = answer(agent, "");
        assertThat(shown(body.path("messages"))).containsExactly("assistant: hi");
        assertThat(stopOf(body)).isEqualTo("end_turn");
        assertThat(MODELS.requests.getFirst().tools()).isEmpty();
        assertThat(MODELS.requests.getFirst().system()).doesNotContain("<memory_blocks>");
    }

    @ParameterizedTest
    @CsvSource({
        "letta_v1_agent,'',AUTO",
        "sleeptime_agent,'',REQUIRED",
        "memgpt_agent,'',REQUIRED",
        "memgpt_v2_agent,'',REQUIRED",
        "split_thread_agent,'''system'':''s'',''include_base_tools'':false,''tools'':[''send_message'']',NAMED",
        "voice_sleeptime_agent,'',REQUIRED"
    })
    void eachKindIsAskedInItsWay(String type, String more, ModelRequest.ToolChoice.Mode mode) {
        String agent = agent(type, more);
        MODELS.answers(ScriptedModels.text("hi"));
        send(agent, "");
        assertThat(MODELS.requests.getFirst().choice().mode()).isEqualTo(mode);
        assertThat(MODELS.requests.getFirst().agentType()).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({"1,false,end_turn", "1,true,max_steps", "2,true,end_turn"})
    void theBudgetOfStepsEndsOnlyWhatWouldGoOn(int steps, boolean goesOn, String reason) {
        String agent = agent("memgpt_agent", "");
        List<ModelEvent> speak = ScriptedModels.call("send_message", SPEAK);
        MODELS.answers(goesOn ? ScriptedModels.call("core_memory_append", APPEND) : speak, speak);

        assertThat(stopOf(answer(agent, "'max_steps':" + steps))).isEqualTo(reason);
    }

    @Test
    void aRuleForcesItsToolAndWhatItPutsIntoTheArgumentsIsStored() {
        String agent = agent(
                "letta_v1_agent",
                "'tools':['core_memory_append'],'tool_rules':["
                        + "{'type':'run_first','tool_name':'core_memory_append','args':{'content':'by rule'}},"
                        + "{'type':'constrain_child_tools','tool_name':'core_memory_append','children':['conversation_search','memory_insert']},"
                        + "{'type':'exit_loop','tool_name':'memory_insert'}]");
        MODELS.answers(
                ScriptedModels.call("core_memory_append", "{\"label\":\"human\",\"content\":\"mine\"}"),
                ScriptedModels.call(
                        "memory_replace", "{\"label\":\"human\",\"old_string\":\"a\",\"new_string\":\"b\"}"),
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"end\"}"));

        JsonNode body = answer(agent, "");

        assertThat(stopOf(body)).isEqualTo("tool_rule");
        assertThat(shown(body.path("messages")))
                .contains(
                        "tool_call: core_memory_append{\"label\": \"human\", \"content\": \"by rule\"}",
                        "tool_return: Ada\nby rule",
                        "tool_return: [ToolConstraintError] Cannot call memory_replace, valid tools include: "
                                + "['conversation_search', 'memory_insert'].\n"
                                + "** Hint: Possible rules that were violated:\n\t- <tool_rule>\n"
                                + "After using core_memory_append, you must use one of these tools: "
                                + "conversation_search, memory_insert\n</tool_rule>");
        assertThat(MODELS.requests.get(0).choice()).isEqualTo(ModelRequest.ToolChoice.named("core_memory_append"));
        assertThat(MODELS.requests.get(1).choice()).isEqualTo(ModelRequest.ToolChoice.REQUIRED);
        assertThat(offered(MODELS.requests.get(1))).containsExactlyInAnyOrder("conversation_search", "memory_insert");
        assertThat(MODELS.requests.get(2).choice())
                .as("a refused call is no call: the child is still due")
                .isEqualTo(ModelRequest.ToolChoice.REQUIRED);
    }

    @Test
    void argumentsOfARuleThatDoNotFitEndTheTurn() {
        String agent = agent(
                "letta_v1_agent",
                "'tools':['core_memory_append'],'tool_rules':["
                        + "{'type':'run_first','tool_name':'core_memory_append','args':{'qq':1}}]");
        MODELS.answers(ScriptedModels.call("core_memory_append", "{\"label\":\"human\",\"content\":\"mine\"}"));

        JsonNode body = answer(agent, "");

        assertThat(stopOf(body)).isEqualTo("invalid_tool_call");
        assertThat(shown(body.path("messages")))
                .containsExactly(
                        "tool_call: core_memory_append{\"label\": \"human\", \"content\": \"mine\"}",
                        "tool_return: Invalid prefilled tool arguments from tool rules "
                                + "(source=InitToolRule(core_memory_append)): Unknown argument 'qq' for tool 'core_memory_append'.");
    }

    @Test
    void whatAToolGaveBackDecidesWhatComesNext() {
        String agent = agent(
                "letta_v1_agent",
                "'tool_rules':[{'type':'conditional','tool_name':'memory_insert','child_output_mapping':"
                        + "{'Ada\\ntea':'memory_replace'},'require_output_mapping':true}]");
        MODELS.answers(
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"tea\"}"),
                ScriptedModels.call(
                        "memory_replace", "{\"label\":\"human\",\"old_string\":\"tea\",\"new_string\":\"mate\"}"),
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"other\"}"),
                ScriptedModels.text("done"));

        JsonNode body = answer(agent, "");

        assertThat(MODELS.requests.get(1).choice()).isEqualTo(ModelRequest.ToolChoice.named("memory_replace"));
        assertThat(MODELS.requests.get(3).tools())
                .as("an output that is not in the mapping allows nothing, and then text is the only way")
                .isEmpty();
        assertThat(shown(body.path("messages"))).endsWith("assistant: done");
        assertThat(stopOf(body)).isEqualTo("end_turn");
    }

    @Test
    void countsCountAndRequiredToolsAreAskedForWithoutTheReaderNoticing() {
        String append = "{\"label\":\"human\",\"content\":\"x\"}";
        String agent = agent(
                "letta_v1_agent",
                "'include_base_tools':false,'tools':['core_memory_append'],'tool_rules':["
                        + "{'type':'required_before_exit','tool_name':'core_memory_append'},"
                        + "{'type':'max_count_per_step','tool_name':'core_memory_append','max_count_limit':2}]");
        MODELS.answers(
                ScriptedModels.text("too early"),
                ScriptedModels.call("core_memory_append", append),
                ScriptedModels.call("core_memory_append", append),
                ScriptedModels.text("now"));

        JsonNode body = answer(agent, "");

        assertThat(shown(body.path("messages")))
                .containsExactly(
                        "assistant: too early",
                        "tool_call: core_memory_append{\"label\": \"human\", \"content\": \"x\"}",
                        "tool_return: Ada\nx",
                        "tool_call: core_memory_append{\"label\": \"human\", \"content\": \"x\"}",
                        "tool_return: Ada\nx\nx",
                        "assistant: now");
        assertThat(offered(MODELS.requests.get(2))).containsExactly("core_memory_append");
        assertThat(offered(MODELS.requests.get(3))).isEmpty();
        assertThat(shown(list(agent)))
                .anyMatch(each -> each.contains("ToolRuleViolated: You must call core_memory_append at least once"));
    }

    @Test
    void severalCallsAreKeptWhereTheAgentMayMakeSeveralThoughRulesAskForOneAtATime() {
        String agent = agent(
                "letta_v1_agent",
                "'parallel_tool_calls':true,'tool_rules':["
                        + "{'type':'max_count_per_step','tool_name':'memory_insert','max_count_limit':1}]");
        MODELS.answers(
                ScriptedModels.calls(
                        new ToolCall("c1", "memory_insert", "{\"label\":\"human\",\"new_string\":\"one\"}"),
                        new ToolCall("c2", "memory_insert", "{\"label\":\"human\",\"new_string\":\"two\"}")),
                ScriptedModels.text("done"));

        JsonNode returned = answer(agent, "").path("messages").path(1).path("tool_returns");

        assertThat(MODELS.requests.getFirst().parallel()).isFalse();
        assertThat(returned).hasSize(2);
        assertThat(returned.path(0).path("tool_return").asText()).isEqualTo("Ada\none");
        assertThat(returned.path(1).path("tool_return").asText())
                .as("counts count within one answer")
                .contains("memory_insert: at most 1 use(s) per response");
        assertThat(returned.path(1).path("stderr").isNull())
                .as("what did not run has no output")
                .isTrue();
    }

    @Test
    void ofArgumentsWrittenTwiceTheFirstCount() {
        String agent = agent("letta_v1_agent", "");
        MODELS.answers(
                ScriptedModels.call(
                        "memory_insert",
                        "{\"label\":\"human\",\"new_string\":\"one\"}{\"label\":\"human\",\"new_string\":\"two\"}"),
                ScriptedModels.text("done"));

        assertThat(shown(answer(agent, "").path("messages"))).contains("tool_return: Ada\none");
    }

    @Test
    void skillsOfTheClientStandInThePromptOfOneRequest() {
        String agent = agent("letta_v1_agent", "");
        MODELS.answers(ScriptedModels.text("hi"));
        String skills = "'client_skills':[{'name':'n','description':'does','location':'x'}]";

        answer(agent, skills);
        answer(agent, "");
        answer(agent, skills + ",'override_system':'be brief'");

        assertThat(MODELS.requests.get(0).system())
                .endsWith("\n\n<available_skills>\n/\n└── x (does)\n</available_skills>");
        assertThat(MODELS.requests.get(1).system()).doesNotContain("available_skills");
        assertThat(MODELS.requests.get(2).system()).isEqualTo("be brief");
    }

    @Test
    void aToolThatIsNamedLikeSpeechIsAToolLikeAnyOtherForWhoTalks() {
        String agent = agent("letta_v1_agent", "'tools':['send_message']");
        MODELS.answers(ScriptedModels.call("send_message", "{\"message\":\"hi\"}"), ScriptedModels.text("done"));

        assertThat(shown(answer(agent, "").path("messages")))
                .containsExactly(
                        "tool_call: send_message{\"message\": \"hi\"}",
                        "tool_return: Sent message successfully.",
                        "assistant: done");
    }
}
