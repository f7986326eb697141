package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Access tokens, environments, deployments and what else only the hosted service had. */
class HostedRoutesTest {
    private static final String TOKENS = "/v1/client-side-access-tokens";

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

    private static JsonNode token(String agent, String access, String more) {
        Web.Reply made = web.post(
                TOKENS,
                "{'hostname':'https://App.example/','policy':[{'type':'agent','id':'" + agent + "','access':[" + access
                        + "]}]" + more + "}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json();
    }

    private static int status(String method, String path, String token, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "authorization";
        all[1] = "Bearer " + token;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return web.send(method, path, method.equals("GET") ? null : "{'messages':[{'role':'user','content':'x'}]}", all)
                .status();
    }

    @Test
    void aTokenAllowsWhatItSaysAndNothingElse() {
        String mine = house.agent("{}");
        String other = house.agent("{}");
        JsonNode made = token(mine, "'read_messages','write_messages'", "");
        String text = made.path("token").asText();
        assertThat(made.path("policy").path("data").path(0).path("id").asText()).isEqualTo(mine);
        assertThat(made.path("hostname").asText()).isEqualTo("https://app.example");

        assertThat(status("GET", "/v1/agents/" + mine + "/messages", text)).isEqualTo(200);
        assertThat(status("POST", "/v1/agents/" + mine + "/messages", text)).isEqualTo(200);
        assertThat(status("GET", "/v1/agents/" + mine, text)).isEqualTo(403);
        assertThat(status("PATCH", "/v1/agents/" + mine, text)).isEqualTo(403);
        assertThat(status("GET", "/v1/agents/" + other + "/messages", text)).isEqualTo(403);
        assertThat(status("GET", "/v1/agents/", text)).isEqualTo(403);
        assertThat(status("GET", TOKENS, text)).isEqualTo(403);
        assertThat(status("GET", "/v1/runs/", text)).isEqualTo(403);
        assertThat(status("GET", "/v1/agents/" + mine + "/messages", text + "x"))
                .isEqualTo(401);
        assertThat(status("GET", "/v1/agents/" + mine + "/messages", "mneme-at-none"))
                .isEqualTo(401);
        assertThat(status("GET", "/v1/health/", text)).isEqualTo(200);
        String reader = token(mine, "'read_agent'", "").path("token").asText();
        assertThat(status("GET", "/v1/agents/" + mine, reader)).isEqualTo(200);
        assertThat(status("GET", "/v1/agents/" + mine + "/messages", reader)).isEqualTo(403);
    }

    @Test
    void aTokenIsForThePagesOfItsOrigin() {
        String mine = house.agent("{}");
        String text = token(mine, "'read_agent'", "").path("token").asText();
        String path = "/v1/agents/" + mine;

        assertThat(status("GET", path, text, "origin", "https://evil.example")).isEqualTo(403);
        assertThat(status("GET", path, text, "origin", "https://app.example")).isEqualTo(200);
        Web.Reply asked = web.send(
                "OPTIONS", path, null, "origin", "https://app.example", "access-control-request-method", "GET");
        assertThat(asked.status()).isEqualTo(200);
        assertThat(asked.header("access-control-allow-origin")).isEqualTo("https://app.example");
        assertThat(web.send(
                                "OPTIONS",
                                path,
                                null,
                                "origin",
                                "https://evil.example",
                                "access-control-request-method",
                                "GET")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void tokensAreListedWithoutTheirSecretAndRevoked() {
        String mine = house.agent("{}");
        String text = token(mine, "'read_agent'", "").path("token").asText();
        token(mine, "'read_agent'", ",'expires_at':'2999-01-01T00:00:00Z'");

        JsonNode page = web.get(TOKENS + "?agentId=" + mine + "&limit=1").json();
        assertThat(page.path("hasNextPage").asBoolean()).isTrue();
        assertThat(page.path("tokens").path(0).path("expiresAt").asText()).startsWith("2999");
        JsonNode rest = web.get(TOKENS + "?agentId=" + mine + "&offset=1").json();
        String id = rest.path("tokens").path(0).path("token").asText();
        assertThat(text).startsWith(id + ".");
        assertThat(status("GET", "/v1/agents/" + mine, id)).isEqualTo(401);
        assertThat(web.delete(TOKENS + "/" + id).status()).isEqualTo(204);
        assertThat(status("GET", "/v1/agents/" + mine, text)).isEqualTo(401);
        assertThat(web.delete(TOKENS + "/" + id).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'hostname':'app','policy':[{'type':'agent','id':'AGENT','access':['read_agent']}]} | 422 | https://app.example",
                "{'hostname':'http://a','policy':[]} | 422 | policy",
                "{'hostname':'http://a','policy':[{'type':'agent','id':'AGENT','access':['all']}]} | 422 | read_messages",
                "{'hostname':'http://a','policy':[{'type':'x','id':'AGENT','access':[]}]} | 422 | 'agent'",
                "{'hostname':'http://a','policy':[{'type':'agent','id':'agent-00000000-0000-4000-8000-00000000dead','access':[]}]} | 404 | dead",
                "{'hostname':'http://a','policy':[{'type':'agent','id':'AGENT','access':[]}],'expires_at':'2001-01-01'} | 422 | future",
            })
    void refusedTokens(String body, int status, String text) {
        Web.Reply reply = web.post(TOKENS, body.replace("AGENT", house.agent("{}")));

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.detail()).contains(text);
    }

    @Test
    void machinesRegisterAreListedAndForgotten() {
        String body = "{'deviceId':'laptop-1','connectionName':'Laptop','metadata':{'os':'linux'}}";
        String first = web.post("/v1/environments/register", body)
                .json()
                .path("connectionId")
                .asText();
        String second = web.post("/v1/environments/register", body)
                .json()
                .path("connectionId")
                .asText();
        assertThat(second).isNotEqualTo(first);
        JsonNode found = web.get("/v1/environments/laptop-1").json();
        assertThat(found.path("connectionId").asText()).isEqualTo(second);
        assertThat(found.path("metadata").path("os").asText()).isEqualTo("linux");
        assertThat(web.get("/v1/environments").json().path("connections")).containsExactly(found);
        assertThat(web.get("/v1/environments?onlineOnly=true").json().path("connections"))
                .isEmpty();
        String say = "{'messages':[{'role':'user','content':'x','client_message_id':'1'}]}";
        assertThat(web.post("/v1/environments/" + second + "/messages", say).status())
                .isEqualTo(409);
        assertThat(web.post("/v1/environments/" + first + "/messages", say).status())
                .isEqualTo(404);
        String id = found.path("id").asText();
        assertThat(web.delete("/v1/environments/" + id).json().path("success").asBoolean())
                .isTrue();
        assertThat(web.get("/v1/environments/laptop-1").status()).isEqualTo(404);
    }

    @Test
    void whatBelongsToADeploymentIsMadeListedAndDeletedTogether() {
        String marks = "'template_id':'t','base_template_id':'b','deployment_id':'d1','entity_id':'e'";
        String agent = web.post("/v1/_internal_templates/agents", "{'name':'A'," + marks + "}")
                .json()
                .path("id")
                .asText();
        String block = web.post("/v1/_internal_templates/blocks", "{'label':'l','value':'v'," + marks + "}")
                .json()
                .path("id")
                .asText();
        assertThat(web.post("/v1/_internal_templates/blocks/batch", "[{'label':'m','value':'v'," + marks + "}]")
                        .json())
                .hasSize(1);
        JsonNode group = web.post(
                        "/v1/_internal_templates/groups",
                        "{'agent_ids':['" + agent + "'],'description':''," + marks + "}")
                .json();
        assertThat(group.path("deployment_id").asText()).isEqualTo("d1");
        assertThat(web.post("/v1/_internal_templates/blocks", "{'label':'l','value':'v'}")
                        .status())
                .isEqualTo(422);

        JsonNode found = web.get("/v1/_internal_templates/deployment/d1").json();
        assertThat(found.path("total_count").asInt()).isEqualTo(4);
        assertThat(web.get("/v1/_internal_templates/deployment/d1?entity_types=agent")
                        .json()
                        .path("entities")
                        .path(0)
                        .path("entity_id")
                        .asText())
                .isEqualTo("e");
        JsonNode gone = web.delete("/v1/_internal_templates/deployment/d1").json();
        assertThat(gone.path("deleted_blocks")).hasSize(2);
        assertThat(gone.path("deleted_agents").path(0).asText()).isEqualTo(agent);
        assertThat(web.get("/v1/blocks/" + block).status()).isEqualTo(404);
        assertThat(web.get("/v1/agents/" + agent).status()).isEqualTo(404);
    }

    @Test
    void otherNamesAnswerAlike() {
        String agent = house.agent("{'memory_blocks':[{'label':'human','value':'x'}]}");
        assertThat(web.get("/v1/_internal_agents/count").text())
                .isEqualTo(web.get("/v1/agents/count").text());
        assertThat(web.get("/v1/_internal_blocks/").text())
                .isEqualTo(web.get("/v1/blocks/").text());
        assertThat(web.get("/v1/_internal_runs/").status()).isEqualTo(200);
        assertThat(web.get("/v1/models/embeddings").text())
                .isEqualTo(web.get("/v1/models/embedding").text());
        assertThat(web.patch("/v1/_internal_agents/" + agent + "/core-memory/blocks/human", "{'value':'y'}")
                        .json()
                        .path("value")
                        .asText())
                .isEqualTo("y");
        assertThat(web.get("/v1/metadata/user").json().path("id").asText()).startsWith("user-");
        assertThat(web.get("/v1/metadata/balance").status()).isEqualTo(200);
        assertThat(web.get("/v1/metadata/status")
                        .json()
                        .path("current_project_id")
                        .asText())
                .isEqualTo("default");
        assertThat(web.post("/v1/metadata/telemetry", "{'service':'x','events':[]}")
                        .json()
                        .path("success")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aBareCallOfTheModelKeepsNothing() {
        String agent = house.agent("{}");
        String before = web.get("/v1/agents/" + agent + "/messages").text();

        JsonNode said = web.post("/v1/agents/" + agent + "/generate", "{'prompt':'Hello','system_prompt':'Be brief.'}")
                .json();
        assertThat(said.path("content").asText()).isNotEmpty();
        assertThat(said.path("model").asText()).isNotEmpty();
        assertThat(said.path("usage").path("message_type").asText()).isEqualTo("usage_statistics");
        assertThat(web.get("/v1/agents/" + agent + "/messages").text()).isEqualTo(before);
        assertThat(web.post("/v1/agents/" + agent + "/generate", "{'prompt':''}")
                        .status())
                .isEqualTo(422);
        assertThat(web.post("/v1/agents/agent-00000000-0000-4000-8000-00000000dead/generate", "{'prompt':'x'}")
                        .status())
                .isEqualTo(404);
    }
}
