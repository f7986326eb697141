package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

class GroupRoutesTest {
    private static final String NOBODY = "agent-00000000-0000-4000-8000-00000000dead";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder, new ScriptedModels(), DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static JsonNode group(String members, String config) {
        Web.Reply made = web.post(
                "/v1/groups/", "{'agent_ids':" + members + ",'description':'team','manager_config':" + config + "}");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json();
    }

    private static String list(String... ids) {
        return "['" + String.join("','", ids) + "']";
    }

    private static List<String> texts(JsonNode array) {
        List<String> out = new ArrayList<>();
        array.forEach(item -> out.add(item.asText()));
        return out;
    }

    private static List<String> labels(String agentId) {
        List<String> out = new ArrayList<>();
        web.get("/v1/agents/" + agentId + "/core-memory/blocks")
                .json()
                .forEach(block -> out.add(block.path("label").asText()));
        return out;
    }

    @Test
    void aGroupIsMadeReadListedAndDeleted() {
        String a = house.agent("{}");
        String b = house.agent("{}");
        JsonNode made = group(list(a, b), "{'manager_type':'round_robin','max_turns':4}");
        String path = "/v1/groups/" + made.path("id").asText();

        assertThat(made.toString())
                .isEqualTo("{\"id\":\"" + made.path("id").asText()
                        + "\",\"manager_type\":\"round_robin\",\"agent_ids\":[\"" + a + "\",\"" + b
                        + "\"],\"description\":\"team\",\"project_id\":null,\"template_id\":null,\"base_template_id\":null,"
                        + "\"deployment_id\":null,\"shared_block_ids\":[],\"manager_agent_id\":null,\"termination_token\":null,"
                        + "\"max_turns\":4,\"sleeptime_agent_frequency\":null,\"turns_counter\":null,"
                        + "\"last_processed_message_id\":null,\"max_message_buffer_length\":null,"
                        + "\"min_message_buffer_length\":null,\"hidden\":null}");
        assertThat(web.get(path).json()).isEqualTo(made);
        assertThat(web.get("/v1/groups/?limit=0").json()).contains(made);
        assertThat(web.get("/v1/groups/count").json().asInt()).isPositive();
        assertThat(web.get("/v1/agents/" + a + "/groups").json()).containsExactly(made);
        assertThat(web.delete(path).text())
                .isEqualTo("{\"message\":\"Group id=" + made.path("id").asText() + " successfully deleted\"}");
        assertThat(web.delete(path).status()).isEqualTo(404);
        assertThat(web.get("/v1/agents/" + a).status()).isEqualTo(200);
    }

    @Test
    void everyKindOfManagerStoresItsOwnFields() {
        String m = house.agent("{}");
        String manager = "'manager_agent_id':'" + m + "'";

        assertThat(web.post("/v1/groups", "{'agent_ids':[],'description':''}")
                        .json()
                        .path("manager_type")
                        .asText())
                .isEqualTo("round_robin");
        JsonNode dynamic = group("[]", "{'manager_type':'dynamic'," + manager + "}");
        assertThat(dynamic.path("termination_token").asText()).isEqualTo("DONE!");
        assertThat(dynamic.path("manager_agent_id").asText()).isEqualTo(m);
        assertThat(group("[]", "{'manager_type':'supervisor'," + manager + "}")
                        .path("turns_counter")
                        .isNull())
                .isTrue();
        JsonNode sleeptime = group("[]", "{'manager_type':'sleeptime','sleeptime_agent_frequency':3," + manager + "}");
        assertThat(sleeptime.path("sleeptime_agent_frequency").asInt()).isEqualTo(3);
        assertThat(sleeptime.path("turns_counter").asInt()).isEqualTo(-1);
        JsonNode voice = group(
                "[]",
                "{'manager_type':'voice_sleeptime','max_message_buffer_length':30,'min_message_buffer_length':15,"
                        + manager + "}");
        assertThat(voice.path("max_message_buffer_length").asInt()).isEqualTo(30);
        assertThat(web.get("/v1/groups?manager_type=voice_sleeptime").json()).containsExactly(voice);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'agent_ids':['agent-1'],'description':''} | 422 | string_too_short",
                "{'agent_ids':[]} | 422 | Field required",
                "{'agent_ids':[],'description':'','manager_config':{'manager_type':'swarm'}} | 422 | union_tag_invalid",
                "{'agent_ids':[],'description':'','manager_config':{}} | 422 | union_tag_not_found",
                "{'agent_ids':[],'description':'','manager_config':{'manager_type':'supervisor'}} | 422 | Field required",
                "{'agent_ids':['NOBODY'],'description':''} | 404 | Items not found in agents: {'NOBODY'}",
                "{'agent_ids':['MEMBER','MEMBER'],'description':'','manager_config':{'manager_type':'dynamic','manager_agent_id':'MEMBER'}} | 400 | Duplicate agent ids found in list",
                "{'agent_ids':[],'description':'','manager_config':{'manager_type':'voice_sleeptime','manager_agent_id':'MEMBER','max_message_buffer_length':10}} | 400 | Both 'max_message_buffer_length' and 'min_message_buffer_length' must be provided together (got max_message_buffer_length=10, min_message_buffer_length=None)",
                "{'agent_ids':[],'description':'','manager_config':{'manager_type':'voice_sleeptime','manager_agent_id':'MEMBER','max_message_buffer_length':10,'min_message_buffer_length':4}} | 400 | must be greater than 4 (got",
                "{'agent_ids':[],'description':'','shared_block_ids':['block-00000000-0000-4000-8000-00000000dead']} | 404 | block",
            })
    void refusedGroups(String body, int status, String text) {
        String member = house.agent("{}");
        Web.Reply reply = web.post("/v1/groups/", body.replace("MEMBER", member).replace("NOBODY", NOBODY));

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.detail()).contains(text.replace("NOBODY", NOBODY));
    }

    @Test
    void aPatchTakesZerosEmptyTextsAndNulls() {
        String m = house.agent("{}");
        JsonNode made = group(
                list(m), "{'manager_type':'sleeptime','sleeptime_agent_frequency':3,'manager_agent_id':'" + m + "'}");
        String path = "/v1/groups/" + made.path("id").asText();

        JsonNode zero = web.patch(
                        path,
                        "{'description':'','agent_ids':[],'project_id':'p','manager_config':{'manager_type':'sleeptime','sleeptime_agent_frequency':0}}")
                .json();
        assertThat(zero.path("description").asText()).isEmpty();
        assertThat(zero.path("agent_ids")).isEmpty();
        assertThat(zero.path("project_id").asText()).isEqualTo("p");
        assertThat(zero.path("sleeptime_agent_frequency").asInt(-1)).isZero();
        JsonNode none = web.patch(
                        path,
                        "{'project_id':null,'manager_config':{'manager_type':'sleeptime','sleeptime_agent_frequency':null}}")
                .json();
        assertThat(none.path("project_id").isNull()).isTrue();
        assertThat(none.path("sleeptime_agent_frequency").isNull()).isTrue();
        assertThat(none.path("manager_agent_id").asText()).isEqualTo(m);
        Web.Reply other = web.patch(path, "{'manager_config':{'manager_type':'round_robin'}}");
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.detail()).isEqualTo("Cannot change group pattern after creation");
    }

    @Test
    void sharedBlocksReachEveryMemberAndAreListed() {
        String a = house.agent("{}");
        String b = house.agent("{}");
        String block = web.post("/v1/blocks", "{'label':'board','value':'x'}")
                .json()
                .path("id")
                .asText();
        String id =
                group(list(a, b), "{'manager_type':'round_robin'}").path("id").asText();

        assertThat(web.patch("/v1/groups/" + id + "/blocks/attach/" + block, "").text())
                .isEqualTo("null");
        assertThat(texts(web.get("/v1/groups/" + id).json().path("shared_block_ids")))
                .containsExactly(block);
        assertThat(labels(a)).containsExactly("board");
        assertThat(labels(b)).containsExactly("board");
        assertThat(web.patch("/v1/groups/" + id + "/blocks/detach/" + block, "").status())
                .isEqualTo(200);
        assertThat(labels(b)).isEmpty();
        assertThat(web.patch("/v1/groups/" + id + "/blocks/attach/block-00000000-0000-4000-8000-00000000dead", "")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void whatWasSaidInAGroupIsListedChangedAndForgotten() {
        String a = house.agent("{}");
        String id = group(list(a), "{'manager_type':'round_robin'}").path("id").asText();
        web.post(
                "/v1/agents/" + a + "/messages",
                "{'messages':[{'role':'user','content':'in the group','group_id':'" + id + "'}]}");

        JsonNode said = web.get("/v1/groups/" + id + "/messages").json();
        assertThat(said).hasSize(1);
        String message = said.path(0).path("id").asText();
        JsonNode changed = web.patch(
                        "/v1/groups/" + id + "/messages/" + message,
                        "{'message_type':'user_message','content':'changed'}")
                .json();
        assertThat(changed.path("content").asText()).isEqualTo("changed");
        assertThat(web.patch("/v1/groups/" + id + "/messages/" + message, "{'content':null}")
                        .status())
                .isEqualTo(422);
        assertThat(web.patch("/v1/groups/" + id + "/reset-messages", "").text()).isEqualTo("null");
        assertThat(web.get("/v1/groups/" + id + "/messages").json()).isEmpty();
        assertThat(texts(web.get("/v1/agents/" + a).json().path("message_ids")))
                .hasSize(2)
                .doesNotContain(message);
        assertThat(web.post("/v1/agents/" + a + "/messages", "{'input':'again'}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aManagerCanBeDeletedAndItsGroupGoesWithIt() {
        String m = house.agent("{}");
        String a = house.agent("{}");
        String id = group(list(a), "{'manager_type':'supervisor','manager_agent_id':'" + m + "'}")
                .path("id")
                .asText();
        String plain =
                group(list(a), "{'manager_type':'round_robin'}").path("id").asText();

        assertThat(web.get("/v1/agents/" + m)
                        .json()
                        .path("managed_group")
                        .path("id")
                        .asText())
                .isEqualTo(id);
        assertThat(web.delete("/v1/agents/" + m).status()).isEqualTo(200);
        assertThat(web.get("/v1/groups/" + id).status()).isEqualTo(404);
        assertThat(web.delete("/v1/agents/" + a).status()).isEqualTo(200);
        assertThat(texts(web.get("/v1/groups/" + plain).json().path("agent_ids")))
                .containsExactly(a);
    }

    @Test
    void enableSleeptimeMakesACompanionAndAGroup() {
        JsonNode main = web.post(
                        "/v1/agents",
                        "{'name':'Main','enable_sleeptime':true,'memory_blocks':[{'label':'human','value':'Ada'}]}")
                .json();
        JsonNode group = main.path("managed_group");
        String companionId = group.path("agent_ids").path(0).asText();
        JsonNode companion = web.get("/v1/agents/" + companionId).json();

        assertThat(main.path("multi_agent_group")).isEqualTo(group);
        assertThat(group.path("manager_type").asText()).isEqualTo("sleeptime");
        assertThat(group.path("manager_agent_id")).isEqualTo(main.path("id"));
        assertThat(group.path("sleeptime_agent_frequency").asInt()).isEqualTo(5);
        assertThat(group.path("turns_counter").asInt()).isEqualTo(-1);
        assertThat(group.path("description").asText()).isEmpty();
        assertThat(names(main.path("tools")))
                .containsExactlyInAnyOrder("send_message", "conversation_search", "archival_memory_search");
        assertThat(rules(main))
                .containsExactlyInAnyOrder(
                        "exit_loop send_message",
                        "continue_loop conversation_search",
                        "continue_loop archival_memory_search");
        assertThat(companion.path("name").asText()).isEqualTo("Main-sleeptime");
        assertThat(companion.path("agent_type").asText()).isEqualTo("sleeptime_agent");
        assertThat(companion.path("enable_sleeptime").isNull()).isTrue();
        assertThat(companion.path("tags")).isEmpty();
        assertThat(companion.path("model")).isEqualTo(main.path("model"));
        assertThat(names(companion.path("tools")))
                .containsExactlyInAnyOrder("memory_insert", "memory_replace", "memory_rethink", "memory_finish_edits");
        assertThat(rules(companion)).contains("exit_loop memory_finish_edits", "continue_loop memory_insert");
        assertThat(labels(companionId)).containsExactlyInAnyOrder("human", "memory_persona");
        JsonNode persona = companion.path("blocks").path(1);
        assertThat(persona.path("limit").asInt()).isEqualTo(100_000);
        assertThat(persona.path("description").isNull()).isTrue();
        assertThat(persona.path("value").asText())
                .startsWith("I am an expert conversation memory agent that can do the following:\n- Consolidat");
        assertThat(companion.path("blocks").path(0))
                .isEqualTo(main.path("blocks").path(0));
        assertThat(companion.path("message_ids")).hasSize(1);
    }

    @Test
    void aBlockForTheMainAgentReachesItsCompanion() {
        JsonNode main = web.post("/v1/agents", "{'enable_sleeptime':true}").json();
        String companionId =
                main.path("managed_group").path("agent_ids").path(0).asText();
        String block = web.post("/v1/blocks", "{'label':'plans','value':'x'}")
                .json()
                .path("id")
                .asText();

        web.patch("/v1/agents/" + main.path("id").asText() + "/core-memory/blocks/attach/" + block, "");

        assertThat(labels(companionId)).containsExactlyInAnyOrder("memory_persona", "plans");
    }

    @Test
    void aPatchMakesTheCompanionOnceAndEachSideGoesAsItShould() {
        String main = house.agent("{'name':'Later'}");
        String path = "/v1/agents/" + main;
        JsonNode on = web.patch(path, "{'enable_sleeptime':true}").json();
        JsonNode again = web.patch(path, "{'enable_sleeptime':true}").json();
        String companion = on.path("managed_group").path("agent_ids").path(0).asText();

        assertThat(again.path("managed_group")).isEqualTo(on.path("managed_group"));
        assertThat(names(on.path("tools")))
                .containsExactlyInAnyOrder("conversation_search", "memory_insert", "memory_replace");
        assertThat(web.delete("/v1/agents/" + companion).status()).isEqualTo(200);
        JsonNode without = web.get(path).json();
        assertThat(without.path("enable_sleeptime").isNull()).isTrue();
        assertThat(without.path("managed_group").isNull()).isTrue();

        JsonNode back = web.patch(path, "{'enable_sleeptime':true}").json();
        String second = back.path("managed_group").path("agent_ids").path(0).asText();
        String group = back.path("managed_group").path("id").asText();
        assertThat(web.delete(path).status()).isEqualTo(200);
        assertThat(web.get("/v1/agents/" + second).status()).isEqualTo(404);
        assertThat(web.get("/v1/groups/" + group).status()).isEqualTo(404);
    }

    @Test
    void aVoiceAgentNeedsItsCompanion() {
        assertThat(web.post("/v1/agents", "{'agent_type':'voice_convo_agent'}").status())
                .isEqualTo(422);
        JsonNode voice = web.post("/v1/agents", "{'agent_type':'voice_convo_agent','enable_sleeptime':true}")
                .json();
        JsonNode group = voice.path("managed_group");

        assertThat(group.path("manager_type").asText()).isEqualTo("voice_sleeptime");
        assertThat(group.path("max_message_buffer_length").asInt()).isEqualTo(30);
        assertThat(group.path("min_message_buffer_length").asInt()).isEqualTo(15);
        assertThat(web.get("/v1/agents/" + group.path("agent_ids").path(0).asText())
                        .json()
                        .path("agent_type")
                        .asText())
                .isEqualTo("voice_sleeptime_agent");
    }

    private static List<String> names(JsonNode tools) {
        List<String> out = new ArrayList<>();
        tools.forEach(tool -> out.add(tool.path("name").asText()));
        return out;
    }

    private static List<String> rules(JsonNode agent) {
        List<String> out = new ArrayList<>();
        agent.path("tool_rules")
                .forEach(rule -> out.add(rule.path("type").asText() + " "
                        + rule.path("tool_name").asText()));
        return out;
    }
}
