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

class BlockRoutesTest {
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

    private static String block(String body) {
        return web.post("/v1/blocks/", body).json().path("id").asText();
    }

    @Test
    void aBlockIsMadeReadChangedAndDeleted() {
        JsonNode made = web.post(
                        "/v1/blocks",
                        "{'label':'notes','value':'a\\u0000b','limit':100,'metadata':{'a':1},'tags':['t'],'unknown':1}")
                .json();
        String path = "/v1/blocks/" + made.path("id").asText();

        assertThat(made.path("value").asText()).isEqualTo("ab");
        assertThat(web.get(path).json()).isEqualTo(made);
        assertThat(web.patch(path, "{'value':'w'}").json().path("value").asText())
                .isEqualTo("w");
        Web.Reply tooLong = web.patch(path, "{'value':'" + "x".repeat(200) + "'}");
        assertThat(tooLong.status()).isEqualTo(400);
        assertThat(tooLong.detail()).contains("200").contains("100");
        assertThat(web.delete(path).text()).isEqualTo("null");
        assertThat(web.get(path).status()).isEqualTo(404);
    }

    @Test
    void whatABlockHeldBeforeItsChangesStaysReadable() {
        String path = "/v1/blocks/" + block("{'label':'past','value':'one'}");

        assertThat(web.get(path + "/history").json()).isEmpty();
        web.patch(path, "{'value':'two'}");
        web.patch(path, "{'tags':['t']}");
        web.patch(path, "{'value':'three','limit':500}");

        JsonNode past = web.get(path + "/history").json();
        assertThat(past.findValuesAsText("value")).containsExactly("two", "one");
        assertThat(past.get(0).path("limit").asInt()).isEqualTo(100_000);
        assertThat(past.get(0).path("replaced_by_id").asText()).startsWith("user-");
        assertThat(past.get(0).path("replaced_at").asText()).endsWith("Z");
        assertThat(web.get(path + "/history?limit=1").json()).hasSize(1);
        web.delete(path);
        assertThat(web.get(path + "/history").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  | /v1/blocks                | {'value':'v'}             | 422",
                "POST  | /v1/blocks                | {'label':'','value':'v'}  | 400",
                "POST  | /v1/blocks                | {'label':7}               | 422",
                "POST  | /v1/blocks                | {'label':'x','limit':'y'} | 422",
                "GET   | /v1/blocks/block-1        |                           | 422",
                "GET   | /v1/blocks/block-00000000-0000-4000-8000-00000000dead |  | 404",
                "PATCH | /v1/blocks/block-00000000-0000-4000-8000-00000000dead | {} | 404",
                "GET   | /v1/blocks?label=bad+label | | 422",
            })
    void refusals(String method, String path, String body, int status) {
        assertThat(web.send(method, path, body).status()).isEqualTo(status);
    }

    @Test
    void listsPageAndFilter() {
        String a = block("{'label':'page','value':'one'}");
        String b = block("{'label':'page','value':'two'}");
        String c = block("{'label':'page','value':'three','hidden':true}");

        assertThat(ids("label=page")).containsExactly(a, b);
        assertThat(ids("label=page&order=desc&limit=1")).containsExactly(b);
        assertThat(ids("label=page&after=" + a)).containsExactly(b);
        assertThat(ids("label=page&show_hidden_blocks=true")).containsExactly(a, b, c);
        assertThat(ids("value_search=TW&label=page")).containsExactly(b);
        assertThat(web.get("/v1/blocks/count").json().asInt()).isGreaterThanOrEqualTo(3);
    }

    private static List<String> ids(String query) {
        List<String> ids = new ArrayList<>();
        web.get("/v1/blocks/?" + query)
                .json()
                .forEach(block -> ids.add(block.path("id").asText()));
        return ids;
    }

    @Test
    void anAgentHoldsBlocksByLabel() {
        String shared = block("{'label':'team/notes','value':'v'}");
        String agent = house.agent("{'block_ids':['" + shared + "']}");
        String core = "/v1/agents/" + agent + "/core-memory";

        assertThat(web.get(core).json().path("blocks").path(0).path("id").asText())
                .isEqualTo(shared);
        assertThat(web.get(core + "/blocks/team/notes").json().path("id").asText())
                .isEqualTo(shared);
        assertThat(web.get(core + "/blocks/team%2Fnotes").json().path("id").asText())
                .isEqualTo(shared);
        assertThat(web.patch(core + "/blocks/team%2Fnotes", "{'value':'new'}")
                        .json()
                        .path("value")
                        .asText())
                .isEqualTo("new");
        assertThat(web.get("/v1/blocks/" + shared + "/agents")
                        .json()
                        .path(0)
                        .path("id")
                        .asText())
                .isEqualTo(agent);
        Web.Reply none = web.get(core + "/blocks/none");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.detail()).isEqualTo("No block with label 'none' found for agent '" + agent + "'.");

        assertThat(web.patch(core + "/blocks/detach/" + shared, "").json().path("blocks"))
                .isEmpty();
        assertThat(web.patch(core + "/blocks/detach/" + shared, "").status()).isEqualTo(404);
        JsonNode attached = web.patch(core + "/blocks/attach/" + shared, "", "X-Stainless-Package-Version", "1.0")
                .json();
        assertThat(attached.path("blocks")).hasSize(1);
        String rival = block("{'label':'team/notes','value':'other'}");
        assertThat(web.patch(core + "/blocks/attach/" + rival, "").status()).isEqualTo(409);
        assertThat(web.get(core + "/blocks?limit=1").json()).hasSize(1);
        assertThat(web.get(core + "/blocks?after=" + shared).json()).isEmpty();
    }
}
