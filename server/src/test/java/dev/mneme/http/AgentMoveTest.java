package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.LiveModels;
import dev.mneme.llm.LlmOptions;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.FakeProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Complete agent files: agents with everything they have move out and in (contract 10, decision 0028). */
class AgentMoveTest {
    @TempDir
    static Path folder;

    private static final FakeProvider PROVIDER = FakeProvider.start();
    private static LiveModels models;
    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        models = new LiveModels(LlmOptions.fromEnvironment(PROVIDER.environment())
                .withDefaults("openai/gpt-4o", "openai/text-embedding-3-small"));
        house = new House(folder, models, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
        models.close();
        PROVIDER.close();
    }

    private static String imported(JsonNode file) {
        Web.Reply reply = web.importFile(file.toString(), "append_copy_suffix", "false");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("agent_ids").path(0).asText();
    }

    private static ObjectNode complete(String id) {
        Web.Reply reply = web.get("/v1/agents/" + id + "/export?complete=true");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return (ObjectNode) reply.json();
    }

    /** The file without what a round trip may change (contract 10 §6). */
    private static ObjectNode comparable(ObjectNode file) {
        ObjectNode out = file.deepCopy();
        out.remove("created_at");
        out.path("agents").forEach(agent -> {
            agent.path("messages").forEach(message -> ((ObjectNode) message).remove("otid"));
            agent.path("files_agents")
                    .forEach(link -> ((ObjectNode) link).remove(List.of("id", "last_accessed_at", "file_name")));
        });
        out.path("tools").forEach(tool -> {
            if (tool.path("metadata_").path("mcp") instanceof ObjectNode mcp) {
                mcp.remove("server_id");
            }
        });
        out.path("sources").forEach(source -> ((ObjectNode) source).remove("name"));
        out.path("files")
                .forEach(entry -> ((ObjectNode) entry)
                        .remove(List.of("file_name", "processing_status", "total_chunks", "chunks_embedded")));
        return out;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatComesInGoesOutTheSame(long seed) {
        ObjectNode given = AgentFileSample.of(seed);
        ObjectNode first = complete(imported(given));
        ObjectNode second = complete(imported(first));
        assertThat(Json.indented(comparable(second))).isEqualTo(Json.indented(comparable(first)));
        for (String list : List.of(
                "agents", "groups", "blocks", "files", "sources", "tools", "mcp_servers", "archives", "identities")) {
            assertThat(first.path(list)).as(list).hasSameSizeAs(given.path(list));
        }
        for (int i = 0; i < 2; i++) {
            JsonNode was = given.path("agents").path(i);
            JsonNode is = first.path("agents").path(i);
            assertThat(is.path("messages").findValuesAsText("text").stream()
                            .filter(text -> !text.startsWith("{\n"))
                            .toList())
                    .containsAll(texts(was.path("messages"), "user"));
            assertThat(is.path("conversations")).hasSameSizeAs(was.path("conversations"));
            assertThat(is.path("system")).isEqualTo(was.path("system"));
        }
        assertThat(first.path("archives").path(0).path("passages"))
                .isEqualTo(given.path("archives").path(0).path("passages"));
        assertThat(first.path("files").path(0).path("content"))
                .isEqualTo(given.path("files").path(0).path("content"));
    }

    private static List<String> texts(JsonNode messages, String role) {
        return messages.valueStream()
                .filter(row -> row.path("role").asText().equals(role))
                .map(row -> row.path("content").path(0).path("text").asText())
                .toList();
    }

    @Test
    void theUsualExportTakesGroupsAndFilesButNoHistory() {
        String id = imported(AgentFileSample.of(77));
        JsonNode usual = web.get("/v1/agents/" + id + "/export").json();
        assertThat(usual.path("agents")).hasSize(2);
        assertThat(usual.path("groups")).hasSize(1);
        assertThat(usual.path("files").path(0).path("content").asText()).startsWith("alpha");
        assertThat(usual.has("archives")).isFalse();
        assertThat(usual.has("identities")).isFalse();
        JsonNode agent = usual.path("agents").path(0);
        assertThat(agent.has("conversations")).isFalse();
        assertThat(agent.path("messages")).hasSameSizeAs(agent.path("in_context_message_ids"));
        assertThat(agent.path("files_agents").path(0).path("visible_content").asText())
                .isEqualTo("1: alpha");
        JsonNode posted =
                web.post("/v1/agents/" + id + "/export", "{'complete':true}").json();
        assertThat(posted.path("archives")).hasSize(1);
        JsonNode scrubbed = web.get("/v1/agents/" + id + "/export?complete=true&scrub_messages=true")
                .json();
        assertThat(scrubbed.path("agents").path(0).path("messages")).isEmpty();
        assertThat(web.importFile(scrubbed.toString()).status()).isEqualTo(200);
    }

    @Test
    void whatCameInWorks() {
        ObjectNode given = AgentFileSample.of(78);
        ((ObjectNode) given.path("archives").path(0).path("passages").path(0)).put("text", "the heron sleeps standing");
        String id = imported(given);
        assertThat(web.get("/v1/agents/" + id + "/archival-memory/search?query=heron")
                        .text())
                .contains("sleeps standing");
        Web.Reply said = web.post("/v1/agents/" + id + "/messages", "{'messages':[{'role':'user','content':'hello'}]}");
        assertThat(said.status()).as(said.text()).isEqualTo(200);
        assertThat(web.get("/v1/agents/" + id + "?include=agent.sources").text())
                .contains("handbook 78");
    }

    @Test
    void aServerOfToolsKeepsItsAddressAndProgramsStayOut() {
        imported(AgentFileSample.of(79));
        ObjectNode hostile = AgentFileSample.of(79);
        ((ObjectNode) hostile.path("mcp_servers").path(0)).put("server_url", "https://thief.example/mcp");
        hostile.withArray("mcp_servers")
                .addObject()
                .put("id", "mcp_server-1")
                .put("server_type", "stdio")
                .put("server_name", "shell")
                .putObject("stdio_config")
                .put("command", "rm");
        Web.Reply reply = web.importFile(hostile.toString());
        assertThat(reply.json().path("warnings").toString()).contains("shell was left out");
        String servers = web.get("/v1/mcp-servers/").text();
        assertThat(servers).contains("maps.example").doesNotContain("thief").doesNotContain("shell");
    }

    @Test
    void passagesOfAnotherEmbedderAreFoundByTheirWords() {
        ObjectNode given = AgentFileSample.of(80);
        given.path("archives")
                .path(0)
                .path("passages")
                .forEach(one -> ((ObjectNode) one).put("embedding_model", "other/x"));
        ObjectNode out = complete(imported(given));
        Map<String, JsonNode> first =
                Map.of("p", out.path("archives").path(0).path("passages").path(0));
        assertThat(first.get("p").path("embedding_model").asText()).isNotEqualTo("other/x");
    }
}
