package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.message.Content;
import dev.mneme.message.Usage;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compaction as clients see it: /summarize, streams, blocking answers, lists, the context overview. */
class CompactionRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private String agent = "";
    private int tokens = 20;

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
        agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}],'context_window_limit':4000}");
        MODELS.answer(request -> request.tools().isEmpty() ? said("They talked.", 30) : said("Hello there", tokens));
    }

    private static List<ModelEvent> said(String text, int total) {
        return List.of(
                new ModelEvent.TextDelta(text),
                new ModelEvent.Done(
                        List.of(new Content.Text(text)), List.of(), false, new Usage(total - 5, 5, total, 0, 0, 0)));
    }

    private Web.Reply send(String text, String more) {
        return web.post(
                "/v1/agents/" + agent + "/messages",
                "{'messages':[{'role':'user','content':'" + text + "'}]" + more + "}",
                "X-Stainless-Package-Version",
                "1.12.1");
    }

    private static List<JsonNode> events(Web.Reply reply) {
        List<JsonNode> out = new ArrayList<>();
        for (String frame : reply.text().split("\n\n")) {
            String data = frame.replaceFirst("^(?s).*data: ", "");
            out.add(data.startsWith("[") ? Json.object().put("message_type", data) : Json.read(data, JsonNode.class));
        }
        return out;
    }

    private static List<String> kinds(List<JsonNode> events) {
        return events.stream().map(event -> event.path("message_type").asText()).toList();
    }

    @Test
    void afterAStepTheEventAndTheSummaryStandBeforeTheStop() {
        send("one", "");
        send("two", "");
        tokens = 3_700;
        List<JsonNode> events =
                events(send("three", ",'streaming':true,'include_pings':false,'include_compaction_messages':true"));
        assertThat(kinds(events))
                .containsExactly(
                        "assistant_message",
                        "event_message",
                        "summary_message",
                        "stop_reason",
                        "usage_statistics",
                        "[DONE]");
        JsonNode event = events.get(1);
        assertThat(event.path("id").asText()).matches("[0-9a-f-]{36}");
        assertThat(event.path("otid").isNull()).isTrue();
        assertThat(event.path("event_type").asText()).isEqualTo("compaction");
        assertThat(event.path("event_data").toString())
                .isEqualTo(
                        "{\"trigger\":\"post_step_context_check\",\"context_token_estimate\":3700,\"context_window\":4000}");
        JsonNode summary = events.get(2);
        assertThat(summary.path("summary").asText()).isEqualTo("They talked.");
        assertThat(summary.path("otid").asText()).endsWith("0");
        assertThat(summary.path("step_id")).isEqualTo(events.getFirst().path("step_id"));
        JsonNode stats = summary.path("compaction_stats");
        assertThat(stats.path("context_tokens_before").asInt()).isEqualTo(3_700);
        assertThat(stats.path("messages_count_before").asInt()).isEqualTo(7);
        assertThat(events.get(4).path("context_tokens")).isEqualTo(stats.path("context_tokens_after"));
        assertThat(events.get(4).path("total_tokens").asInt()).isEqualTo(3_700);
        List<JsonNode> listed = new ArrayList<>();
        web.get("/v1/agents/" + agent + "/messages?order=asc").json().forEach(listed::add);
        JsonNode last = listed.getLast();
        assertThat(last.path("message_type").asText()).isEqualTo("user_message");
        assertThat(last.path("content").asText()).startsWith("{\n  \"type\": \"system_alert\"");
    }

    @Test
    void theContextOverviewShowsTheSummaryOfEitherRole() {
        for (String flag : List.of("true", "false")) {
            anAgent();
            tokens = 20;
            send("one", "");
            tokens = 3_700;
            send("two", ",'include_compaction_messages':" + flag);
            JsonNode seen = web.get("/v1/agents/" + agent + "/context").json();
            assertThat(seen.path("summary_memory").asText()).contains("They talked.");
            assertThat(seen.path("num_tokens_summary_memory").asInt()).isPositive();
        }
    }

    @Test
    void withoutTheFlagTheBlockingAnswerEndsWithThePackedText() {
        tokens = 3_700;
        JsonNode answer = send("one", "").json();
        assertThat(answer.path("messages")).hasSize(2);
        assertThat(answer.path("messages").get(1).path("message_type").asText()).isEqualTo("user_message");
        assertThat(answer.path("messages").get(1).path("content").asText()).contains("compaction_stats");
        assertThat(answer.path("usage").path("context_tokens").asInt()).isNotEqualTo(3_700);
    }

    @Test
    void aRefusalOnTheFirstCallShowsNoNumbersAndTheSummaryComesFirst() {
        send("one", "");
        send("two", "");
        AtomicInteger calls = new AtomicInteger();
        MODELS.answer(request -> {
            if (request.tools().isEmpty()) {
                return said("They talked.", 30);
            }
            if (calls.getAndIncrement() == 0) {
                throw new ModelException(
                        ProblemCode.LLM_CONTEXT_WINDOW, "too long", "CONTEXT_WINDOW_EXCEEDED: too long", null);
            }
            return said("Now it fits", 500);
        });
        List<JsonNode> events = events(send("three", ",'streaming':true,'include_pings':false"));
        assertThat(kinds(events))
                .containsExactly("user_message", "assistant_message", "stop_reason", "usage_statistics", "[DONE]");
        assertThat(events.get(1).path("content").asText()).isEqualTo("Now it fits");
    }

    @Test
    void summarizeAnswersWithTheCounts() {
        assertThat(web.post("/v1/agents/" + agent + "/summarize", "{}").text())
                .isEqualTo("{\"summary\":\"\",\"num_messages_before\":1,\"num_messages_after\":1}");
        for (int i = 0; i < 5; i++) {
            send("m" + i, "");
        }
        Web.Reply done = web.post("/v1/agents/" + agent + "/summarize", "{'compaction_settings':{'mode':'all'}}");
        assertThat(done.text())
                .isEqualTo("{\"summary\":\"They talked.\",\"num_messages_before\":11,\"num_messages_after\":2}");
        assertThat(MODELS.requests.getLast().system()).contains("its place");
        assertThat(web.post("/v1/agents/" + agent + "/summarize", "{}").text())
                .isEqualTo("{\"summary\":\"They talked.\",\"num_messages_before\":2,\"num_messages_after\":2}");
    }

    @Test
    void aConversationIsCompactedByItself() {
        send("one", "");
        String conversation = web.post("/v1/conversations/?agent_id=" + agent, "{}")
                .json()
                .path("id")
                .asText();
        for (int i = 0; i < 3; i++) {
            web.post(
                    "/v1/conversations/" + conversation + "/messages",
                    "{'messages':[{'role':'user','content':'there'}],'streaming':false}");
        }
        Web.Reply done =
                web.post("/v1/conversations/" + conversation + "/compact", "{'compaction_settings':{'mode':'all'}}");
        assertThat(done.text())
                .isEqualTo("{\"summary\":\"They talked.\",\"num_messages_before\":7,\"num_messages_after\":2}");
        JsonNode listed = web.get("/v1/conversations/" + conversation + "/messages?order=asc")
                .json();
        assertThat(listed.get(listed.size() - 1).path("content").asText()).contains("They talked.");
        assertThat(web.get("/v1/agents/" + agent + "/context")
                        .json()
                        .path("num_messages")
                        .asInt())
                .isEqualTo(3);
        send("two", "");
        assertThat(web.post(
                                "/v1/conversations/default/compact",
                                "{'agent_id':'" + agent + "','compaction_settings':{'mode':'all'}}")
                        .json()
                        .path("num_messages_before")
                        .asInt())
                .isEqualTo(5);
        assertThat(web.post("/v1/conversations/default/compact", "{}").status()).isEqualTo(404);
    }

    @Test
    void aConversationWithAModelOfItsOwnIsSummarisedByIt() {
        String conversation = web.post(
                        "/v1/conversations/?agent_id=" + agent,
                        "{'model_settings':{'provider_type':'openai','temperature':0.25}}")
                .json()
                .path("id")
                .asText();
        assertThat(web.post("/v1/conversations/" + conversation + "/compact", "{}")
                        .status())
                .as("nothing to compact, and no summary to show")
                .isEqualTo(400);
        for (int i = 0; i < 3; i++) {
            web.post(
                    "/v1/conversations/" + conversation + "/messages",
                    "{'messages':[{'role':'user','content':'there'}],'streaming':false}");
        }
        List<Double> heat = new ArrayList<>();
        MODELS.answer(request -> {
            heat.add(request.config().temperature());
            return said("They talked.", 30);
        });
        Web.Reply done = web.post(
                "/v1/conversations/" + conversation + "/compact",
                "{'compaction_settings':{'mode':'self_compact_all'}}");
        assertThat(done.status()).isEqualTo(200);
        assertThat(heat).containsExactly(0.25);
    }

    @Test
    void whatWouldNotGetSmallerIsRefusedInTheContractsWords() {
        MODELS.answer(request -> said("", 20));
        send("one", "");
        Web.Reply refused = web.post("/v1/agents/" + agent + "/summarize", "{}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("detail").asText())
                .isEqualTo(
                        "Summarization failed to reduce the number of messages. You may not have enough messages to compact or need to use a different CompactionSettings (e.g. using `all` mode).");
        assertThat(web.post("/v1/agents/agent-00000000-0000-4000-8000-000000000000/summarize", "{}")
                        .status())
                .isEqualTo(404);
        assertThat(web.post("/v1/agents/" + agent + "/summarize", "{'compaction_settings':{'mode':'some'}}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aSystemPromptThatFillsTheWindowIsA400() {
        agent = house.agent("{'context_window_limit':200,'system':'" + "word ".repeat(300) + "'}");
        tokens = 900;
        Web.Reply refused = send("hi", "");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("detail").asText())
                .matches("CONTEXT_WINDOW_EXCEEDED: The system prompt tokens \\d+ exceeds the context window 200\\. .*");
    }

    @Test
    void settingsForOneTimeAreCheckedAlsoWhereNothingIsToSummarise() {
        Web.Reply refused = web.post("/v1/agents/" + agent + "/summarize", "{'compaction_settings':{'mode':'bogus'}}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.detail()).contains("mode");
        assertThat(refused.json().path("trace_id").isTextual()).isTrue();
    }
}
