package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that speaks, the companion that keeps its memory, and the tools of both. */
@Timeout(60)
class VoiceRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    private final List<String> given = new CopyOnWriteArrayList<>();
    private volatile List<List<ModelEvent>> keeping = List.of();
    private String agent = "";
    private String companion = "";

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @BeforeEach
    void agents() {
        JsonNode made = web.post(
                        "/v1/agents/",
                        "{'agent_type':'voice_convo_agent','enable_sleeptime':true,'memory_blocks':[{'label':'human','value':'Name: Ada'}]}")
                .json();
        agent = made.path("id").asText();
        JsonNode group = made.path("managed_group");
        companion = group.path("agent_ids").path(0).asText();
        assertThat(web.patch(
                                "/v1/groups/" + group.path("id").asText(),
                                "{'manager_config':{'manager_type':'voice_sleeptime','manager_agent_id':'" + agent
                                        + "','max_message_buffer_length':6,'min_message_buffer_length':5}}")
                        .status())
                .isEqualTo(200);
        MODELS.answer(request -> request.agentId().equals(companion) ? keep(request) : speak(request));
    }

    private List<ModelEvent> speak(ModelRequest request) {
        String heard = request.history().stream()
                .filter(row -> row.role() == Role.USER)
                .map(Message::text)
                .toList()
                .getLast();
        if (heard.contains("remember") && request.history().getLast().role() == Role.USER) {
            return ScriptedModels.call(
                    "search_memory", "{\"convo_keyword_queries\":[\"cat\"],\"request_heartbeat\":true}");
        }
        return ScriptedModels.call("send_message", "{\"message\":\"I see\"}");
    }

    private List<ModelEvent> keep(ModelRequest request) {
        long done = request.history().stream()
                .dropWhile(row -> row.role() != Role.USER)
                .filter(row -> row.role() == Role.ASSISTANT)
                .count();
        if (done == 0) {
            given.add(request.history().getLast().text());
        }
        return keeping.get((int) Math.min(done, keeping.size() - 1));
    }

    private static JsonNode say(String agentId, String text) {
        Web.Reply reply = web.post("/v1/agents/" + agentId + "/messages", "{'input':'" + text + "'}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    private void kept() throws InterruptedException {
        JsonNode runs = Json.array();
        for (int i = 0; i < 800; i++) {
            runs = web.get("/v1/runs/?agent_id=" + companion).json();
            if (runs.size() == 1 && runs.path(0).path("status").asText().equals("completed")) {
                return;
            }
            Thread.sleep(25);
        }
        throw new AssertionError("the companion does not end: " + runs);
    }

    private static List<JsonNode> returns(String agentId, String tool) {
        JsonNode all = web.get("/v1/agents/" + agentId + "/messages?order=asc&limit=200")
                .json();
        List<JsonNode> out = new CopyOnWriteArrayList<>();
        all.forEach(message -> {
            if (message.path("message_type").asText().equals("tool_return_message")
                    && message.path("name").asText().equals(tool)) {
                out.add(message);
            }
        });
        return out;
    }

    private void threeTurns() {
        say(agent, "My cat is called\\nMiso");
        say(agent, "I live in Bern");
        say(agent, "Good night");
    }

    @Test
    void theCompanionKeepsWhatWasSaidAndTheAgentFindsIt() throws InterruptedException {
        keeping = List.of(
                ScriptedModels.call(
                        "store_memories",
                        "{\"chunks\":[{\"start_index\":1,\"end_index\":2,\"context\":\"Ada tells about her cat.\"}],\"request_heartbeat\":true}"),
                ScriptedModels.call(
                        "rethink_user_memory", "{\"new_memory\":\"Ada has a cat, Miso.\",\"request_heartbeat\":true}"),
                ScriptedModels.call("finish_rethinking_memory", "{}"));
        threeTurns();
        kept();

        // the newest messages, at most five, are in the speaker's own view and not read yet
        assertThat(given).hasSize(1);
        assertThat(given.getFirst()).contains("\n1. user: My cat is called Miso\n2. assistant: I see");
        assertThat(given.getFirst()).doesNotContain("Bern");
        JsonNode passages = web.get("/v1/agents/" + agent + "/archival-memory").json();
        assertThat(passages).hasSize(1);
        assertThat(passages.path(0).path("text").asText())
                .isEqualTo("Ada tells about her cat.\nuser: My cat is called Miso\nassistant: I see");
        assertThat(web.get("/v1/agents/" + companion + "/archival-memory").json())
                .isEmpty();
        assertThat(web.get("/v1/agents/" + agent + "/core-memory/blocks/human")
                        .json()
                        .path("value")
                        .asText())
                .isEqualTo("Ada has a cat, Miso.");
        assertThat(returns(companion, "finish_rethinking_memory")
                        .getFirst()
                        .path("status")
                        .asText())
                .isEqualTo("success");

        say(agent, "Do you remember my pet?");
        String found =
                returns(agent, "search_memory").getFirst().path("tool_return").asText();
        assertThat(found).contains("Ada tells about her cat.").contains("My cat is called");
    }

    @Test
    void linesThatAreNotThereAndTooManyPiecesAreRefused() throws InterruptedException {
        String one = "{\"start_index\":1,\"end_index\":1,\"context\":\"x\"}";
        keeping = List.of(
                ScriptedModels.call(
                        "store_memories",
                        "{\"chunks\":[{\"start_index\":0,\"end_index\":2,\"context\":\"x\"}],\"request_heartbeat\":true}"),
                ScriptedModels.call(
                        "store_memories",
                        "{\"chunks\":[" + one
                                + ",{\"start_index\":2,\"end_index\":99,\"context\":\"x\"}],\"request_heartbeat\":true}"),
                ScriptedModels.call(
                        "store_memories",
                        "{\"chunks\":[" + (one + ",").repeat(50) + one + "],\"request_heartbeat\":true}"),
                ScriptedModels.call("store_memories", "{\"chunks\":[{\"start_index\":1}],\"request_heartbeat\":true}"),
                ScriptedModels.call("store_memories", "{\"chunks\":[],\"request_heartbeat\":true}"),
                ScriptedModels.call("finish_rethinking_memory", "{}"));
        threeTurns();
        kept();

        List<JsonNode> refused = returns(companion, "store_memories");
        assertThat(refused)
                .hasSize(5)
                .allMatch(one1 -> one1.path("status").asText().equals("error"));
        assertThat(refused.get(0).path("tool_return").asText())
                .contains("There are no lines 0 to 2: they are numbered from 1 to 3");
        assertThat(refused.get(1).path("tool_return").asText()).contains("There are no lines 2 to 99");
        assertThat(refused.get(2).path("tool_return").asText()).contains("chunks has 51 pieces, more than 50");
        assertThat(refused.get(3).path("tool_return").asText()).contains("A piece needs start_index and end_index");
        assertThat(refused.get(4).path("tool_return").asText()).contains("at least one piece");
        assertThat(web.get("/v1/agents/" + agent + "/archival-memory").json()).isEmpty();
    }

    @Test
    void searchesHaveATimeSpanAndALimit() {
        say(agent, "My cat is called Miso");
        String path = "/v1/agents/" + agent + "/tools/search_memory/run";
        JsonNode found = web.post(path, "{'args':{'convo_keyword_queries':['cat'],'start_minutes_ago':5}}")
                .json()
                .path("func_return");
        assertThat(found.path("results").findValuesAsText("content")).contains("My cat is called Miso");
        assertThat(web.post(path, "{'args':{'convo_keyword_queries':['cat'],'end_minutes_ago':5}}")
                        .json()
                        .path("func_return")
                        .path("results"))
                .isEmpty();
        // whichever way round
        assertThat(web.post(path, "{'args':{'start_minutes_ago':0,'end_minutes_ago':5}}")
                        .json()
                        .path("func_return")
                        .path("results"))
                .isNotEmpty();
        String many = "'a1','a2','a3','a4','a5','a6','a7','a8','a9','a10','a11'";
        JsonNode refused = web.post(path, "{'args':{'convo_keyword_queries':[" + many + "]}}")
                .json();
        assertThat(refused.path("status").asText()).isEqualTo("error");
        assertThat(refused.path("stderr").path(0).asText()).contains("has 11 entries, more than 10");
    }

    @Test
    void whoKeepsNobodysMemoryIsToldSo() {
        String alone = house.agent("{'agent_type':'voice_sleeptime_agent'}");
        JsonNode refused = web.post(
                        "/v1/agents/" + alone + "/tools/store_memories/run",
                        "{'args':{'chunks':[{'start_index':1,'end_index':1,'context':'x'}]}}")
                .json();
        assertThat(refused.path("status").asText()).isEqualTo("error");
        assertThat(refused.path("stderr").path(0).asText()).contains("There are no numbered lines to keep");
    }
}
