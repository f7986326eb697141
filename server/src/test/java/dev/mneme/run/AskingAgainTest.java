package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.Json;
import dev.mneme.llm.LiveModels;
import dev.mneme.message.StopReason;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.FakeProvider;
import dev.mneme.testkit.FakeStep;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model calls that are made again within a run: what a run spends on them, what people see of it, and what ends it. */
class AskingAgainTest {
    private static final String ORG = Deskware.ORG;

    @TempDir
    Path folder;

    private final FakeProvider fake = FakeProvider.start();
    private @Nullable Deskware ware;

    @AfterEach
    void close() {
        if (ware != null) {
            ware.close();
        }
        fake.close();
    }

    private Deskware ware(Map<String, String> more) {
        Deskware made = Deskware.on(folder, new LiveModels(fake.options(more)));
        ware = made;
        return made;
    }

    private static String agent(Deskware ware) {
        ObjectNode wish = Json.object().put("model", "openai/gpt-4o").put("include_base_tools", false);
        wish.putArray("tools").add("memory_insert");
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "Ada");
        return ware.agents
                .create(ORG, Deskware.USER, NewAgent.read(wish))
                .state()
                .id();
    }

    private static FakeStep busy(String after) {
        return FakeStep.fail(429, "{\"error\":{\"message\":\"slow down\"}}").header("Retry-After", after);
    }

    private static JsonNode retries(Deskware ware, String runId) {
        return ware.runs.get(ORG, runId).metadata().path("retries");
    }

    @Test
    void aRunTellsOfItsTriesAndGoesOn() {
        Deskware ware = ware(Map.of());
        String agent = agent(ware);
        fake.next(busy("0"), FakeStep.fail(503).header("Retry-After", "0"), FakeStep.say("there"));
        RunResult result = ware.send(agent, "hi");
        assertThat(result.rows()).extracting(Deskware::words).containsExactly("assistant there");
        JsonNode retries = retries(ware, result.runId());
        assertThat(retries).hasSize(2);
        assertThat(retries.path(0).path("error").asText())
                .contains("Rate limited by OpenAI")
                .contains("slow down");
        assertThat(retries.path(0).path("wait_ms").asLong()).isZero();
        assertThat(retries.path(0).path("model").asText()).isEqualTo("gpt-4o");
        assertThat(retries.path(0).path("step_id").asText())
                .isEqualTo(result.rows().getFirst().stepId());
        assertThat(retries.path(0).path("fallback").isNull()).isTrue();
    }

    @Test
    void theBudgetIsTheRunsNotTheCalls() {
        Deskware ware = ware(Map.of("MNEME_RETRY_ATTEMPTS", "3"));
        String agent = agent(ware);
        fake.next(
                busy("0"),
                busy("0"),
                FakeStep.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"tea\"}"),
                busy("0"),
                busy("0"),
                FakeStep.say("never said"));
        RunResult result = ware.send(agent, "hi");
        assertThat(result.result().reason()).isEqualTo(StopReason.LLM_API_ERROR);
        assertThat(fake.calls()).hasSize(5);
        assertThat(retries(ware, result.runId())).hasSize(3);
    }

    @Test
    void theFallbackAnswersWhenTheBudgetIsSpentAndTheStepNamesIt() {
        Deskware ware =
                ware(Map.of("MNEME_RETRY_ATTEMPTS", "1", "MNEME_FALLBACK_MODEL", "anthropic/claude-sonnet-4-5"));
        String agent = agent(ware);
        fake.next(busy("0"), busy("0"), FakeStep.say("from the other one"));
        RunResult result = ware.send(agent, "hi");
        assertThat(result.rows()).extracting(Deskware::words).containsExactly("assistant from the other one");
        assertThat(result.rows().getFirst().model()).isEqualTo("claude-sonnet-4-5");
        List<StepRow> steps = ware.runs.steps(ORG, StepFilter.ofRun(result.runId(), null, null, true, 10));
        assertThat(steps).extracting(StepRow::model).containsExactly("claude-sonnet-4-5");
        assertThat(retries(ware, result.runId()).path(1).path("fallback").asText())
                .isEqualTo("anthropic/claude-sonnet-4-5");
    }

    @Test
    void anEmptyAnswerHasANameOfItsOwn() {
        Deskware ware = ware(Map.of());
        String agent = agent(ware);
        fake.next(FakeStep.trick(FakeStep.Trick.EMPTY));
        RunResult result = ware.send(agent, "hi");
        assertThat(result.result().reason()).isEqualTo(StopReason.INVALID_LLM_RESPONSE);
        assertThat(result.result().failure().errorType()).isEqualTo("llm_empty_response");
    }

    @Test
    void aCallThatCannotBeReadIsAskedForOnceMore() {
        ScriptedModels models = new ScriptedModels();
        models.answers(
                ScriptedModels.call("memory_insert", "{\"label\": \"human\", "),
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"tea\"}"),
                ScriptedModels.text("done"));
        Deskware ware = Deskware.on(folder, models);
        this.ware = ware;
        RunResult result = ware.send(ware.agent(), "go");
        assertThat(result.rows())
                .extracting(Deskware::words)
                .containsExactly("assistant calls memory_insert", "tool success: Name: Ada\ntea", "assistant done");
        assertThat(models.requests).hasSize(3);
        assertThat(models.requests.get(1).history()).hasSize(3);
        assertThat(models.requests
                        .get(1)
                        .history()
                        .getLast()
                        .toolReturns()
                        .getFirst()
                        .text())
                .contains("were not a JSON object")
                .contains("{\"label\": \"human\", ");
        assertThat(models.requests.get(2).history()).hasSize(3);
        assertThat(result.result().steps()).isEqualTo(2);
        assertThat(result.result().usage().totalTokens()).isEqualTo(36);
    }
}
