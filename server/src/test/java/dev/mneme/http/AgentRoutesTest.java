package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentRoutesTest {
    private static final String UNKNOWN = "agent-00000000-0000-4000-8000-00000000dead";
    private static final String[] SDK = {"X-Stainless-Package-Version", "1.12.1"};

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

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static List<String> texts(JsonNode list, String key) {
        List<String> out = new ArrayList<>();
        list.forEach(item -> out.add(item.path(key).asText()));
        return out;
    }

    @Test
    void anAgentHasTheContractsKeysInOrder() {
        JsonNode agent = web.post(
                        "/v1/agents/",
                        "{'name':'ada','memory_blocks':[{'label':'human','value':'Ada'}],'secrets':{'K':'V'},'tags':['b','a']}")
                .json();

        assertThat(keys(agent))
                .containsExactly(
                        ("created_by_id, last_updated_by_id, created_at, updated_at, id, name, tool_rules, message_ids, system,"
                                        + " agent_type, llm_config, embedding_config, model, embedding, model_settings,"
                                        + " compaction_settings, response_format, description, metadata, memory, blocks, tools,"
                                        + " sources, tags, tool_exec_environment_variables, secrets, project_id, template_id,"
                                        + " base_template_id, deployment_id, entity_id, identity_ids, identities,"
                                        + " pending_approval, message_buffer_autoclear, enable_sleeptime, multi_agent_group,"
                                        + " managed_group, last_run_completion, last_run_duration_ms, last_stop_reason,"
                                        + " timezone, max_files_open, per_file_view_window_char_limit, hidden")
                                .split(", "));
        assertThat(agent.path("created_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(agent.path("model").asText()).isEqualTo("openai/gpt-4o");
        assertThat(agent.path("memory").path("blocks")).isEqualTo(agent.path("blocks"));
        assertThat(texts(agent.path("tools"), "name"))
                .containsExactlyInAnyOrder("conversation_search", "memory_insert", "memory_replace");
        assertThat(agent.path("secrets").path(0).path("value").asText()).isEqualTo("V");
        assertThat(agent.path("secrets").path(0).path("value_enc").asText()).isEqualTo("V");
        assertThat(agent.path("message_ids")).hasSize(1);

        JsonNode read = web.get("/v1/agents/" + agent.path("id").asText()).json();
        assertThat(read.path("secrets").path(0).path("value").asText())
                .isNotEqualTo("V")
                .isNotEmpty();
        assertThat(read.path("blocks")).isEqualTo(agent.path("blocks"));
    }

    @Test
    void relationshipsDependOnTheCaller() {
        String id = house.agent("{'memory_blocks':[{'label':'human','value':'x'}],'tags':['t']}");

        JsonNode old = web.get("/v1/agents/" + id).json();
        JsonNode modern = web.get("/v1/agents/" + id, SDK).json();
        JsonNode asked = web.get("/v1/agents/" + id + "?include=agent.blocks&include=agent.tools", SDK)
                .json();
        JsonNode older =
                web.get("/v1/agents/" + id + "?include_relationships=tools").json();

        assertThat(old.path("blocks")).hasSize(1);
        assertThat(old.path("tags")).hasSize(1);
        assertThat(modern.path("blocks")).isEmpty();
        assertThat(modern.path("tools")).isEmpty();
        assertThat(modern.path("memory").toString())
                .isEqualTo(
                        "{\"agent_type\":\"letta_v1_agent\",\"git_enabled\":false,\"blocks\":[],\"file_blocks\":[],\"prompt_template\":\"\"}");
        assertThat(asked.path("blocks")).hasSize(1);
        assertThat(asked.path("tools")).hasSize(3);
        assertThat(older.path("tools")).hasSize(3);
        assertThat(older.path("blocks")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | /v1/agents/UNKNOWN              |                          | 404",
                "PATCH  | /v1/agents/UNKNOWN              | {}                       | 404",
                "DELETE | /v1/agents/UNKNOWN              |                          | 404",
                "GET    | /v1/agents/UNKNOWN/tools        |                          | 404",
                "GET    | /v1/agents/UNKNOWN/core-memory  |                          | 404",
                "GET    | /v1/agents/UNKNOWN/messages     |                          | 404",
                "POST   | /v1/agents/UNKNOWN/recompile    | {}                       | 404",
                "GET    | /v1/agents/nonsense             |                          | 422",
                "GET    | /v1/agents/AGENT-00000000-0000-4000-8000-00000000dead | | 422",
                "POST   | /v1/agents                      | {'model':'nohandle'}     | 404",
                "POST   | /v1/agents                      | {'model':'no/such'}      | 404",
                "POST   | /v1/agents                      | {'embedding':'no/such'}  | 400",
                "POST   | /v1/agents                      | {'tools':['none']}       | 400",
                "POST   | /v1/agents                      | {'tags':'x'}             | 422",
                "POST   | /v1/agents                      | {'memory_blocks':[{}]}   | 422",
                "POST   | /v1/agents                      | {'agent_type':'bogus'}   | 422",
                "POST   | /v1/agents                      | {'memory_blocks':[{'label':'a','value':'xxx','limit':2}]} | 400",
                "POST   | /v1/agents                      | [1]                      | 422",
                "GET    | /v1/agents?limit=-1             |                          | 422",
                "GET    | /v1/agents?order=up             |                          | 422",
                "GET    | /v1/agents?include=agent.wrong  |                          | 422",
                "GET    | /v1/agents?last_stop_reason=no  |                          | 422",
            })
    void refusals(String method, String path, String body, int status) {
        Web.Reply reply = web.send(method, path.replace("UNKNOWN", UNKNOWN), body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().path("detail").isTextual()).isTrue();
    }

    @Test
    void listsPageFilterAndCount() {
        List<String> ids = new ArrayList<>();
        for (String name : List.of("A", "B", "C", "D", "E")) {
            ids.add(house.agent("{'name':'page " + name + "','tags':['page']}"));
        }
        assertThat(names("tags=page")).containsExactly("page E", "page D", "page C", "page B", "page A");
        assertThat(names("tags=page&limit=2&after=" + ids.get(3))).containsExactly("page C", "page B");
        assertThat(names("tags=page&limit=1&before=" + ids.get(1))).containsExactly("page C");
        assertThat(names("tags=page&order=asc&limit=2")).containsExactly("page A", "page B");
        assertThat(names("query_text=PAGE+c")).containsExactly("page C");
        assertThat(names("name=page+D")).containsExactly("page D");
        assertThat(names("tags=page&limit=0")).hasSize(5);
        assertThat(names("tags=page&after=agent-nobody&limit=1")).containsExactly("page E");
        assertThat(web.get("/v1/agents/count?tags=page").text()).isEqualTo("5");
        assertThat(web.get("/v1/tags/?name=PAG").text()).isEqualTo("[\"page\"]");
    }

    private static List<String> names(String query) {
        return texts(web.get("/v1/agents/?" + query).json(), "name");
    }

    @Test
    void patchChangesAndDeleteDeletes() {
        String id = house.agent("{'name':'old','description':'d','metadata':{'a':1}}");

        JsonNode changed = web.patch(
                        "/v1/agents/" + id, "{'name':'new','tags':['x'],'metadata':{'b':2},'description':null}")
                .json();

        assertThat(changed.path("name").asText()).isEqualTo("new");
        assertThat(changed.path("metadata").toString()).isEqualTo("{\"b\":2}");
        assertThat(changed.path("tags")).hasSize(1);
        assertThat(web.delete("/v1/agents/" + id).text())
                .isEqualTo("{\"message\":\"Agent id=" + id + " successfully deleted\"}");
        assertThat(web.delete("/v1/agents/" + id).status()).isEqualTo(404);
    }

    @Test
    void toolsAreAttachedAndDetached() {
        String id = house.agent("{'include_base_tools':false}");
        String tool = web.get("/v1/tools?name=memory_rethink")
                .json()
                .path(0)
                .path("id")
                .asText();

        JsonNode attached =
                web.patch("/v1/agents/" + id + "/tools/attach/" + tool, "").json();
        assertThat(texts(attached.path("tools"), "name")).containsExactly("memory_rethink");
        assertThat(web.patch("/v1/agents/" + id + "/tools/attach/" + tool, "", SDK)
                        .text())
                .isEqualTo("null");
        assertThat(texts(web.get("/v1/agents/" + id + "/tools").json(), "name")).containsExactly("memory_rethink");
        assertThat(web.patch("/v1/agents/" + id + "/tools/detach/" + tool, "", SDK)
                        .text())
                .isEqualTo("null");
        assertThat(web.get("/v1/agents/" + id + "/tools").text()).isEqualTo("[]");
        assertThat(web.patch("/v1/agents/" + id + "/tools/attach/tool-00000000-0000-4000-8000-00000000dead", "")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void theOldNamesOfTheSeedDocumentWork() {
        JsonNode agent = web.post(
                        "/v1/agents",
                        "{'name':'research-agent','memory_blocks':[{'label':'human','value':'An engineer.'}],"
                                + "'llm':'openai/gpt-4o','embedding':'openai/text-embedding-3-small','metadata_':{'k':1}}")
                .json();

        assertThat(agent.path("model").asText()).isEqualTo("openai/gpt-4o");
        assertThat(agent.path("embedding").asText()).isEqualTo("openai/text-embedding-3-small");
        assertThat(agent.path("metadata").toString()).isEqualTo("{\"k\":1}");
        assertThat(web.post(
                                "/v1/agents",
                                "{'llm':'openai/gpt-4o','memory':{'blocks':[{'label':'human','value':'Bea'}]}}")
                        .json()
                        .path("blocks")
                        .findValuesAsText("value"))
                .containsExactly("Bea");
    }

    @Test
    void theSystemMessageIsListedAndRecompiled() {
        String id = house.agent("{'memory_blocks':[{'label':'human','value':'Likes tea'}]}");

        JsonNode messages = web.get("/v1/agents/" + id + "/messages").json();
        assertThat(messages).hasSize(1);
        assertThat(keys(messages.path(0)))
                .containsExactly(
                        "id",
                        "date",
                        "name",
                        "message_type",
                        "otid",
                        "sender_id",
                        "step_id",
                        "is_err",
                        "seq_id",
                        "run_id",
                        "content");
        assertThat(messages.path(0).path("message_type").asText()).isEqualTo("system_message");
        assertThat(messages.path(0).path("content").asText()).contains("Likes tea");
        assertThat(messages.path(0).path("date").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+00:00");

        web.patch("/v1/agents/" + id + "/core-memory/blocks/human", "{'value':'Likes mate'}");
        assertThat(web.post("/v1/agents/" + id + "/recompile?dry_run=true", "")
                        .json()
                        .asText())
                .contains("Likes mate");
        String row = messages.path(0).path("id").asText();
        assertThat(web.get("/v1/messages/" + row).json().path(0).path("content").asText())
                .contains("Likes mate");
        assertThat(web.get("/v1/messages/message-00000000-0000-4000-8000-00000000dead")
                        .status())
                .isEqualTo(404);
        assertThat(web.get("/v1/agents/" + id + "/messages?include_return_message_types=user_message")
                        .text())
                .isEqualTo("[]");
        assertThat(web.get("/v1/agents/" + id + "/messages?after=message-nobody")
                        .status())
                .isEqualTo(404);
        assertThat(web.patch("/v1/agents/" + id + "/messages/" + row, "{}").status())
                .isEqualTo(405);
        assertThat(web.patch("/v1/agents/" + id + "/reset-messages", "{}")
                        .json()
                        .path("message_ids"))
                .hasSize(1);
        assertThat(web.patch("/v1/agents/" + id + "/reset-messages", "").status())
                .isEqualTo(422);
    }
}
