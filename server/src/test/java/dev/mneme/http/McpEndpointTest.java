package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mneme as an MCP server over HTTP: both generations of the protocol, what the tools do, and what each kind of key gets of them. */
class McpEndpointTest {
    @TempDir
    Path folder;

    private House house;
    private ScriptedModels models;
    private String mine;
    private String other;

    @BeforeEach
    void start() {
        models = new ScriptedModels();
        house = new House(folder, models, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        mine = house.agent("{'name':'Ada','memory_blocks':[{'label':'human','value':'likes tea'},"
                + "{'label':'rules','value':'be kind','read_only':true}]}");
        other = house.agent("{'name':'Bob','memory_blocks':[{'label':'human','value':'b'}]}");
    }

    @AfterEach
    void stop() {
        house.close();
    }

    private Web.Reply post(String body, String... headers) {
        return house.web.post("/mcp", body, headers);
    }

    private JsonNode ask(String method, String params, String... headers) {
        Web.Reply reply = post("{'jsonrpc':'2.0','id':7,'method':'" + method + "','params':" + params + "}", headers);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.json().path("id").asInt()).isEqualTo(7);
        return reply.json();
    }

    private JsonNode call(String tool, String arguments, String... headers) {
        return ask("tools/call", "{'name':'" + tool + "','arguments':" + arguments + "}", headers)
                .path("result");
    }

    private static String text(JsonNode result) {
        return result.path("content").path(0).path("text").asText();
    }

    private static String[] modern(String method, String... more) {
        List<String> out = new ArrayList<>(List.of("mcp-protocol-version", "2026-07-28", "mcp-method", method));
        out.addAll(List.of(more));
        return out.toArray(String[]::new);
    }

    private static final String META =
            "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28','io.modelcontextprotocol/clientCapabilities':{}}";

    private String key(String role, String agents) {
        return house.web
                .post("/v1/api-keys", "{'name':'k','role':'" + role + "'" + agents + "}")
                .json()
                .path("key")
                .asText();
    }

    private List<String> listed(String key) {
        List<String> names = new ArrayList<>();
        ask("tools/list", "{}", "authorization", "Bearer " + key)
                .path("result")
                .path("tools")
                .forEach(tool -> names.add(tool.path("name").asText()));
        return names;
    }

    @Test
    void aHandshakeAgreesOnAVersion() {
        JsonNode result = ask("initialize", "{'protocolVersion':'2025-06-18','capabilities':{}}")
                .path("result");
        assertThat(result.path("protocolVersion").asText()).isEqualTo("2025-06-18");
        assertThat(result.path("serverInfo").path("name").asText()).isEqualTo("mneme");
        assertThat(result.path("capabilities").has("tools")).isTrue();
        assertThat(ask("initialize", "{'protocolVersion':'1999-01-01'}")
                        .path("result")
                        .path("protocolVersion")
                        .asText())
                .isEqualTo("2025-11-25");
        Web.Reply told = post("{'jsonrpc':'2.0','method':'notifications/initialized'}");
        assertThat(told.status()).isEqualTo(202);
        assertThat(told.text()).isEmpty();
        assertThat(ask("ping", "{}").path("result")).isEmpty();
    }

    @Test
    void withoutAHandshakeEachRequestSaysItsVersion() {
        JsonNode result = ask("server/discover", "{" + META + "}", modern("server/discover"))
                .path("result");
        assertThat(result.path("supportedVersions").get(0).asText()).isEqualTo("2026-07-28");
        assertThat(result.path("resultType").asText()).isEqualTo("complete");
        JsonNode list =
                ask("tools/list", "{" + META + "}", modern("tools/list")).path("result");
        assertThat(list.path("tools")).hasSize(8);
        assertThat(list.path("cacheScope").asText()).isEqualTo("private");
        assertThat(list.path("_meta")
                        .path("io.modelcontextprotocol/serverInfo")
                        .path("name")
                        .asText())
                .isEqualTo("mneme");
        for (String[] wrong : new String[][] {
            {"mcp-method", "tools/list"},
            modern("tools/call"),
            {"mcp-protocol-version", "2025-11-25", "mcp-method", "tools/list"}
        }) {
            Web.Reply reply = post("{'jsonrpc':'2.0','id':1,'method':'tools/list','params':{" + META + "}}", wrong);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.json().path("error").path("code").asInt()).isEqualTo(-32020);
        }
        Web.Reply named = post(
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'list_agents'," + META + "}}",
                modern("tools/call", "mcp-name", "=?base64?bGlzdF9hZ2VudHM=?="));
        assertThat(named.status()).as(named.text()).isEqualTo(200);
        Web.Reply unknown = post("{'jsonrpc':'2.0','id':1,'method':'ping','params':{" + META + "}}", modern("ping"));
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.json().path("error").path("code").asInt()).isEqualTo(-32601);
    }

    @Test
    void versionsThatNobodySpeaksAreRefusedByName() {
        Web.Reply header = post("{'jsonrpc':'2.0','id':1,'method':'tools/list'}", "mcp-protocol-version", "1999-01-01");
        assertThat(header.status()).isEqualTo(400);
        assertThat(header.json().path("error").path("code").asInt()).isEqualTo(-32022);
        assertThat(header.json()
                        .path("error")
                        .path("data")
                        .path("supported")
                        .get(0)
                        .asText())
                .isEqualTo("2026-07-28");
        Web.Reply own = post(
                "{'jsonrpc':'2.0','id':1,'method':'tools/list','params':{" + META.replace("2026-07-28", "2099-01-01")
                        + "}}",
                "mcp-protocol-version",
                "2099-01-01");
        assertThat(own.json().path("error").path("code").asInt()).isEqualTo(-32022);
    }

    @Test
    void brokenMessagesGetTheCodesOfJsonRpc() {
        assertThat(post("{").json().path("error").path("code").asInt()).isEqualTo(-32700);
        assertThat(post("'text'").json().path("error").path("code").asInt()).isEqualTo(-32600);
        assertThat(post("{'id':1,'method':'ping'}").status()).isEqualTo(400);
        assertThat(post("{'jsonrpc':'2.0','id':null,'method':'ping'}").status()).isEqualTo(400);
        assertThat(ask("nothing/such", "{}").path("error").path("code").asInt()).isEqualTo(-32601);
        assertThat(ask("tools/call", "{'name':'nothing'}")
                        .path("error")
                        .path("code")
                        .asInt())
                .isEqualTo(-32602);
        assertThat(house.web.get("/mcp").status()).isEqualTo(405);
        assertThat(house.web.delete("/mcp").status()).isEqualTo(405);
        Web.Reply batch = post(
                "[{'jsonrpc':'2.0','id':1,'method':'ping'},{'jsonrpc':'2.0','method':'notifications/initialized'},{'id':2}]");
        assertThat(batch.json()).hasSize(2);
        assertThat(post("[]").status()).isEqualTo(400);
    }

    @Test
    void agentsAreFoundAndAnswer() {
        JsonNode found =
                call("list_agents", "{'query':'ad'}").path("structuredContent").path("agents");
        assertThat(found).hasSize(1);
        assertThat(found.get(0).path("id").asText()).isEqualTo(mine);

        models.answers(ScriptedModels.text("Hello, Grace."));
        JsonNode reply = call("send_message", "{'agent_id':'" + mine + "','message':'I am Grace'}");
        assertThat(text(reply)).isEqualTo("Hello, Grace.");
        assertThat(reply.path("isError").asBoolean()).isFalse();
        JsonNode data = reply.path("structuredContent");
        assertThat(data.path("status").asText()).isEqualTo("completed");
        JsonNode later = call("await_reply", "{'run_id':'" + data.path("run_id").asText() + "'}");
        assertThat(text(later)).isEqualTo("Hello, Grace.");
    }

    @Test
    void aStreamTellsHowItGoes() throws Exception {
        models.answers(ScriptedModels.text("Here I am."));
        Web.Reply reply = post(
                "{'jsonrpc':'2.0','id':'a','method':'tools/call','params':{'name':'send_message','_meta':{'progressToken':'t'},"
                        + "'arguments':{'agent_id':'" + mine + "','message':'Where are you?'}}}",
                "accept",
                "application/json, text/event-stream");
        assertThat(reply.header("content-type")).startsWith("text/event-stream");
        assertThat(reply.header("x-accel-buffering")).isEqualTo("no");
        List<JsonNode> events = new ArrayList<>();
        for (String line : reply.text().split("\n")) {
            if (line.startsWith("data: ")) {
                events.add(Json.parse(line.substring(6)));
            }
        }
        assertThat(events.getFirst().path("method").asText()).isEqualTo("notifications/progress");
        assertThat(events.getFirst().path("params").path("progressToken").asText())
                .isEqualTo("t");
        assertThat(text(events.getLast().path("result"))).isEqualTo("Here I am.");
    }

    @Test
    void whoHasNoTimeAsksLater() {
        models.answers(ScriptedModels.text("At last."));
        JsonNode running = call("send_message", "{'agent_id':'" + mine + "','message':'Hurry','wait_seconds':0}");
        String run = running.path("structuredContent").path("run_id").asText();
        assertThat(text(running)).contains(run);
        assertThat(running.path("structuredContent").path("status").asText()).isEqualTo("running");
        assertThat(text(call("await_reply", "{'run_id':'" + run + "'}"))).isEqualTo("At last.");
    }

    @Test
    void memoryIsSearchedAndFilled() {
        JsonNode stored = call(
                        "insert_archival_memory",
                        "{'agent_id':'" + mine + "','text':'The boat is blue','tags':['sea']}")
                .path("structuredContent");
        assertThat(stored.path("tags").get(0).asText()).isEqualTo("sea");
        JsonNode hits = call("search_archival_memory", "{'agent_id':'" + mine + "','query':'blue boat'}")
                .path("structuredContent")
                .path("passages");
        assertThat(hits).hasSize(1);
        assertThat(hits.get(0).path("text").asText()).isEqualTo("The boat is blue");
    }

    @Test
    void blocksAreReadAndEdited() {
        String at = "'agent_id':'" + mine + "','label':'human'";
        assertThat(call("list_blocks", "{'agent_id':'" + mine + "'}")
                        .path("structuredContent")
                        .path("blocks"))
                .hasSize(2);
        assertThat(call("read_block", "{" + at + "}")
                        .path("structuredContent")
                        .path("value")
                        .asText())
                .isEqualTo("likes tea");
        assertThat(call("edit_block", "{" + at + ",'old_string':'tea','new_string':'coffee'}")
                        .path("structuredContent")
                        .path("value")
                        .asText())
                .isEqualTo("likes coffee");
        assertThat(text(call("edit_block", "{" + at + ",'old_string':'milk','new_string':'x'}")))
                .contains("did not appear");
        assertThat(text(call("edit_block", "{" + at + "}"))).contains("either value, or old_string");
        call("edit_block", "{" + at + ",'value':'new'}");
        assertThat(house.web
                        .get("/v1/agents/" + mine + "/core-memory/blocks/human")
                        .json()
                        .path("value")
                        .asText())
                .isEqualTo("new");
        JsonNode refused = call("edit_block", "{'agent_id':'" + mine + "','label':'rules','value':'x'}");
        assertThat(refused.path("isError").asBoolean()).isTrue();
        assertThat(text(refused)).contains("read-only");
    }

    @Test
    void wrongArgumentsAreSentencesForTheModel() {
        for (String[] wrong : new String[][] {
            {"{}", "agent_id is missing"},
            {"{'agent_id':'Ada'}", "agent- and a UUID"},
            {"{'agent_id':'" + mine + "','message':7}", "must be a text"},
            {"{'agent_id':'" + mine + "','message':'x','wait_seconds':1.5}", "whole number from 0"},
            {"{'agent_id':'" + mine + "','message':'x','model':'y'}", "no argument model"},
            {"{'agent_id':'" + mine + "','message':' '}", "blank"},
            {"{'agent_id':'agent-123e4567-e89b-42d3-8456-426614174000','message':'x'}", "agent-123e4567"}
        }) {
            JsonNode result = call("send_message", wrong[0]);
            assertThat(result.path("isError").asBoolean()).as(wrong[0]).isTrue();
            assertThat(text(result)).contains(wrong[1]);
        }
    }

    @Test
    void aReadOnlyKeySeesAndCallsWhatReads() {
        String key = key("read_only", "");
        String[] with = {"authorization", "Bearer " + key};
        assertThat(listed(key))
                .containsExactly("list_agents", "await_reply", "search_archival_memory", "list_blocks", "read_block");
        assertThat(call("list_agents", "{}", with).path("structuredContent").path("agents"))
                .hasSize(2);
        JsonNode refused = call("edit_block", "{'agent_id':'" + mine + "','label':'human','value':'x'}", with);
        assertThat(text(refused)).isEqualTo("This API key is read-only.");
        assertThat(text(call("send_message", "{'agent_id':'" + mine + "','message':'x'}", with)))
                .isEqualTo("This API key is read-only.");
    }

    @Test
    void anAgentsKeyReachesThatAgentAlone() {
        String[] with = {"authorization", "Bearer " + key("agent", ",'agent_ids':['" + mine + "']")};
        JsonNode found =
                call("list_agents", "{}", with).path("structuredContent").path("agents");
        assertThat(found).hasSize(1);
        assertThat(found.get(0).path("id").asText()).isEqualTo(mine);
        models.answers(ScriptedModels.text("Yes."));
        JsonNode reply = call("send_message", "{'agent_id':'" + mine + "','message':'x'}", with);
        String run = reply.path("structuredContent").path("run_id").asText();
        assertThat(text(reply)).isEqualTo("Yes.");
        assertThat(text(call("await_reply", "{'run_id':'" + run + "'}", with))).isEqualTo("Yes.");
        for (String tool : List.of("list_blocks", "search_archival_memory")) {
            String query = tool.startsWith("s") ? ",'query':'x'" : "";
            assertThat(text(call(tool, "{'agent_id':'" + other + "'" + query + "}", with)))
                    .contains("reaches only its agents");
        }
        models.answers(ScriptedModels.text("No."));
        String foreign = call("send_message", "{'agent_id':'" + other + "','message':'x'}")
                .path("structuredContent")
                .path("run_id")
                .asText();
        assertThat(text(call("await_reply", "{'run_id':'" + foreign + "'}", with)))
                .contains("reaches only its agents");
    }

    @Test
    void theDoorIsTheSameAsForEverything() {
        String ping = "{'jsonrpc':'2.0','id':1,'method':'ping'}";
        assertThat(post(ping, "x-forwarded-for", "10.0.0.1").status()).isEqualTo(401);
        assertThat(post(ping, "x-forwarded-for", "10.0.0.1", "authorization", "Bearer right")
                        .status())
                .isEqualTo(200);
        assertThat(post(ping, "authorization", "Bearer sk-mneme-nothing").status())
                .isEqualTo(401);
        assertThat(post(ping, "origin", "https://evil.example").status()).isEqualTo(403);
        // a page that knows the password is no page of ours for all that
        assertThat(post(ping, "origin", "https://evil.example", "authorization", "Bearer right")
                        .status())
                .isEqualTo(403);
        assertThat(post(ping, "origin", "http://localhost:8283").status()).isEqualTo(200);
        assertThat(post(ping, "content-type", "text/plain").status()).isEqualTo(400);
        String token = house.web
                .post(
                        "/v1/client-side-access-tokens",
                        "{'hostname':'https://app.example','policy':[{'type':'agent','id':'" + mine
                                + "','access':['read_messages']}]}")
                .json()
                .path("token")
                .asText();
        assertThat(token).isNotEmpty();
        assertThat(post(ping, "authorization", "Bearer " + token, "origin", "https://app.example")
                        .status())
                .isEqualTo(403);
    }
}
