package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups that take messages: in turn, with a manager who names or concludes, blocking and streamed. */
@Timeout(60)
class GroupSendRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final Map<String, Function<ModelRequest, List<ModelEvent>>> MINDS = new ConcurrentHashMap<>();

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private String ann = "";
    private String bob = "";
    private String boss = "";

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
        MODELS.answer(request -> MINDS.getOrDefault(request.agentId(), r -> ScriptedModels.text("ok"))
                .apply(request));
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @BeforeEach
    void agents() {
        ann = house.agent("{'name':'Ann'}");
        bob = house.agent("{'name':'Bob'}");
        boss = house.agent("{'name':'Boss'}");
        MINDS.put(ann, request -> ScriptedModels.text("Ann here"));
        MINDS.put(bob, request -> ScriptedModels.text("Bob here"));
    }

    private String group(String config) {
        return web.post(
                        "/v1/groups/",
                        "{'agent_ids':['" + ann + "','" + bob + "'],'description':'team','manager_config':" + config
                                + "}")
                .json()
                .path("id")
                .asText();
    }

    private static List<String> said(JsonNode response) {
        List<String> out = new ArrayList<>();
        response.path("messages")
                .forEach(message -> out.add(message.path("name").asText() + ": "
                        + message.path("content").asText()));
        return out;
    }

    private static List<String> heard(String agentId) {
        List<String> out = new ArrayList<>();
        web.get("/v1/agents/" + agentId + "/messages?order=asc").json().forEach(message -> {
            if (!message.path("message_type").asText().equals("assistant_message")) {
                out.add(message.path("content").asText());
            }
        });
        return out.subList(1, out.size());
    }

    @Test
    void membersSpeakInTurnAndHearEachOther() {
        String id = group("{'manager_type':'round_robin','max_turns':3}");
        Web.Reply reply = web.post("/v1/groups/" + id + "/messages", "{'input':'Hello all'}");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(said(reply.json())).containsExactly("Ann: Ann here", "Bob: Bob here", "Ann: Ann here");
        assertThat(reply.json().path("messages").path(1).path("sender_id").asText())
                .isEqualTo(bob);
        assertThat(reply.json().path("usage").path("step_count").asInt()).isEqualTo(3);
        assertThat(reply.json().path("stop_reason").path("stop_reason").asText())
                .isEqualTo("end_turn");
        assertThat(heard(ann)).containsExactly("Hello all", "Bob said: Bob here");
        assertThat(heard(bob)).containsExactly("Hello all", "Ann said: Ann here");
        JsonNode relayed = web.get("/v1/agents/" + bob + "/messages?order=asc&group_id=" + id)
                .json();
        assertThat(relayed).hasSize(3);
        assertThat(relayed.path(1).path("message_type").asText()).isEqualTo("system_message");
        assertThat(relayed.path(1).path("sender_id").asText()).isEqualTo(ann);
        List<String> whole = new ArrayList<>();
        web.get("/v1/groups/" + id + "/messages?limit=50")
                .json()
                .forEach(message -> whole.add(message.path("content").asText()));
        assertThat(whole).containsExactly("Hello all", "Ann here", "Bob here", "Ann here");
    }

    @Test
    void aManagerNamesWhoSpeaksUntilItSaysTheWord() {
        List<String> answers = new ArrayList<>(List.of("I think bob", "Bob once more", "DONE!"));
        MINDS.put(boss, request -> ScriptedModels.text(answers.removeFirst()));
        String id = group("{'manager_type':'dynamic','manager_agent_id':'" + boss + "'}");

        assertThat(said(web.post("/v1/groups/" + id + "/messages", "{'input':'Discuss'}")
                        .json()))
                .containsExactly("Bob: Bob here", "Ann: Ann here");
        assertThat(answers).isEmpty();
        assertThat(String.join("\n", heard(boss)))
                .contains("- Ann")
                .contains("- Bob")
                .contains("Bob said: Bob here");
    }

    @Test
    void aTalkEndsAtItsLimitOrAtAMembersWord() {
        MINDS.put(boss, request -> ScriptedModels.text("anybody"));
        String limited = group("{'manager_type':'dynamic','max_turns':4,'manager_agent_id':'" + boss + "'}");
        assertThat(said(web.post("/v1/groups/" + limited + "/messages", "{'input':'Go'}")
                        .json()))
                .containsExactly("Ann: Ann here", "Bob: Bob here", "Ann: Ann here", "Bob: Bob here");
        MINDS.put(bob, request -> ScriptedModels.text("FINIS"));
        String word = group("{'manager_type':'dynamic','termination_token':'FINIS','manager_agent_id':'" + boss + "'}");
        assertThat(said(web.post("/v1/groups/" + word + "/messages", "{'input':'Go'}")
                        .json()))
                .containsExactly("Ann: Ann here", "Bob: FINIS");
    }

    @Test
    void aSupervisorConcludesWhatAllReported() {
        MINDS.put(
                boss,
                request -> ScriptedModels.text(
                        request.history().stream().map(row -> row.text()).reduce("", (a, b) -> a + "|" + b)));
        String id = group("{'manager_type':'supervisor','manager_agent_id':'" + boss + "'}");

        assertThat(said(web.post("/v1/groups/" + id + "/messages", "{'input':'Report'}")
                        .json()))
                .containsExactly(
                        "Ann: Ann here", "Bob: Bob here", "Boss: |Report|Ann said: Ann here|Bob said: Bob here");
    }

    @Test
    void aStreamCarriesAllMembersAndEndsOnce() {
        String id = group("{'manager_type':'round_robin'}");
        Web.Reply reply = web.post("/v1/groups/" + id + "/messages/stream", "{'input':'Hello','stream_tokens':true}");
        List<String> kinds = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (String frame : reply.text().split("\n\n")) {
            String data = frame.replace("data: ", "");
            if (data.equals("[DONE]")) {
                kinds.add(data);
            } else {
                JsonNode event = Json.read(data, JsonNode.class);
                kinds.add(event.path("message_type").asText());
                if (event.has("content")) {
                    text.append(event.path("name").asText())
                            .append('+')
                            .append(event.path("content").asText());
                }
            }
        }

        assertThat(kinds)
                .containsExactly(
                        "ping",
                        "assistant_message",
                        "assistant_message",
                        "ping",
                        "assistant_message",
                        "assistant_message",
                        "stop_reason",
                        "usage_statistics",
                        "[DONE]");
        assertThat(text.toString()).isEqualTo("Ann+Ann Ann+hereBob+Bob Bob+here");
    }

    @Test
    void aMemberThatFailsEndsTheTalkAndEverybodyCanBeTalkedTo() {
        MINDS.put(bob, request -> ScriptedModels.refuse(ProblemCode.LLM_ERROR));
        String id = group("{'manager_type':'round_robin','max_turns':5}");
        Web.Reply refused = web.post("/v1/groups/" + id + "/messages", "{'input':'Go'}");
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.text()).contains("planned");
        assertThat(web.post("/v1/groups/" + id + "/messages/stream", "{'input':'Go'}")
                        .text())
                .contains("event: error")
                .endsWith("data: [DONE]\n\n");

        MINDS.put(bob, request -> ScriptedModels.text("back"));
        assertThat(web.post("/v1/agents/" + ann + "/messages", "{'input':'you?'}")
                        .status())
                .isEqualTo(200);
        assertThat(said(web.post("/v1/groups/" + id + "/messages", "{'input':'Again'}")
                        .json()))
                .hasSize(5);
    }

    @Test
    void refusals() {
        assertThat(web.post("/v1/groups/group-00000000-0000-4000-8000-00000000dead/messages", "{'input':'x'}")
                        .status())
                .isEqualTo(404);
        String empty = web.post("/v1/groups/", "{'agent_ids':[],'description':''}")
                .json()
                .path("id")
                .asText();
        assertThat(web.post("/v1/groups/" + empty + "/messages", "{'input':'x'}")
                        .status())
                .isEqualTo(400);
        assertThat(web.post("/v1/groups/" + group("{'manager_type':'round_robin'}") + "/messages", "{}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aSleeptimeGroupAnswersThroughItsManager() {
        JsonNode main = web.post("/v1/agents", "{'enable_sleeptime':true,'name':'Main'}")
                .json();
        MINDS.put(main.path("id").asText(), request -> ScriptedModels.text("main here"));
        String id = main.path("managed_group").path("id").asText();
        JsonNode response =
                web.post("/v1/groups/" + id + "/messages", "{'input':'hi'}").json();

        assertThat(said(response)).containsExactly("Main: main here");
        assertThat(response.path("usage").path("run_ids")).hasSize(1);
        JsonNode blocking = web.post("/v1/agents/" + main.path("id").asText() + "/messages", "{'input':'hi'}")
                .json();
        assertThat(blocking.path("usage").path("run_ids").isNull()).isTrue();
        assertThat(web.get("/v1/groups/" + id + "/messages").json()).hasSize(3);
    }
}
