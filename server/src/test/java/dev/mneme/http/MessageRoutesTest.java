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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String NOBODY = "message-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private String agent = "";
    private String messages = "";

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
        agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}]}");
        messages = "/v1/agents/" + agent + "/messages";
        MODELS.answer(request -> request.history().getLast().text().equals("note it")
                ? ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"Likes tea\"}")
                : ScriptedModels.text("zebra"));
    }

    private void say(String text) {
        Web.Reply reply = web.post(messages, "{'input':'" + text + "'}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    private JsonNode listed() {
        return web.get(messages + "?order=asc").json();
    }

    private static List<String> kinds(JsonNode list) {
        List<String> out = new ArrayList<>();
        list.forEach(item -> out.add(item.path("message_type").asText().replace("_message", "")));
        return out;
    }

    @Test
    void aCallGoesWithItsReturn() {
        say("note it");
        assertThat(kinds(listed())).containsExactly("system", "user", "tool_call", "tool_return", "assistant");
        String call = listed().path(2).path("id").asText();
        String back = listed().path(3).path("id").asText();
        Web.Reply gone = web.delete(messages + "/" + back);
        assertThat(gone.text()).isEqualTo("{\"deleted\":[\"" + back + "\",\"" + call + "\"]}");
        assertThat(kinds(listed())).containsExactly("system", "user", "assistant");
        assertThat(web.get("/v1/agents/" + agent).json().path("message_ids")).hasSize(3);
        assertThat(web.get("/v1/agents/" + agent + "/context")
                        .json()
                        .path("num_recall_memory")
                        .asInt())
                .isEqualTo(3);
        assertThat(web.delete(messages + "/" + back).status()).isEqualTo(404);
        say("go on");
        assertThat(kinds(listed())).containsExactly("system", "user", "assistant", "user", "assistant");
    }

    @Test
    void whatIsGoneIsFoundNoMore() {
        say("the secret word is xylophone");
        String search = "{'query':'xylophone','agent_id':'" + agent + "'}";
        assertThat(web.post("/v1/messages/search", search).json()).isNotEmpty();
        web.delete(messages + "/" + listed().path(1).path("id").asText());
        assertThat(web.post("/v1/messages/search", search).json()).isEmpty();
        MODELS.answer(
                request -> ScriptedModels.text("I see " + request.history().size()));
        say("what do you see?");
        assertThat(listed().path(3).path("content").asText()).isEqualTo("I see 2");
    }

    @Test
    void whatStays() {
        say("hello");
        String system = listed().path(0).path("id").asText();
        assertThat(web.delete(messages + "/" + system).status()).isEqualTo(400);
        assertThat(web.delete(messages + "/" + NOBODY).status()).isEqualTo(404);
        assertThat(web.delete(messages + "/bad").status()).isEqualTo(422);
        assertThat(web.delete(messages).status()).isEqualTo(405);
        String other = house.agent("{}");
        String mine = listed().path(1).path("id").asText();
        assertThat(web.delete("/v1/agents/" + other + "/messages/" + mine).status())
                .isEqualTo(404);
        Web.Reply edit = web.patch(messages + "/" + mine, "{'content':'other'}");
        assertThat(edit.status()).isEqualTo(405);
        assertThat(edit.detail()).startsWith("Message editing is no longer supported.");
    }

    @Test
    void nothingIsTakenFromUnderARunningTurn() throws InterruptedException {
        say("hello");
        String mine = listed().path(1).path("id").asText();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MODELS.answer(request -> {
            asked.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return ScriptedModels.text("done");
        });
        Thread other = Thread.ofVirtual().start(() -> say("slow"));
        asked.await();
        Web.Reply refused = web.delete(messages + "/" + mine);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("run_id").asText()).startsWith("run-");
        goOn.countDown();
        other.join();
        assertThat(web.delete(messages + "/" + mine).status()).isEqualTo(200);
    }

    @Test
    void oneMessageIsReadInItsOwnOrder() {
        MODELS.answer(request -> request.history().getLast().toolReturns().isEmpty()
                ? ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"x\"}")
                : ScriptedModels.text("fin"));
        say("do");
        JsonNode pieces =
                web.get("/v1/messages/" + listed().path(4).path("id").asText()).json();
        assertThat(pieces.path(0).path("message_type").asText()).isEqualTo("assistant_message");
        assertThat(pieces.path(0).path("content").asText()).isEqualTo("fin");
    }

    @Test
    void resettingKeepsTheHistory() {
        say("hello");
        JsonNode reset =
                web.patch("/v1/agents/" + agent + "/reset-messages", "{}").json();
        assertThat(reset.path("message_ids")).hasSize(1);
        assertThat(listed()).hasSize(3);
        assertThat(web.patch("/v1/agents/" + agent + "/reset-messages", "{'add_default_initial_messages':true}")
                        .json()
                        .path("message_ids"))
                .hasSize(1);
        assertThat(web.send("PATCH", "/v1/agents/" + agent + "/reset-messages", null)
                        .status())
                .isEqualTo(422);
    }
}
