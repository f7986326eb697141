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

class ArchiveRoutesTest {
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

    private static List<String> texts(JsonNode list, String key) {
        List<String> out = new ArrayList<>();
        list.forEach(item -> out.add(item.path(key).asText()));
        return out;
    }

    @Test
    void halfAnEmbeddersConfigIsRefused() {
        Web.Reply refused = web.post("/v1/archives", "{'name':'half','embedding_config':{'embedding_model':'x'}}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("embedding_endpoint_type");
    }

    @Test
    void anAgentsArchivalMemory() {
        String agent = house.agent("{'name':'keeper','embedding':'scripted/letters'}");
        String path = "/v1/agents/" + agent + "/archival-memory";

        JsonNode made = web.post(path, "{'text':'the cat sat on the mat','tags':['pets']}")
                .json();
        web.post(path, "{'text':'dogs bark at night'}");
        web.post(path, "{'text':'the kitten and the cat','created_at':'2025-06-01T00:00:00+00:00'}");

        assertThat(made).hasSize(1);
        assertThat(made.path(0).path("tags").toString()).isEqualTo("[\"pets\"]");
        assertThat(made.path(0).path("embedding")).hasSize(32);
        assertThat(made.path(0).path("is_deleted").asBoolean(true)).isFalse();
        assertThat(texts(web.get(path).json(), "text"))
                .containsExactly("the kitten and the cat", "the cat sat on the mat", "dogs bark at night");
        assertThat(texts(web.get(path + "?search=CAT&ascending=false").json(), "text"))
                .containsExactly("the cat sat on the mat", "the kitten and the cat");
        JsonNode hits = web.get(path + "/search?query=cat%20mat&top_k=2").json();
        assertThat(hits.path("count").asInt()).isEqualTo(2);
        assertThat(hits.path("results").path(0).path("content").asText()).isEqualTo("the cat sat on the mat");
        assertThat(web.get(path + "/search?query=cat&tags=pets")
                        .json()
                        .path("count")
                        .asInt())
                .isEqualTo(1);
        assertThat(web.get(path + "/search?query=cat&end_datetime=2025-06-01")
                        .json()
                        .path("count")
                        .asInt())
                .isEqualTo(1);
        assertThat(web.get(path + "/search?query=").text()).isEqualTo("{\"results\":[],\"count\":0}");
        assertThat(texts(
                        web.get("/v1/agents/" + agent + "/archival?query=cat&count=1")
                                .json(),
                        "text"))
                .hasSize(1);
        assertThat(web.get("/v1/agents/" + agent + "/memory/archival").text()).isEqualTo("{\"size\":3}");

        String id = made.path(0).path("id").asText();
        assertThat(web.delete(path + "/" + id).text())
                .isEqualTo("{\"message\":\"Memory id=" + id + " successfully deleted\"}");
        assertThat(web.delete(path + "/" + id).status()).isEqualTo(404);
    }

    @Test
    void archivesAndTheirPassages() {
        JsonNode archive = web.post("/v1/archives/", "{'name':'research','description':'papers'}")
                .json();
        String path = "/v1/archives/" + archive.path("id").asText();
        String agent = house.agent("{}");

        assertThat(web.get(path).json()).isEqualTo(archive);
        assertThat(archive.path("vector_db_provider").asText()).isEqualTo("native");
        assertThat(web.patch(path, "{'name':'science'}").json().path("name").asText())
                .isEqualTo("science");
        assertThat(texts(web.get("/v1/archives?name=science").json(), "name")).containsExactly("science");
        JsonNode passage = web.post(path + "/passages", "{'text':'water boils','tags':['b','b','a']}")
                .json();
        assertThat(passage.path("tags")).hasSize(2);
        assertThat(texts(
                        web.post(path + "/passages/batch", "{'passages':[{'text':'one'},{'text':'two'}]}")
                                .json(),
                        "text"))
                .containsExactly("one", "two");
        assertThat(web.post(path + "/passages/batch", "{'passages':[]}").text()).isEqualTo("[]");
        JsonNode found = web.post(
                        "/v1/passages/search",
                        "{'query':'water','archive_id':'" + archive.path("id").asText() + "','limit':1}")
                .json();
        assertThat(found.path(0).path("passage").path("text").asText()).isEqualTo("water boils");
        String attach =
                "/v1/agents/" + agent + "/archives/attach/" + archive.path("id").asText();
        assertThat(web.patch(attach, "").text()).isEqualTo("null");
        assertThat(web.get(path + "/agents").json().path(0).path("id").asText()).isEqualTo(agent);
        assertThat(web.patch(attach.replace("attach", "detach"), "").text()).isEqualTo("null");
        Web.Reply removed = web.delete(path + "/passages/" + passage.path("id").asText());
        assertThat(removed.status()).isEqualTo(204);
        assertThat(removed.text()).isEmpty();
        assertThat(web.delete(path).status()).isEqualTo(204);
        assertThat(web.delete(path).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST  | /v1/archives                     | {}                              | 422",
                "POST  | /v1/passages/search              | {'limit':0}                     | 422",
                "POST  | /v1/passages/search              | {'limit':101}                   | 422",
                "POST  | /v1/passages/search              | {'tag_match_mode':'some'}       | 422",
                "POST  | /v1/passages/search              | {'agent_id':'bad'}              | 400",
                "POST  | /v1/passages/search              | {'start_date':'soon'}           | 422",
                "GET   | /v1/archives?agent_id=bad        |                                 | 400",
                "GET   | /v1/archives/archive-1           |                                 | 422",
                "PATCH | /v1/agents/AGENT/archives/attach/bad | {}                          | 400",
                "POST  | /v1/agents/AGENT/archival-memory | {}                              | 422",
                "POST  | /v1/agents/AGENT/archival-memory | {'text':' '}                    | 400",
                "POST  | /v1/agents/AGENT/archival-memory | {'text':'a','created_at':'now'} | 422",
                "GET   | /v1/agents/AGENT/archival-memory/search |                          | 422",
                "GET   | /v1/agents/AGENT/archival-memory/search?query=a&start_datetime=soon | | 422",
                "GET   | /v1/agents/AGENT/archival-memory/search?query=a&tag_match_mode=x    | | 422",
                "POST  | /v1/messages/search              | {}                              | 422",
                "POST  | /v1/messages/search              | {'query':'a','search_mode':'x'} | 422",
                "POST  | /v1/agents/messages/search       | {'roles':['robot']}             | 422",
            })
    void refusals(String method, String path, String body, int status) {
        String agent = house.agent("{}");

        Web.Reply reply = web.send(method, path.replace("AGENT", agent), body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().path("detail").isTextual()).isTrue();
    }

    @Test
    void whatWasSaidIsFound() {
        String agent = house.agent("{}");
        web.post("/v1/agents/" + agent + "/messages", "{'input':'my cat is called Miso'}");

        JsonNode hits = web.post("/v1/messages/search", "{'query':'Miso','agent_id':'" + agent + "'}")
                .json();
        assertThat(hits.path(0).path("message_type").asText()).isEqualTo("user_message");
        assertThat(hits.path(0).path("content").asText()).isEqualTo("my cat is called Miso");
        JsonNode ranked = web.post("/v1/agents/messages/search", "{'query':'Miso','agent_id':'" + agent + "'}")
                .json();
        assertThat(ranked.path(0).path("embedded_text").asText()).isEqualTo("my cat is called Miso");
    }

    @Test
    void theContextAndTheFileOfAnAgent() {
        String agent = house.agent("{'name':'ada','memory_blocks':[{'label':'human','value':'Ada'}]}");
        web.post("/v1/agents/" + agent + "/messages", "{'input':'hi'}");

        JsonNode context = web.get("/v1/agents/" + agent + "/context").json();
        assertThat(context.path("num_messages").asInt()).isEqualTo(3);
        assertThat(context.path("core_memory").asText()).contains("Ada");
        assertThat(context.path("messages")
                        .path(1)
                        .path("content")
                        .path(0)
                        .path("text")
                        .asText())
                .isEqualTo("hi");
        Web.Reply file = web.get("/v1/agents/" + agent + "/export");
        assertThat(file.text()).startsWith("{\n  \"agents\"");
        assertThat(file.json().path("agents").path(0).path("name").asText()).isEqualTo("ada");
        assertThat(web.post("/v1/agents/" + agent + "/export", "{'scrub_messages':true}")
                        .json()
                        .path("agents")
                        .path(0)
                        .path("messages"))
                .isEmpty();
        assertThat(web.get("/v1/agents/" + agent + "/export?use_legacy_format=true")
                        .detail())
                .isEqualTo("Legacy format is not supported");
    }

    @Test
    void thePathsOfTheSeedDocument() {
        String agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}]}");
        String path = "/v1/agents/" + agent;

        assertThat(web.get(path + "/memory")
                        .json()
                        .path("memory")
                        .path("human")
                        .path("value")
                        .asText())
                .isEqualTo("Ada");
        assertThat(web.patch(path + "/memory", "{'human':'Bob'}")
                        .json()
                        .path("blocks")
                        .path(0)
                        .path("value")
                        .asText())
                .isEqualTo("Bob");
        assertThat(web.get(path + "/memory/recall").text()).isEqualTo("{\"size\":1}");
        assertThat(web.get(path + "/memory/messages")
                        .json()
                        .path(0)
                        .path("role")
                        .asText())
                .isEqualTo("system");
        assertThat(web.post(path + "/archival", "{'text':'x y'}").json()).hasSize(1);
        assertThat(web.get("/v1/tools/name/memory_insert").text()).startsWith("\"tool-");
        assertThat(web.get("/v1/tools/name/none").status()).isEqualTo(404);
    }
}
