package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.ProblemCode;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the model of a past step was sent, over HTTP (contract 12.3, decision 0036). */
class StepTraceTest {
    private static final ScriptedModels MODELS = new ScriptedModels();

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    /** Steps of an agent, oldest first. */
    private static List<String> steps(String agent) {
        List<String> ids = new ArrayList<>();
        web.get("/v1/steps/?order=asc&agent_id=" + agent)
                .json()
                .forEach(step -> ids.add(step.path("id").asText()));
        return ids;
    }

    private static JsonNode trace(String step) {
        return web.get("/v1/steps/" + step + "/trace").json();
    }

    @Test
    void theNewestStepsTellWhatTheModelReallySaw() {
        String agent =
                house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}],'secrets':{'TOKEN':'hush-hush'}}");
        String path = "/v1/agents/" + agent + "/messages";
        for (String said : List.of("first", "second", "third")) {
            MODELS.answers(ScriptedModels.text("Yes, " + said));
            web.post(path, "{'input':'" + said + "'}").json();
        }
        List<String> steps = steps(agent);
        assertThat(steps).hasSize(3);
        assertThat(trace(steps.getFirst()).isNull()).isTrue();

        // What was changed or deleted since does not change what was sent.
        web.patch("/v1/agents/" + agent + "/core-memory/blocks/human", "{'value':'Grace'}");
        web.patch("/v1/agents/" + agent + "/reset-messages", "{}");
        JsonNode last = trace(steps.getLast());
        assertThat(last.path("step_id").asText()).isEqualTo(steps.getLast());
        assertThat(last.path("agent_id").asText()).isEqualTo(agent);
        assertThat(last.path("id").asText()).startsWith("provider_trace-");
        assertThat(last.path("request_json").toString())
                .contains("Ada", "first", "Yes, second", "third")
                .doesNotContain("Grace", "Yes, third", "hush-hush");
        assertThat(trace(steps.get(1)).path("request_json").toString())
                .contains("second")
                .doesNotContain("third");
        assertThat(web.get("/v1/telemetry/" + steps.getLast()).json()).isEqualTo(last);
    }

    @Test
    void goesWithItsAgent() {
        String agent = house.agent("{}");
        MODELS.answers(ScriptedModels.text("Yes"));
        web.post("/v1/agents/" + agent + "/messages", "{'input':'hello'}").json();
        String step = steps(agent).getLast();
        assertThat(trace(step).path("request_json").isObject()).isTrue();
        web.delete("/v1/agents/" + agent);
        assertThat(trace(step).isNull()).isTrue();
    }

    @Test
    void whatWasSentToAModelThatFailedIsKeptToo() {
        String agent = house.agent("{}");
        MODELS.answer(request -> ScriptedModels.refuse(ProblemCode.LLM_ERROR));
        web.post("/v1/agents/" + agent + "/messages", "{'input':'can you hear me'}");
        assertThat(trace(steps(agent).getLast()).path("request_json").toString())
                .contains("can you hear me");
    }

    @Test
    void ofAnUnknownStepIsNothing() {
        assertThat(trace("step-123e4567-e89b-42d3-8456-426614174000").isNull()).isTrue();
    }
}
