package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateRoutesTest {
    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private static int serial;

    @BeforeAll
    static void start() {
        house = new House(folder);
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static String model() {
        return house.agent("{'memory_blocks':[{'label':'human','value':'Name: {{ name }}. {{other}}'}],'tags':['base'],"
                + "'system':'You help.','secrets':{'KEY':'mine'},'tools':['conversation_search']}");
    }

    private static String template() {
        String name = "t" + serial++;
        Web.Reply made =
                web.post("/v1/templates", "{'type':'agent','agent_id':'" + model() + "','name':'" + name + "'}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().path("latest_version").asText()).isEqualTo("1");
        assertThat(made.json().path("template_deployment_slug").asText()).isEqualTo("default/" + name + ":1");
        return name;
    }

    private static JsonNode deploy(String nameAndVersion, String body) {
        Web.Reply made = web.post("/v1/templates/" + nameAndVersion + "/agents", body);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json();
    }

    private static JsonNode agent(JsonNode deployment) {
        return web.get("/v1/agents/" + deployment.path("agent_ids").path(0).asText())
                .json();
    }

    private static String block(JsonNode agent, String label) {
        for (JsonNode block : agent.path("blocks")) {
            if (block.path("label").asText().equals(label)) {
                return block.path("value").asText();
            }
        }
        return "";
    }

    private static String file(String name) {
        return web.get("/v1/agents/" + agent(deploy(name, "{}")).path("id").asText() + "/export")
                .text();
    }

    @Test
    void agentsAreMadeFromATemplateWithVariables() {
        String name = template();

        JsonNode made = deploy(
                name + ":latest",
                "{'agent_name':'Anna','tags':['more'],'memory_variables':{'name':'Ann'},'tool_variables':{'KEY':'theirs'}}");
        assertThat(made.path("deployment_id").asText()).startsWith("deployment-");
        assertThat(made.path("group_id").isNull()).isTrue();
        JsonNode agent = agent(made);
        assertThat(agent.path("name").asText()).isEqualTo("Anna");
        assertThat(agent.path("system").asText()).isEqualTo("You help.");
        assertThat(block(agent, "human")).isEqualTo("Name: Ann. {{other}}");
        assertThat(agent.path("tags").toString()).isEqualTo("[\"base\",\"more\"]");
        assertThat(agent.path("secrets").path(0).path("key").asText()).isEqualTo("KEY");
        assertThat(agent.path("tools").findValuesAsText("name")).contains("conversation_search");
        assertThat(agent.path("deployment_id")).isEqualTo(made.path("deployment_id"));
        assertThat(web.get("/v1/agents/?base_template_id="
                                + agent.path("base_template_id").asText())
                        .json())
                .hasSize(1);
        assertThat(web.get("/v1/agents/" + agent.path("id").asText() + "/core-memory/variables")
                        .text())
                .isEqualTo("{\"variables\":{\"name\":\"Ann\"}}");
        assertThat(agent(deploy(name, "")).path("blocks")).hasSize(1);
    }

    @Test
    void whatIsWorkedOnIsSavedAndRolledBack() {
        String name = template();
        String other = file(template()).replace("You help.", "You hinder.").replace("'", "\\u0027");
        assertThat(web.patch("/v1/templates/" + name, "{'agent_file_json':" + other + "}")
                        .json()
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(agent(deploy(name, "{}")).path("system").asText()).isEqualTo("You help.");
        assertThat(agent(deploy(name + ":dev", "{}")).path("system").asText()).isEqualTo("You hinder.");

        JsonNode saved = web.post("/v1/templates/" + name + "/save", "{'message':'second'}")
                .json();
        assertThat(saved.path("latest_version").asText()).isEqualTo("2");
        assertThat(agent(deploy(name + ":2", "{}")).path("system").asText()).isEqualTo("You hinder.");
        assertThat(agent(deploy(name + ":1", "{}")).path("system").asText()).isEqualTo("You help.");

        String third = other.replace("You hinder.", "You wait.");
        web.patch("/v1/templates/" + name, "{'agent_file_json':" + third + "}");
        assertThat(web.post("/v1/templates/" + name + "/rollback", "{'version':'1'}")
                        .json()
                        .path("message")
                        .asText())
                .contains("saved");
        JsonNode versions =
                web.get("/v1/templates/default/" + name + "/versions").json();
        assertThat(versions.path("total_count").asInt()).isEqualTo(3);
        assertThat(versions.path("versions").path(0).path("is_latest").asBoolean())
                .isTrue();
        assertThat(versions.path("versions").path(1).path("message").asText()).isEqualTo("second");
        assertThat(agent(deploy(name + ":dev", "{}")).path("system").asText()).isEqualTo("You help.");
        assertThat(web.post("/v1/templates/" + name + "/rollback", "{'version':'latest'}")
                        .json()
                        .path("message")
                        .isNull())
                .isTrue();
    }

    @Test
    void agentsFollowTheirTemplate() {
        String name = template();
        JsonNode first = deploy(name, "{'memory_variables':{'name':'Ann'},'tool_variables':{'KEY':'theirs'}}");
        String id = agent(first).path("id").asText();
        web.patch("/v1/agents/" + id, "{'secrets':{'KEY':'********','OWN':'x'}}");
        web.patch("/v1/agents/" + id + "/core-memory/blocks/human", "{'value':'changed'}");
        String other = file(name)
                .replace("You help.", "You follow.")
                .replace("Name: {{ name }}. {{other}}", "Called {{name}}")
                .replace("'", "\\u0027");
        web.patch("/v1/templates/" + name, "{'agent_file_json':" + other + "}");

        web.post(
                "/v1/templates/" + name + "/save",
                "{'migrate_agents':true,'preserve_core_memories_on_migration':true,'preserve_environment_variables_on_migration':true}");
        JsonNode kept = web.get("/v1/agents/" + id).json();
        assertThat(kept.path("system").asText()).isEqualTo("You follow.");
        assertThat(block(kept, "human")).isEqualTo("changed");
        assertThat(kept.path("secrets").findValuesAsText("key")).containsExactly("KEY", "OWN");

        Web.Reply moved = web.post(
                "/v1/templates/default/" + name + "/deployments/"
                        + first.path("deployment_id").asText() + "/migrate",
                "{'version':'2','memory_variables':{'name':'Bo'}}");
        assertThat(moved.json().path("message").asText()).isEqualTo("Migrated 1 agent");
        JsonNode replaced = web.get("/v1/agents/" + id).json();
        assertThat(block(replaced, "human")).isEqualTo("Called Bo");
        assertThat(replaced.path("secrets").findValuesAsText("key")).containsExactly("KEY");
    }

    @Test
    void templatesAreListedRenamedForkedAndDeleted() {
        String name = template();
        String path = "/v1/templates/default/" + name;
        web.patch(path + "/description", "{'description':'a good one'}");
        web.patch(path + "/name", "{'new_name':'" + name + "x'}");
        JsonNode found = web.get("/v1/templates?name=" + name + "x").json();
        assertThat(found.path("templates").path(0).path("description").asText()).isEqualTo("a good one");
        assertThat(web.post("/v1/templates/default/" + name + "x:1/fork", "{'name':'" + name + "y'}")
                        .json()
                        .path("latest_version")
                        .asText())
                .isEqualTo("1");
        assertThat(web.post("/v1/templates/default/" + name + "x:1/fork", "{'name':'" + name + "y'}")
                        .status())
                .isEqualTo(409);
        String agent = agent(deploy(name + "y", "{}")).path("id").asText();
        assertThat(web.delete("/v1/templates/" + name + "y")
                        .json()
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(web.get("/v1/agents/" + agent).status()).isEqualTo(200);
        assertThat(web.get("/v1/templates?limit=1&search=t").json().path("templates"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                " | {'type':'agent'} | 422 | agent_id",
                " | {'type':'agent','agent_id':'agent-00000000-0000-4000-8000-00000000dead'} | 404 | dead",
                " | {'type':'zip'} | 422 | 'agent' or 'agent_file'",
                " | {'type':'agent_file'} | 422 | agent file",
                " | {'type':'agent_file','agent_file':{'agents':[]}} | 422 | agent file",
                " | {'type':'agent_file','agent_file':{'agents':[{}]},'name':'a b'} | 422 | letters",
                "/nobody/save | {} | 404 | nobody",
                "/nobody:latest/agents | {} | 404 | nobody",
                "/NAME:7/agents | {} | 404 | '7'",
                "/NAME/rollback | {'version':'dev'} | 422 | dev",
                "/NAME/rollback | {'version':'x'} | 404 | 'x'",
                "/NAME/save | {'block_reconciliation_strategy':'x'} | 422 | preserve-deleted",
                "/NAME/agents | {'memory_variables':{'a':1}} | 422 | memory_variables",
                "/default/NAME/deployments/deployment-x/migrate | {'version':'1'} | 404 | deployment-x",
            })
    void refused(String path, String body, int status, String text) {
        String where = "/v1/templates" + (path == null ? "" : path.replace("NAME", template()));
        Web.Reply reply = web.post(where, body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.detail()).contains(text);
    }
}
