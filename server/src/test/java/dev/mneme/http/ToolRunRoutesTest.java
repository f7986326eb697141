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

class ToolRunRoutesTest {
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

    /** A tool f without parameters. */
    private static String source(String name, String parameters, String lines) {
        return "def " + name + "(" + parameters
                + "):\n    \"\"\"Do.\n\n    Args:\n        x: Anything.\n    \"\"\"\n    "
                + lines.replace("\n", "\n    ") + "\n";
    }

    private static Web.Reply run(String source, String arguments) {
        ObjectNode body = Json.object().put("source_code", source);
        body.set("args", Json.read(arguments.replace('\'', '"'), JsonNode.class));
        return web.post("/v1/tools/run", Json.write(body));
    }

    @Test
    void aTrialAnswersLikeAMessage() {
        JsonNode reply = run(source("f", "x: int", "print(\"hello\")\nreturn x + 1"), "{'x':\"5\"}")
                .json();
        assertThat(reply.path("id").asText()).isEqualTo("null");
        assertThat(reply.path("message_type").asText()).isEqualTo("tool_return_message");
        assertThat(reply.path("tool_return").asText()).isEqualTo("6");
        assertThat(reply.path("status").asText()).isEqualTo("success");
        assertThat(Json.write(reply.path("stdout"))).isEqualTo("[\"hello\\n\"]");
        assertThat(Json.write(reply.path("stderr"))).isEqualTo("[]");
        assertThat(reply.path("tool_returns").get(0).path("tool_return").asText())
                .isEqualTo("6");
        assertThat(reply.path("name").isNull()).isTrue();
        assertThat(web.get("/v1/tools/?name=f").json()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1, \"a\", None, True]|[1, 'a', None, True]",
                "dict(a=[1, 2], b=None)|{'a': [1, 2], 'b': None}",
                "None|None",
                "True|True",
                "__import__(\"datetime\").datetime(2020, 1, 1)|2020-01-01 00:00:00",
                "\"x\" * 60000|exceeded the character limit (60000 > 50000)]"
            })
    void returnsHaveTheirPythonText(String expression, String shown) {
        assertThat(run(source("f", "", "return " + expression), "{}")
                        .json()
                        .path("tool_return")
                        .asText())
                .endsWith(shown);
    }

    @Test
    void aTrialThatFailsIsStillAnAnswer() {
        JsonNode reply = run(source("f", "x: str", "raise ValueError(\"bad \" + x)"), "{'x':'y'}")
                .json();
        assertThat(reply.path("status").asText()).isEqualTo("error");
        assertThat(reply.path("tool_return").asText()).isEqualTo("Error executing function None: ValueError: bad y");
        assertThat(reply.path("stderr").get(0).asText()).contains("Traceback");

        ObjectNode named = Json.object().put("source_code", source("f", "x: str", "raise ValueError(x)"));
        named.put("name", "f").putObject("args").put("x", "y");
        named.putObject("env_vars").put("A", "b");
        assertThat(web.post("/v1/tools/run", Json.write(named))
                        .json()
                        .path("tool_return")
                        .asText())
                .isEqualTo("Error executing function f: ValueError: y");
        assertThat(run("def f(a): return a", "{}").status()).isEqualTo(400);
        assertThat(web.post("/v1/tools/run", "{'source_code':'x','args':{},'source_type':'ruby'}")
                        .detail())
                .isEqualTo("INVALID_ARGUMENT: Tool source type is not supported at this time. Found ruby");
    }

    @Test
    void whatMayBeNoneNeedNotBeGiven() {
        String source = source("f", "x: Optional[int]", "return [x]");
        assertThat(run(source, "{}").json().path("tool_return").asText()).isEqualTo("[None]");
        assertThat(run(source, "{'x':4}").json().path("tool_return").asText()).isEqualTo("[4]");
        assertThat(run(source.replace("Optional[int]", "int"), "{}")
                        .json()
                        .path("tool_return")
                        .asText())
                .isEqualTo("Error executing function None: TypeError: f() missing 1 required positional argument: 'x'");
    }

    private static String agentWith(String source, String more) {
        JsonNode tool = web.put("/v1/tools/", Json.write(Json.object().put("source_code", source)))
                .json();
        return house.agent("{'name':'a','model':'openai/gpt-4o','embedding':'openai/text-embedding-3-small',"
                + "'memory_blocks':[{'label':'human','value':'old','limit':20}],'secrets':{'OWN':'mine','BOTH':'agent'},"
                + "'tools':['core_memory_append'],'tool_ids':['"
                + tool.path("id").asText() + "']" + more + "}");
    }

    private static JsonNode direct(String agent, String tool, String arguments) {
        return web.post("/v1/agents/" + agent + "/tools/" + tool + "/run", "{'args':" + arguments + "}")
                .json();
    }

    private static String human(String agent) {
        return web.get("/v1/agents/" + agent + "/core-memory/blocks/human")
                .json()
                .path("value")
                .asText();
    }

    @Test
    void aToolOfAnAgentGivesRealJson() {
        String agent = agentWith(source("gives", "x: int", "print(1)\nreturn dict(x=x, n=None)"), "");
        JsonNode reply = direct(agent, "gives", "{'x':1}");
        assertThat(Json.write(reply.path("func_return"))).isEqualTo("{\"x\":1,\"n\":null}");
        assertThat(reply.path("status").asText()).isEqualTo("success");
        assertThat(Json.write(reply.path("stdout"))).isEqualTo("[\"1\\n\"]");
        assertThat(Json.write(reply.path("stderr"))).isEqualTo("[]");
        assertThat(reply.has("agent_state")).isTrue();
        String print = reply.path("sandbox_config_fingerprint").asText();
        assertThat(print).matches("\\d{5,20}");
        assertThat(direct(agent, "gives", "{'x':2}")
                        .path("sandbox_config_fingerprint")
                        .asText())
                .isEqualTo(print);

        JsonNode core = direct(agent, "core_memory_append", "{'label':'human','content':'tea'}");
        assertThat(core.path("stdout").isNull()).isTrue();
        assertThat(core.path("sandbox_config_fingerprint").isNull()).isTrue();
        assertThat(human(agent)).isEqualTo("old\ntea");
        JsonNode wrong = direct(agent, "core_memory_append", "{'label':'none','content':'tea'}");
        assertThat(wrong.path("status").asText()).isEqualTo("error");
        assertThat(wrong.path("func_return").isNull()).isTrue();
        assertThat(wrong.path("stderr").get(0).asText()).startsWith("Error executing function core_memory_append: ");
        assertThat(web.post("/v1/agents/" + agent + "/tools/absent/run", "{}").status())
                .isEqualTo(404);
    }

    @Test
    void aToolEditsBlocksThroughAgentState() {
        String agent = agentWith(
                source(
                        "edits",
                        "agent_state: \"AgentState\", x: str",
                        "agent_state.memory.update_block_value(label=\"human\", value=x)\nreturn agent_state.name"),
                "");
        assertThat(direct(agent, "edits", "{'x':'new'}").path("func_return").asText())
                .isEqualTo("a");
        assertThat(human(agent)).isEqualTo("new");

        JsonNode tooLong = direct(agent, "edits", "{'x':'" + "long".repeat(10) + "'}");
        assertThat(tooLong.path("status").asText()).isEqualTo("error");
        assertThat(human(agent)).isEqualTo("new");
    }

    @Test
    void whatAToolSeesOfTheEnvironment() {
        String config = web.post("/v1/sandbox-config/local/default", "{}")
                .json()
                .path("id")
                .asText();
        String variables = "/v1/sandbox-config/" + config + "/environment-variable";
        JsonNode made = web.post(variables, "{'key':'SHARED','value':'all','description':'d'}")
                .json();
        web.post(variables, "{'key':'BOTH','value':'org'}");
        assertThat(made.path("value").asText()).isEqualTo("all");
        assertThat(web.get(variables).json().get(0).path("value").asText()).isEqualTo("********");
        assertThat(web.post(variables, "{'key':'SHARED','value':'again'}").status())
                .isEqualTo(409);
        assertThat(web.post(variables, "{'key':'no key','value':'x'}").status()).isEqualTo(400);

        String names = "[\"SHARED\", \"OWN\", \"BOTH\", \"LETTA_AGENT_ID\", \"LETTA_PROJECT_ID\", \"LETTA_DIR\"]";
        String agent = agentWith(source("sees", "", "import os\nreturn [os.getenv(n) for n in " + names + "]"), "");
        assertThat(Json.write(direct(agent, "sees", "{}").path("func_return")))
                .isEqualTo("[\"all\",\"mine\",\"agent\",\"" + agent + "\",null,null]");

        String variable =
                "/v1/sandbox-config/environment-variable/" + made.path("id").asText();
        assertThat(web.patch(variable, "{'value':'changed'}")
                        .json()
                        .path("value")
                        .asText())
                .isEqualTo("changed");
        assertThat(web.delete(variable).status()).isEqualTo(204);
        assertThat(web.get(variables).json()).hasSize(1);
        assertThat(web.delete("/v1/sandbox-config/" + config).status()).isEqualTo(204);
        assertThat(web.get("/v1/sandbox-config/").json()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'config':{'use_venv':true}} | local",
                "{'config':{}} | local",
                "{'config':{'timeout':5,'template':'t'}} | e2b",
                "{'config':{'language':'python'}} | modal"
            })
    void theKindOfASandboxFollowsFromItsKeys(String body, String kind) {
        JsonNode made = web.post("/v1/sandbox-config/", body).json();
        assertThat(made.path("type").asText()).isEqualTo(kind);
        assertThat(made.path("id").asText()).startsWith("sandbox-");
        assertThat(web.post("/v1/sandbox-config/", body).json().path("id")).isEqualTo(made.path("id"));
        assertThat(web.get("/v1/sandbox-config/?sandbox_type=" + kind).json()).hasSize(1);
        assertThat(web.delete("/v1/sandbox-config/" + made.path("id").asText()).status())
                .isEqualTo(204);
    }

    @Test
    void toolsAreFoundByWords() {
        web.put(
                "/v1/tools/",
                Json.write(Json.object()
                        .put(
                                "source_code",
                                source("fetch_weather", "", "return 1")
                                        .replace("Do.", "Tell the weather of a city."))));
        JsonNode hits = web.post("/v1/tools/search", "{'query':'weather in cities','tool_types':['custom']}")
                .json();
        assertThat(hits.get(0).path("tool").path("name").asText()).isEqualTo("fetch_weather");
        assertThat(hits.get(0).path("fts_rank").asInt()).isEqualTo(1);
        assertThat(hits.get(0).path("combined_score").asDouble()).isPositive();
        assertThat(web.post("/v1/tools/search", "{'limit':101}").status()).isEqualTo(422);
        assertThat(web.post("/v1/tools/search", "{'search_mode':'x'}").status()).isEqualTo(422);
        assertThat(web.post("/v1/tools/search", "{'limit':3}").json()).hasSize(3);
    }
}
