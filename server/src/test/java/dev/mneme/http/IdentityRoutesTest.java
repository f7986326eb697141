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

class IdentityRoutesTest {
    private static final String NOBODY = "00000000-0000-4000-8000-00000000dead";

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

    private static JsonNode identity(String key, String more) {
        Web.Reply made = web.post(
                "/v1/identities/", "{'identifier_key':'" + key + "','name':'Ann','identity_type':'user'" + more + "}");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json();
    }

    private static List<String> ids(String path) {
        List<String> out = new ArrayList<>();
        web.get(path).json().forEach(item -> out.add(item.path("id").asText()));
        return out;
    }

    private static String block(String label) {
        return web.post("/v1/blocks", "{'label':'" + label + "'}")
                .json()
                .path("id")
                .asText();
    }

    @Test
    void anIdentityIsMadeReadListedChangedAndDeleted() {
        JsonNode made = identity("ann", ",'properties':[{'key':'tier','value':'gold','type':'string'}]");
        String id = made.path("id").asText();
        String path = "/v1/identities/" + id;

        assertThat(made.toString())
                .isEqualTo(
                        "{\"id\":\"" + id + "\",\"identifier_key\":\"ann\",\"name\":\"Ann\",\"identity_type\":\"user\","
                                + "\"project_id\":null,\"agent_ids\":[],\"block_ids\":[],"
                                + "\"organization_id\":\"org-00000000-0000-4000-8000-000000000000\","
                                + "\"properties\":[{\"key\":\"tier\",\"value\":\"gold\",\"type\":\"string\"}]}");
        assertThat(web.get(path).json()).isEqualTo(made);
        assertThat(web.get("/v1/identities/?identifier_key=ann").json()).containsExactly(made);
        assertThat(web.get("/v1/identities/?name=aNn&identity_type=user").json())
                .contains(made);
        assertThat(web.get("/v1/identities/?identity_type=org").json()).doesNotContain(made);
        assertThat(web.get("/v1/identities/count").json().asInt()).isPositive();
        JsonNode changed = web.patch(
                        path,
                        "{'name':'Anna','properties':[{'key':'age','value':7,'type':'number'},{'key':'tier','value':'lead','type':'string'}]}")
                .json();
        assertThat(changed.path("name").asText()).isEqualTo("Anna");
        assertThat(changed.path("properties").toString())
                .isEqualTo("[{\"key\":\"tier\",\"value\":\"lead\",\"type\":\"string\"},"
                        + "{\"key\":\"age\",\"value\":7,\"type\":\"number\"}]");
        JsonNode replaced = web.put(path + "/properties", "[{'key':'x','value':{'a':1},'type':'json'}]")
                .json();
        assertThat(replaced.path("properties")).hasSize(1);
        assertThat(web.delete(path).text()).isEqualTo("null");
        assertThat(web.get(path).status()).isEqualTo(404);
        assertThat(web.get(path).detail()).contains(id);
    }

    @Test
    void putMakesOrChangesTheIdentityWithThatKey() {
        String agent = house.agent("{}");
        String other = house.agent("{}");
        String body = "{'identifier_key':'put','name':'One','identity_type':'org','agent_ids':['" + agent
                + "'],'properties':[{'key':'a','value':1,'type':'number'}]}";

        JsonNode made = web.put("/v1/identities/", body).json();
        String path = "/v1/identities/" + made.path("id").asText();
        assertThat(ids(path + "/agents")).containsExactly(agent);
        JsonNode again = web.put(
                        "/v1/identities/",
                        body.replace("One", "Two")
                                .replace(agent, other)
                                .replace(",'properties':[{'key':'a','value':1,'type':'number'}]", ""))
                .json();
        assertThat(again.path("id")).isEqualTo(made.path("id"));
        assertThat(again.path("name").asText()).isEqualTo("Two");
        assertThat(again.path("properties")).isEqualTo(made.path("properties"));
        assertThat(ids(path + "/agents")).containsExactly(other);
        assertThat(web.put("/v1/identities/", body.replace("'put'", "'put','project_id':'p'"))
                        .json()
                        .path("id"))
                .isNotEqualTo(made.path("id"));
    }

    @Test
    void agentsAndBlocksBelongToIdentities() {
        JsonNode ann = identity("owner", "");
        String id = ann.path("id").asText();
        String agent = house.agent("{'identity_ids':['" + id + "']}");
        String block = block("mine");

        JsonNode read = web.get("/v1/agents/" + agent).json();
        assertThat(read.path("identity_ids").path(0).asText()).isEqualTo(id);
        assertThat(read.path("identities")).containsExactly(ann);
        assertThat(ids("/v1/agents/?identity_id=" + id)).containsExactly(agent);
        assertThat(ids("/v1/agents/?identifier_keys=nobody&identifier_keys=owner"))
                .containsExactly(agent);
        assertThat(web.get("/v1/agents/count?identity_id=" + id).json().asInt()).isEqualTo(1);
        assertThat(ids("/v1/agents/?identity_id=identity-" + NOBODY)).isEmpty();

        assertThat(web.patch("/v1/blocks/" + block + "/identities/attach/" + id, "")
                        .json()
                        .path("id")
                        .asText())
                .isEqualTo(block);
        assertThat(ids("/v1/identities/" + id + "/blocks")).containsExactly(block);
        assertThat(ids("/v1/blocks/?identity_id=" + id)).containsExactly(block);
        assertThat(ids("/v1/blocks/?identifier_keys=owner")).containsExactly(block);
        web.patch("/v1/blocks/" + block + "/identities/detach/" + id, "");
        assertThat(ids("/v1/blocks/?identity_id=" + id)).isEmpty();

        assertThat(web.patch("/v1/agents/" + agent + "/identities/detach/" + id, "")
                        .text())
                .isEqualTo("null");
        assertThat(ids("/v1/identities/" + id + "/agents")).isEmpty();
        web.patch("/v1/agents/" + agent + "/identities/attach/" + id, "");
        web.patch("/v1/agents/" + agent + "/identities/attach/" + id, "");
        assertThat(ids("/v1/identities/" + id + "/agents")).containsExactly(agent);
        web.patch("/v1/agents/" + agent, "{'identity_ids':[]}");
        assertThat(web.get("/v1/agents/" + agent).json().path("identities")).isEmpty();
        web.patch("/v1/identities/" + id, "{'agent_ids':['" + agent + "'],'block_ids':['" + block + "']}");
        assertThat(ids("/v1/identities/" + id + "/agents")).containsExactly(agent);
        web.delete("/v1/identities/" + id);
        assertThat(web.get("/v1/agents/" + agent).status()).isEqualTo(200);
        assertThat(web.get("/v1/blocks/" + block).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "POST | / | {'identifier_key':'taken','name':'A','identity_type':'user'} | 409 | taken",
                "POST | / | {'name':'A','identity_type':'user'} | 422 | Field required",
                "POST | / | {'identifier_key':'k1','name':'A','identity_type':'cat'} | 422 | 'org' or 'user' or 'other'",
                "POST | / | {'identifier_key':'k1','name':'A','identity_type':'user','x':1} | 422 | extra_forbidden",
                "POST | / | {'identifier_key':'k1','name':'A','identity_type':'user','agent_ids':['agent-NOBODY']} | 404 | agent-NOBODY",
                "POST | / | {'identifier_key':'k1','name':'A','identity_type':'user','block_ids':['block-NOBODY']} | 404 | block-NOBODY",
                "POST | / | {'identifier_key':'k1','name':'A','identity_type':'user','properties':[{'key':'a','value':1,'type':'x'}]} | 422 | literal_error",
                "PUT | /identity-NOBODY/properties | [] | 404 | identity-NOBODY",
                "PUT | /identity-NOBODY/properties | {} | 422 | list_type",
                "PATCH | /identity-NOBODY | {} | 404 | identity-NOBODY",
                "PATCH | /identity-1 | {} | 422 | string_pattern_mismatch",
                "GET | /?after=identity-NOBODY | - | 404 | No Identity found with id identity-NOBODY",
                "GET | /identity-NOBODY/agents | - | 404 | identity-NOBODY",
            })
    void refused(String method, String path, String body, int status, String text) {
        web.post("/v1/identities/", "{'identifier_key':'taken','name':'A','identity_type':'user'}");
        String where = "/v1/identities" + path.replace("NOBODY", NOBODY);
        String sent = body.replace("NOBODY", NOBODY);
        Web.Reply reply = switch (method) {
            case "POST" -> web.post(where, sent);
            case "PUT" -> web.put(where, sent);
            case "PATCH" -> web.patch(where, sent);
            default -> web.get(where);
        };

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.detail()).contains(text.replace("NOBODY", NOBODY));
        assertThat(web.get("/v1/identities/?identifier_key=k1").json()).isEmpty();
    }

    @Test
    void malformedAndUnknownIdsInLinksAreRefused() {
        String agent = house.agent("{}");
        assertThat(web.patch("/v1/agents/" + agent + "/identities/attach/bad", "")
                        .status())
                .isEqualTo(400);
        assertThat(web.patch("/v1/agents/" + agent + "/identities/attach/identity-" + NOBODY, "")
                        .status())
                .isEqualTo(404);
        assertThat(web.post("/v1/agents", "{'identity_ids':['identity-" + NOBODY + "']}")
                        .status())
                .isEqualTo(404);
    }
}
