package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agent files come in over HTTP (contract 10 §4, §5, §6). */
class AgentImportTest {
    private static final String EMPTY =
            "{'agents':[],'groups':[],'blocks':[],'files':[],'sources':[],'tools':[],'mcp_servers':[]}";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder);
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static ObjectNode file(String text) {
        return (ObjectNode) Json.read(text.replace('\'', '"'), JsonNode.class);
    }

    private static String imported(JsonNode file, String... fields) {
        Web.Reply reply = web.importFile(file.toString(), fields);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("agent_ids").path(0).asText();
    }

    private static ObjectNode export(String id) {
        return (ObjectNode) web.get("/v1/agents/" + id + "/export").json();
    }

    /** The file without what a round trip may change (contract 10 §6). */
    private static ObjectNode comparable(ObjectNode file) {
        ObjectNode out = file.deepCopy();
        out.remove(List.of("created_at"));
        ObjectNode agent = (ObjectNode) out.path("agents").get(0);
        agent.remove(List.of("name", "tool_ids"));
        agent.path("messages").forEach(message -> ((ObjectNode) message).remove(List.of("otid")));
        out.path("tools")
                .forEach(tool -> ((ObjectNode) tool).remove(List.of("id", "created_by_id", "last_updated_by_id")));
        return out;
    }

    private static String agent(String more) {
        Web.Reply made = web.post(
                "/v1/agents/",
                "{'name':'Ada','model':'openai/gpt-4o','memory_blocks':[{'label':'human','value':'likes tea'}],"
                        + "'tags':['x'],'secrets':{'API_KEY':'hush'}" + more + "}");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json().path("id").asText();
    }

    @Test
    void whatWasExportedComesBackTheSame() {
        String id =
                agent(",'agent_type':'memgpt_agent','tool_rules':[{'type':'exit_loop','tool_name':'send_message'}]");
        ObjectNode first = export(id);
        ObjectNode second = export(imported(first));
        assertThat(comparable(second)).isEqualTo(comparable(first));
        assertThat(second.path("agents").path(0).path("name").asText()).isEqualTo("Ada_copy");
    }

    @Test
    void optionsAreObeyed() {
        ObjectNode file = export(agent(",'agent_type':'memgpt_agent'"));
        String id = imported(
                file,
                "name",
                "Bea",
                "secrets",
                "{\"API_KEY\":\"new\",\"MORE\":\"m\"}",
                "strip_messages",
                "true",
                "project_id",
                "p-1");
        JsonNode agent = web.get("/v1/agents/" + id + "?include=agent.secrets").json();
        assertThat(agent.path("name").asText()).isEqualTo("Bea");
        assertThat(agent.path("project_id").asText()).isEqualTo("p-1");
        assertThat(agent.path("message_ids")).hasSize(1);
        assertThat(agent.path("secrets").findValuesAsText("key")).containsExactlyInAnyOrder("API_KEY", "MORE");
        String plain = imported(file, "append_copy_suffix", "false");
        assertThat(web.get("/v1/agents/" + plain).json().path("name").asText()).isEqualTo("Ada");
    }

    @Test
    void emptyFilesAndFilesInAStringAreFiles() {
        assertThat(web.importFile(EMPTY.replace('\'', '"')).text()).isEqualTo("{\"agent_ids\":[]}");
        String inString = Json.write(EMPTY.replace('\'', '"'));
        assertThat(web.importFile(inString).text()).isEqualTo("{\"agent_ids\":[]}");
    }

    @Test
    void aFileOfVersionOneIsRead() {
        ObjectNode old = file("""
                {'agent_type':'memgpt_agent','name':'Old','system':'You are old.','version':'0.6.47','description':null,
                 'core_memory':[{'label':'persona','value':'I am old','limit':5000,'metadata_':{}},
                                {'label':'human','value':'Name: Ada','limit':5000,'metadata_':{}}],
                 'llm_config':{'model':'gpt-9','model_endpoint_type':'nobody','context_window':8192,'handle':'nobody/gpt-9'},
                 'embedding_config':null,'message_buffer_autoclear':false,'in_context_message_indices':[0,2,3],
                 'messages':[
                   {'role':'system','content':[{'type':'text','text':'You are old.'}],'created_at':'2025-01-01T00:00:00+00:00'},
                   {'role':'user','content':[{'type':'text','text':'long ago'}],'created_at':'2025-01-01T00:00:01+00:00'},
                   {'role':'assistant','content':[],'tool_calls':[{'id':'c1','type':'function','function':{'name':'roll','arguments':'{}'}}],'created_at':'2025-01-01T00:00:02+00:00'},
                   {'role':'tool','tool_call_id':'c1','name':'roll','content':[{'type':'text','text':'{~status~:~OK~,~message~:~6~,~time~:~x~}'}],'tool_returns':[],'created_at':'2025-01-01T00:00:03+00:00'}],
                 'metadata_':{'k':1},'tags':[{'tag':'web'}],'tool_rules':[],
                 'tool_exec_environment_variables':[{'key':'TOKEN','value':'','description':null}],
                 'tools':[{'name':'roll_old','json_schema':{'name':'roll_old','description':'d','parameters':{'type':'object','properties':{}}},
                           'source_code':'def roll_old():\\n    return 6','source_type':'python','tool_type':'custom','tags':[]}],
                 'multi_agent_group':null,'created_at':'2025-01-01T00:00:00','updated_at':'2025-01-01T00:00:00'}
                """.replace("~", "\\\""));
        Web.Reply reply = web.importFile(old.toString());
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.json().path("warnings").toString()).contains("nobody/gpt-9");
        String id = reply.json().path("agent_ids").path(0).asText();
        JsonNode entry = export(id).path("agents").path(0);
        assertThat(entry.path("in_context_message_ids")).hasSize(3);
        assertThat(entry.path("messages")
                        .path(2)
                        .path("tool_returns")
                        .path(0)
                        .path("func_response")
                        .asText())
                .contains("\"message\": \"6\"");
        assertThat(entry.path("tags").toString()).isEqualTo("[\"web\"]");
        assertThat(web.get("/v1/agents/" + id + "/messages").text()).contains("long ago");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "not json|Corrupted agent file format.",
                "\"not json\"|Corrupted agent file format.",
                "{}|Legacy AgentSchema format is deprecated. Please use the new AgentFileSchema format with 'agents' field.",
                "[]|Legacy AgentSchema format is deprecated. Please use the new AgentFileSchema format with 'agents' field.",
                "{\"agents\":[]}|6 validation errors for AgentFileSchema",
            })
    void brokenFilesAreRefused(String content, String start) {
        Web.Reply reply = web.importFile(content);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.detail()).startsWith(start);
    }

    @Test
    void anAgentOfAFileHoldsOneBlockOfALabel() {
        ObjectNode file = file(EMPTY);
        ((ArrayNode) file.get("blocks")).addAll((ArrayNode) Json.read(
                "[{\"id\":\"block-0\",\"label\":\"human\"},{\"id\":\"block-1\",\"label\":\"human\"}]", JsonNode.class));
        ((ArrayNode) file.get("agents"))
                .add(Json.read("{\"id\":\"agent-0\",\"block_ids\":[\"block-0\",\"block-1\"]}", JsonNode.class));
        Web.Reply reply = web.importFile(file.toString());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.detail()).endsWith("Agent agent-0 holds two blocks labelled 'human': block-0 and block-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "agents|{'id':'foo','name':'a'}|Import failed: Schema validation failed: Invalid ID format: foo should start with 'agent-'",
                "agents|{'id':'agent-0','name':'bad/name'}|Import failed: Export failed: Agent name 'bad/name_copy' contains invalid characters.",
                "agents|{'id':'agent-0','tool_ids':['tool-9']}|Import failed: 'tool-9'",
                "agents|{'id':'agent-0','block_ids':['block-9']}|Import failed: 'block-9'",
                "agents|{'id':'agent-0','in_context_message_ids':['message-9']}|Import failed: 'message-9'",
                "agents|{'id':'agent-0','agent_type':'king'}|Import failed: Unknown agent_type 'king'",
                "agents|{'id':'agent-0','messages':[{'id':'message-0','role':'king'}]}|1 validation error for AgentFileSchema",
                "agents|{'id':'agent-0','messages':[5]}|1 validation error for AgentFileSchema",
                "agents|{'id':'agent-0','messages':[{'id':'x','role':'user'}]}|Import failed: Schema validation failed: Invalid ID format: x should start with 'message-'",
                "agents|5|1 validation error for AgentFileSchema",
                "files|{'id':'file-0','source_id':'source-9'}|Import failed: Schema validation failed: File file-0 references non-existent source source-9",
                "tools|{'id':'tool-0','name':'bad name'}|Import failed: a tool needs a name",
                "agents|{'id':'agent-0','tool_ids':['agent-0']}|Import failed: 'agent-0' stands where the id of a tool is wanted",
                "groups|{'id':'group-0','agent_ids':['agent-7']}|Import failed: 'agent-7'",
            })
    void filesThatDoNotHoldTogetherLeaveNothingBehind(String kind, String entry, String start) {
        int before = web.get("/v1/agents/count").json().asInt();
        int blocks = web.get("/v1/blocks/count").json().asInt();
        ObjectNode file = file(EMPTY);
        ((ArrayNode) file.get("blocks")).addAll((ArrayNode)
                Json.read("[{\"id\":\"block-0\",\"label\":\"human\",\"value\":\"v\"}]", JsonNode.class));
        ((ArrayNode) file.get(kind)).add(Json.read(entry.replace('\'', '"'), JsonNode.class));
        Web.Reply reply = web.importFile(file.toString());
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.detail()).startsWith(start);
        assertThat(web.get("/v1/agents/count").json().asInt()).isEqualTo(before);
        assertThat(web.get("/v1/blocks/count").json().asInt()).isEqualTo(blocks);
    }

    @Test
    void duplicateIdsAreNamed() {
        ObjectNode file = file(EMPTY);
        ((ArrayNode) file.get("blocks"))
                .add(file("{'id':'block-0','label':'a'}"))
                .add(file("{'id':'block-0','label':'b'}"));
        assertThat(web.importFile(file.toString()).detail())
                .isEqualTo("Import failed: Schema validation failed: Duplicate blocks IDs found: {'block-0'}; "
                        + "Duplicate ID across entity types: block-0");
    }

    @Test
    void aBlockIsIsolatedOnceInAConversation() {
        ObjectNode file = file(EMPTY);
        ((ArrayNode) file.get("blocks")).add(file("{'id':'block-0','label':'a'}"));
        ((ArrayNode) file.get("agents"))
                .add(file(
                        "{'id':'agent-0','name':'T','block_ids':['block-0'],'conversations':[{'id':'conversation-0','isolated_blocks':["
                                + "{'shared_block_id':'block-0'},{'shared_block_id':'block-0'}]}]}"));
        Web.Reply reply = web.importFile(file.toString());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.detail())
                .endsWith("The isolated_blocks of conversation-0 name the shared_block_id block-0 twice");
    }

    @Test
    void aRefusalIsShortWhateverTheFileHolds() {
        ObjectNode file = file(EMPTY);
        ((ArrayNode) file.get("blocks"))
                .add(Json.object().put("id", "x".repeat(70_000)).put("label", "a"));
        Web.Reply reply = web.importFile(file.toString());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.detail())
                .startsWith("Import failed: Schema validation failed: Invalid ID format: xxx")
                .endsWith("x should start with 'block-'")
                .hasSizeLessThanOrEqualTo(ImportRoute.LONGEST_REFUSAL + 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "nope"})
    void secretsAreAnObject(String secrets) {
        Web.Reply reply = web.importFile(EMPTY.replace('\'', '"'), "secrets", secrets);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.detail()).isEqualTo("secrets must be a valid JSON string");
    }

    @Test
    void deepAndBigValuesAreRefused() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertThat(web.importFile("{\"agents\":" + deep + "}").detail()).contains("nested deeper");
        assertThat(web.importFile("{\"x\":[" + "0,".repeat(2_100_000) + "0],\"agents\":[]}")
                        .detail())
                .startsWith("Corrupted agent file format. It holds more");
    }

    @Test
    void unknownHandlesAreRefused() {
        String file = EMPTY.replace('\'', '"');
        assertThat(web.importFile(file, "model", "nobody/none").status()).isEqualTo(404);
        assertThat(web.importFile(file, "embedding", "nobody/none").status()).isEqualTo(400);
        assertThat(web.post("/v1/agents/import", "{}").status()).isEqualTo(422);
    }

    @Test
    void aToolThatNamesABaseToolChangesNothing() {
        ObjectNode file = file(EMPTY);
        ((ArrayNode) file.get("tools"))
                .add(
                        file(
                                "{'id':'tool-0','name':'conversation_search','tool_type':'custom','source_code':'evil()','json_schema':{}}"));
        ((ArrayNode) file.get("agents")).add(file("{'id':'agent-0','name':'T','tool_ids':['tool-0']}"));
        Web.Reply reply = web.importFile(file.toString());
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        JsonNode tool = web.get(
                        "/v1/agents/" + reply.json().path("agent_ids").path(0).asText() + "/tools")
                .json()
                .path(0);
        assertThat(tool.path("tool_type").asText()).isEqualTo("letta_core");
        assertThat(reply.json().path("warnings").toString()).contains("already here");
    }

    @Test
    void unpairedCallsAreMended() {
        ObjectNode file = file(EMPTY);
        ((ArrayNode) file.get("agents")).add(file("""
                        {'id':'agent-0','name':'Broken','llm_config':null,'in_context_message_ids':['message-0','message-1','message-2','message-3'],
                         'messages':[
                          {'id':'message-0','role':'system','content':'s'},
                          {'id':'message-1','role':'assistant','content':[],'tool_calls':[{'id':'c1','function':{'name':'f','arguments':'{}'}}]},
                          {'id':'message-2','role':'user','content':'and now?'},
                          {'id':'message-3','role':'tool','tool_returns':[{'tool_call_id':'c9','status':'success','func_response':'x'}]}]}
                        """));
        JsonNode entry = export(imported(file)).path("agents").path(0);
        List<String> roles = new ArrayList<>();
        entry.path("messages").forEach(message -> roles.add(message.path("role").asText()));
        assertThat(roles).containsExactly("system", "assistant", "tool", "user");
        assertThat(entry.path("messages").path(2).path("tool_call_id").asText()).isEqualTo("c1");
    }
}
