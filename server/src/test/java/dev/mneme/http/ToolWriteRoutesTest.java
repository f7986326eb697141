package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolWriteRoutesTest {
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

    private static String source(String name, String result) {
        return "def " + name + "(a: int, b: int = 2) -> str:\n    \"\"\"Count.\n\n    Args:\n        a (int): First.\n"
                + "        b (int): Second.\n    \"\"\"\n    return " + result + "\n";
    }

    private static ObjectNode body(String source) {
        return Json.object().put("source_code", source).put("source_type", "python");
    }

    private static Web.Reply put(ObjectNode body) {
        return web.put("/v1/tools/", Json.write(body));
    }

    private static Web.Reply post(ObjectNode body) {
        return web.post("/v1/tools/", Json.write(body));
    }

    private static Web.Reply patch(JsonNode tool, ObjectNode body) {
        return web.patch("/v1/tools/" + tool.path("id").asText(), Json.write(body));
    }

    @Test
    void aToolIsMadeWithTheSchemaOfItsSource() {
        JsonNode made = post(body(source("count_it", "1"))).json();

        assertThat(made.path("name").asText()).isEqualTo("count_it");
        assertThat(made.path("tool_type").asText()).isEqualTo("custom");
        assertThat(made.path("description").asText()).isEqualTo("Count.");
        assertThat(made.path("return_char_limit").asInt()).isEqualTo(50_000);
        assertThat(made.path("args_json_schema").isNull()).isTrue();
        assertThat(made.path("metadata_").path("tool_hash").asText()).hasSize(12);
        assertThat(Json.write(made.path("json_schema").path("parameters")))
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"description\":\"First.\"},"
                                + "\"b\":{\"type\":\"integer\",\"description\":\"Second.\"}},\"required\":[\"a\"]}");
        assertThat(web.get("/v1/tools/" + made.path("id").asText()).json()).isEqualTo(made);
    }

    /** The hash of the retired server for the very same source. */
    @Test
    void theHashIsThatOfTheContract() {
        String add =
                "def add(a: int, b: int = 2) -> str:\n    \"\"\"Add two numbers.\n\n    Args:\n        a (int): First.\n"
                        + "        b (int): Second.\n\n    Returns:\n        str: The sum.\n    \"\"\"\n    print(\"adding\")\n"
                        + "    return str(a + b)\n";
        assertThat(put(body(add)).json().path("metadata_").path("tool_hash").asText())
                .isEqualTo("65a0d092fc53");
    }

    @Test
    void theSameNameOverwritesAndKeepsTheEarlierSource() {
        ObjectNode first = body(source("twice", "1"));
        first.putArray("tags").add("math");
        first.put("enable_parallel_execution", true).put("return_char_limit", 500);
        JsonNode made = post(first).json();
        Web.Reply again = post(body(source("twice", "2")));
        JsonNode now = again.json();

        assertThat(now.path("id")).isEqualTo(made.path("id"));
        assertThat(now.path("tags")).isEqualTo(made.path("tags"));
        assertThat(now.path("return_char_limit").asInt()).isEqualTo(50_000);
        assertThat(now.path("enable_parallel_execution").asBoolean()).isTrue();
        assertThat(now.path("metadata_").path("version").asInt()).isEqualTo(2);
        assertThat(again.header("x-mneme-overwrote-version")).isEqualTo("1");
        JsonNode versions =
                web.get("/v1/tools/" + made.path("id").asText() + "/versions").json();
        assertThat(versions).hasSize(1);
        assertThat(versions.get(0).path("source_code").asText()).contains("return 1");

        Web.Reply same = put(body(source("twice", "2")));
        assertThat(same.header("x-mneme-overwrote-version")).isNull();
        ObjectNode cleared = body(source("twice", "2"));
        cleared.putArray("tags");
        assertThat(put(cleared).json().path("tags")).isEmpty();
    }

    @Test
    void aPatchBringsTheSchemaAlongAndKeepsTheRest() {
        ObjectNode given = body(source("bring", "1"));
        given.put("enable_parallel_execution", true);
        JsonNode made = put(given).json();
        String more = source("bring", "1").replace("b: int", "c: str").replace("b (int)", "c (str)");

        JsonNode changed = patch(made, Json.object().put("source_code", more)).json();
        assertThat(changed.path("json_schema")
                        .path("parameters")
                        .path("properties")
                        .has("c"))
                .isTrue();
        assertThat(changed.path("enable_parallel_execution").asBoolean()).isTrue();
        assertThat(changed.path("args_json_schema").isObject()).isTrue();

        JsonNode described =
                patch(made, Json.object().put("description", "other words")).json();
        assertThat(described.path("description").asText()).isEqualTo("other words");
        assertThat(described.path("json_schema").path("description").asText()).isEqualTo("other words");

        Web.Reply other = patch(made, Json.object().put("source_code", source("another", "1")));
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.detail()).startsWith("Tool name 'bring' does not match the name in the JSON schema 'bring'");
        ObjectNode metadata = Json.object();
        metadata.putObject("metadata_").put("mine", 1);
        assertThat(patch(made, metadata).json().path("metadata_").path("mine").asInt())
                .isEqualTo(1);
    }

    @Test
    void aSchemaOfTheClientsOwnAlwaysWins() {
        ObjectNode given = body(source("anything", "1"));
        ObjectNode schema =
                given.putObject("json_schema").put("name", "own_name").put("description", "Mine.");
        schema.putObject("parameters").put("type", "object").putObject("properties");
        JsonNode made = put(given).json();

        assertThat(made.path("name").asText()).isEqualTo("own_name");
        assertThat(made.path("description").asText()).isEqualTo("Mine.");
        assertThat(made.path("json_schema")).isEqualTo(schema);
        JsonNode changed = patch(made, Json.object().put("source_code", source("own_name", "3")))
                .json();
        assertThat(changed.path("json_schema")).isEqualTo(schema);
    }

    @Test
    void aRenamingPatchRefusesATakenName() {
        put(body(source("taken", "1")));
        JsonNode made = put(body(source("renames", "1"))).json();
        ObjectNode schema = made.path("json_schema").deepCopy();
        ObjectNode patch = Json.object();
        patch.set("json_schema", schema.put("name", "taken"));
        assertThat(patch(made, patch).detail())
                .isEqualTo("INVALID_ARGUMENT: Tool with name 'taken' already exists in your organization");
        schema.put("name", "free_name");
        assertThat(patch(made, patch).json().path("name").asText()).isEqualTo("free_name");
    }

    @Test
    void argumentsMayBeASchemaOfPydantic() throws Exception {
        ObjectNode given = body("def place(order):\n    \"\"\"Place an order.\"\"\"\n    return order\n");
        given.set("args_json_schema", Json.parse("""
                {"$defs":{"Opts":{"title":"Opts","type":"object","properties":{"deep":{"type":"integer","default":1}}}},
                 "title":"Args","type":"object","required":["order"],"properties":{
                  "order":{"$ref":"#/$defs/Opts"},
                  "note":{"anyOf":[{"type":"string"},{"type":"null"}],"default":null,"title":"Note","description":"Words."}}}"""));
        JsonNode parameters = put(given).json().path("json_schema").path("parameters");
        assertThat(Json.write(parameters))
                .isEqualTo("{\"type\":\"object\",\"properties\":{\"order\":{\"type\":\"object\",\"properties\":"
                        + "{\"deep\":{\"type\":\"integer\"}},\"description\":\"\"},\"note\":{\"type\":\"string\","
                        + "\"description\":\"Words.\"}},\"required\":[\"order\"]}");
    }

    @Test
    void aDeletedToolIsGoneFromItsAgents() {
        JsonNode made = put(body(source("leaves", "1"))).json();
        String id = made.path("id").asText();
        String agent = house.agent("{'name':'a','model':'openai/gpt-4o','embedding':'openai/text-embedding-3-small',"
                + "'include_base_tools':false,'tool_ids':['" + id + "']}");
        assertThat(web.get("/v1/agents/" + agent + "/tools").json()).hasSize(1);

        assertThat(web.delete("/v1/tools/" + id).text()).isEqualTo("null");
        assertThat(web.get("/v1/agents/" + agent + "/tools").json()).isEmpty();
        assertThat(web.get("/v1/tools/" + id).status()).isEqualTo(404);
        Web.Reply again = web.delete("/v1/tools/" + id);
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.detail()).isEqualTo("Tool with id " + id + " not found.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'source_code':''} | 400 | Custom tool is missing source_code field.",
                "{'source_type':'python'} | 422 | Field required",
                "{'source_code':'def f():\\n  return 1'} | 400 | Failed to derive json schema: Schema generation failed: "
                        + "Function f missing docstring (line 1)",
                "{'source_code':'def f(:'} | 400 | Failed to parse source code: ",
                "{'source_code':'x = 1'} | 400 | No functions found in source code",
                "{'source_code':'x','source_type':'ruby'} | 400 | INVALID_ARGUMENT: Tool source type is not supported at this "
                        + "time. Found ruby",
                "{'source_code':'x','source_type':'javascript'} | 422 | json_schema is required",
                "{'source_code':'x','name':'y'} | 422 | extra_forbidden",
                "{'source_code':'x','return_char_limit':0} | 422 | greater_than_equal",
                "{'source_code':'x','return_char_limit':1000001} | 422 | less_than_equal",
                "{'source_code':'x','pip_requirements':[{'name':''}]} | 422 | at least 1 character",
                "{'source_code':'x','json_schema':{'name':'send_message'}} | 400 | is the name of a tool of this server",
                "{'source_code':'x','json_schema':{'name':'two words'}} | 400 | A tool needs a name"
            })
    void whatCannotBeAToolIsRefused(String body, int status, String says) {
        Web.Reply reply = web.post("/v1/tools/", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.text()).contains(says);
    }
}
