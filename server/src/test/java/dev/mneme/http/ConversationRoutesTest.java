package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String ALL = "/v1/conversations/";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private String agent = "";

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
    void anAgent() {
        agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'},{'label':'notes','value':'none'}]}");
        MODELS.answer(request ->
                ScriptedModels.text("echo: " + request.history().getLast().text()));
    }

    private String begin(String body) {
        Web.Reply made = web.post(ALL + "?agent_id=" + agent, body);
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json().path("id").asText();
    }

    private static Web.Reply say(String thread, String text) {
        return web.post(
                ALL + thread + "/messages",
                "{'streaming':false,'messages':[{'role':'user','content':'" + text + "'}]}");
    }

    private static List<String> words(Web.Reply reply, String key) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return Web.words(reply.json(), key);
    }

    @Test
    void aLifeOfAConversation() {
        Web.Reply made = web.post(ALL + "?agent_id=" + agent, "{'summary':'first','unknown':1}");
        assertThat(made.json().path("in_context_message_ids")).isEmpty();
        String id = made.json().path("id").asText();
        assertThat(id).matches("conv-[0-9a-f-]{36}");

        Web.Reply answer = say(id, "hello");
        assertThat(answer.json().path("messages").path(0).path("content").asText())
                .as(answer.text())
                .isEqualTo("echo: hello");
        JsonNode run = web.get("/v1/runs/?conversation_id=" + id).json().path(0);
        assertThat(run.path("status").asText()).isEqualTo("completed");
        assertThat(run.path("conversation_id").asText()).isEqualTo(id);
        assertThat(run.path("metadata").path("run_type").asText()).isEqualTo("send_conversation_message");

        assertThat(words(web.get(ALL + id + "/messages"), "message_type"))
                .containsExactly("assistant_message", "user_message", "system_message");
        JsonNode read = web.get(ALL + id).json();
        assertThat(read.path("in_context_message_ids")).hasSize(3);
        assertThat(read.path("last_message_at").isTextual()).isTrue();
        assertThat(web.patch(ALL + id, "{'summary':'renamed','model':null}")
                        .json()
                        .path("summary")
                        .asText())
                .isEqualTo("renamed");
        assertThat(words(web.get("/v1/agents/" + agent + "/messages?conversation_id=default"), "message_type"))
                .containsExactly("system_message");

        assertThat(web.delete(ALL + id).text()).isEqualTo("null");
        assertThat(web.get(ALL + id).status()).isEqualTo(404);
        assertThat(web.get(ALL + id + "/messages").text()).isEqualTo("[]");
        assertThat(say(id, "still there?").status()).isEqualTo(404);
        assertThat(words(web.get("/v1/agents/" + agent + "/messages"), "message_type"))
                .containsExactly("system_message");
        assertThat(web.get("/v1/agents/" + agent + "/context")
                        .json()
                        .path("num_recall_memory")
                        .asInt())
                .isEqualTo(1);
    }

    /** Rows 0 to 6 (contract 03 §6). */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|6 5 4 3 2 1 0",
                "after=2&limit=2|6 5",
                "before=3&limit=2|2 1",
                "order=asc&after=2&limit=2|3 4",
                "order=asc&before=3&limit=2|0 1",
                "limit=0|''",
                "after=message-nobody|6 5 4 3 2 1 0"
            })
    void pagesOfMessages(String query, String expected) {
        String id = begin("{}");
        for (int i = 0; i < 3; i++) {
            say(id, "t" + i);
        }
        List<String> ids = words(web.get(ALL + id + "/messages?order=asc"), "id");
        assertThat(ids).hasSize(7);
        String asked =
                query.replace("=2&limit", "=" + ids.get(2) + "&limit").replace("=3&limit", "=" + ids.get(3) + "&limit");
        List<String> got = words(web.get(ALL + id + "/messages?" + asked), "id").stream()
                .map(one -> String.valueOf(ids.indexOf(one)))
                .toList();
        assertThat(String.join(" ", got)).isEqualTo(expected);
    }

    @Test
    void listsFollowTheirOrder() {
        String first = begin("{'summary':'Alpha'}");
        String second = begin("{'summary':'beta'}");
        String third = begin("{'summary':'alphabet'}");
        say(second, "hi");
        String mine = ALL + "?agent_id=" + agent;
        assertThat(words(web.get(mine), "id")).containsExactly(third, second, first);
        assertThat(words(web.get(mine + "&limit=1&after=" + third), "id")).containsExactly(second);
        assertThat(words(web.get(mine + "&order=asc&after=" + first), "id")).containsExactly(second, third);
        assertThat(words(web.get(mine + "&summary_search=alpha"), "id")).containsExactly(third);
        assertThat(words(web.get(mine + "&order_by=last_message_at"), "id").getFirst())
                .isEqualTo(second);
        assertThat(words(web.get(mine + "&order_by=last_run_completion&order=asc"), "id")
                        .getFirst())
                .isEqualTo(second);
        assertThat(words(web.get(mine + "&order_by=last_message_at&after=" + second), "id"))
                .hasSize(2);
        assertThat(web.get(mine + "&limit=0").text()).isEqualTo("[]");
        assertThat(web.get(mine + "&after=conv-none").status()).isEqualTo(404);
        assertThat(web.get(ALL + "?agent_id=agent-none").text()).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|default|422",
                "PATCH|default|422",
                "DELETE|conv-1|422",
                "GET|agent-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e|422",
                "GET|conv-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e|404",
                "DELETE|conv-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e|404",
            })
    void idsAreLookedAt(String method, String id, int status) {
        assertThat(web.send(method, ALL + id, method.equals("PATCH") ? "{}" : null)
                        .status())
                .isEqualTo(status);
    }

    @Test
    void refusals() {
        assertThat(web.post(ALL, "{}").status()).isEqualTo(422);
        assertThat(web.post(ALL + "?agent_id=agent-none", "{}").detail()).isEqualTo("Agent not found");
        Web.Reply label = web.post(ALL + "?agent_id=" + agent, "{'isolated_block_labels':['nope']}");
        assertThat(label.status()).isEqualTo(400);
        assertThat(label.detail())
                .isEqualTo("INVALID_ARGUMENT: Block with label 'nope' not found on agent '" + agent + "'");
        assertThat(say("default", "hi").status()).isEqualTo(404);
        assertThat(web.get(ALL + "default/messages").text()).isEqualTo("[]");
        String id = begin("{'model':'nobody/knows-this'}");
        assertThat(say(id, "hi").status()).isEqualTo(404);
        assertThat(web.post(ALL + id + "/messages", "{'streaming':false,'background':true,'input':'x'}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void theDefaultThreadGoesByDefaultOrByTheAgent() {
        String body = "{'streaming':false,'agent_id':'" + agent + "','input':'hello'}";
        assertThat(web.post(ALL + "default/messages", body).status()).isEqualTo(200);
        assertThat(say(agent, "again").status()).isEqualTo(200);
        assertThat(words(web.get(ALL + "default/messages?agent_id=" + agent), "message_type"))
                .hasSize(5)
                .startsWith("system_message", "user_message");
        assertThat(web.get("/v1/agents/" + agent).json().path("message_ids")).hasSize(5);
        assertThat(web.get("/v1/runs/?agent_id=" + agent)
                        .json()
                        .path(0)
                        .path("conversation_id")
                        .isNull())
                .isTrue();
    }

    @Test
    void streamsUnlessToldOtherwise() {
        String id = begin("{}");
        Web.Reply stream = web.post(ALL + id + "/messages", "{'input':'hello'}");
        assertThat(stream.header("content-type")).startsWith("text/event-stream");
        assertThat(stream.text())
                .contains("\"message_type\":\"ping\"")
                .contains("echo: hello")
                .endsWith("[DONE]\n\n");
        // A background run can be read again by its id, by its message's otid, and not without either once it has
        // ended.
        web.post(
                ALL + id + "/messages",
                "{'background':true,'messages':[{'role':'user','content':'more','otid':'my-own-id'}]}");
        String run = web.get("/v1/runs/?conversation_id=" + id)
                .json()
                .path(0)
                .path("id")
                .asText();
        String again = ALL + id + "/stream";
        assertThat(web.post(again, "{'otid':'my-own-id','starting_after':2}").text())
                .doesNotContain("ping")
                .contains("stop_reason")
                .endsWith("[DONE]\n\n");
        assertThat(web.post(again, "{'run_id':'" + run + "'}").text()).contains("echo: more");
        assertThat(web.post(again, "{}").detail())
                .isEqualTo("INVALID_ARGUMENT: No active runs found for this conversation.");
        assertThat(web.send("POST", again, null).status()).isEqualTo(400);
        assertThat(web.post(again, "{'otid':'nobody'}").status()).isEqualTo(404);
        assertThat(web.post(again, "{'run_id':'bad'}").status()).isEqualTo(400);
    }

    @Test
    void conversationsOfOneAgentRunAtOnce() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        MODELS.answer(request -> {
            both.countDown();
            try {
                return ScriptedModels.text(both.await(10, TimeUnit.SECONDS) ? "together" : "alone");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        String one = begin("{}");
        String two = begin("{}");
        List<String> said = new ArrayList<>();
        Thread other = Thread.ofVirtual().start(() -> say(one, "a"));
        said.add(say(two, "b").json().path("messages").path(0).path("content").asText());
        other.join();
        assertThat(said).containsExactly("together");
    }

    @Test
    void aForkSharesRowsAndOutlivesItsOrigin() {
        String origin = begin("{'summary':'old','isolated_block_labels':['notes']}");
        say(origin, "one");
        String fork = web.post(ALL + origin + "/fork", "").json().path("id").asText();
        JsonNode forked = web.get(ALL + fork).json();
        assertThat(forked.path("summary").isNull()).isTrue();
        assertThat(forked.path("isolated_block_ids")).isEmpty();
        say(fork, "two");
        assertThat(words(web.get(ALL + fork + "/messages?order=asc"), "content").subList(1, 5))
                .containsExactly("one", "echo: one", "two", "echo: two");
        assertThat(words(web.get(ALL + origin + "/messages"), "id")).hasSize(3);
        assertThat(words(web.get(ALL + fork + "/messages"), "id"))
                .containsAll(words(web.get(ALL + origin + "/messages"), "id").subList(0, 2));
        web.delete(ALL + origin);
        assertThat(words(web.get(ALL + fork + "/messages?order=asc"), "content").subList(1, 5))
                .containsExactly("one", "echo: one", "two", "echo: two");
        assertThat(say(fork, "three").status()).isEqualTo(200);
        web.delete(ALL + fork);
        assertThat(words(web.get("/v1/agents/" + agent + "/messages"), "message_type"))
                .containsExactly("system_message");

        web.post(ALL + "default/messages", "{'streaming':false,'agent_id':'" + agent + "','input':'main'}");
        String ofDefault = web.post(ALL + "default/fork?agent_id=" + agent, "")
                .json()
                .path("id")
                .asText();
        assertThat(words(web.get(ALL + ofDefault + "/messages"), "content")).startsWith("echo: main", "main");
    }

    @Test
    void isolatedBlocksArePrivate() {
        String id = begin("{'isolated_block_labels':['notes']}");
        String copy =
                web.get(ALL + id).json().path("isolated_block_ids").path(0).asText();
        MODELS.answer(request -> request.history().getLast().toolReturns().isEmpty()
                ? ScriptedModels.call("memory_insert", "{\"label\":\"notes\",\"new_string\":\"private\"}")
                : ScriptedModels.text(request.system()));
        Web.Reply said = say(id, "remember");
        assertThat(said.json().path("messages").findValuesAsText("content").toString())
                .as(said.text())
                .contains("private")
                .contains("CONVERSATION_ID: " + id);
        assertThat(web.get("/v1/blocks/" + copy).json().path("value").asText()).contains("private");
        assertThat(web.get("/v1/agents/" + agent + "/core-memory/blocks/notes")
                        .json()
                        .path("value")
                        .asText())
                .isEqualTo("none");
        // An edit over REST is in the prompt of the conversation's next turn, and in a compilation.
        web.patch("/v1/blocks/" + copy, "{'value':'from outside'}");
        assertThat(web.post(ALL + id + "/recompile?dry_run=true", "").text()).contains("from outside");
        assertThat(web.get("/v1/agents/" + agent + "/context?conversation_id=" + id)
                        .json()
                        .path("core_memory")
                        .asText())
                .contains("from outside");
        web.delete(ALL + id);
        assertThat(web.get("/v1/blocks/" + copy).status()).isEqualTo(404);
        assertThat(web.get("/v1/agents/" + agent + "/core-memory/blocks/notes").status())
                .isEqualTo(200);
    }

    @Test
    void aConversationHasItsOwnModel() {
        String id = begin("{'model':'anthropic/claude-sonnet-4-5','model_settings':"
                + "{'provider_type':'anthropic','temperature':0.5}}");
        JsonNode settings = web.get(ALL + id).json().path("model_settings");
        assertThat(settings.path("max_output_tokens").asInt()).isEqualTo(4096);
        List<String> asked = new ArrayList<>();
        MODELS.answer(request -> {
            asked.add(request.config().temperature() + " " + request.config().contextWindow());
            return ScriptedModels.text("ok");
        });
        String window = web.get("/v1/agents/" + agent)
                .json()
                .path("llm_config")
                .path("context_window")
                .asText();
        assertThat(say(id, "hi").status()).isEqualTo(200);
        assertThat(asked).containsExactly("0.5 " + window);
    }

    @Test
    void anAgentTakesItsConversationsAlong() {
        String id = begin("{'isolated_block_labels':['notes']}");
        String copy =
                web.get(ALL + id).json().path("isolated_block_ids").path(0).asText();
        say(id, "hi");
        web.delete("/v1/agents/" + agent);
        assertThat(web.get(ALL + id).status()).isEqualTo(404);
        assertThat(web.get("/v1/blocks/" + copy).status()).isEqualTo(404);
    }

    @Test
    void aPreviewShowsTheCallAndStoresNothing() {
        String id = begin("{}");
        say(id, "one");
        JsonNode body = web.post(ALL + id + "/messages/preview-raw-payload", "{'input':'two'}")
                .json();
        assertThat(body.path("messages").findValuesAsText("content").subList(1, 4))
                .containsExactly("one", "echo: one", "two");
        assertThat(web.post("/v1/agents/" + agent + "/messages/preview-raw-payload", "{'input':'hi'}")
                        .json()
                        .path("messages"))
                .hasSize(2);
        assertThat(words(web.get(ALL + id + "/messages"), "id")).hasSize(3);
        assertThat(web.get("/v1/runs/?conversation_id=" + id).json()).hasSize(1);
    }
}
