package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.Role;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs and steps by what they did, how long they took and whose they are. */
class RunMeasuresTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String RUNS = "/v1/_internal_runs/";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private static String agent = "";
    private static String other = "";
    private static String talked = "";
    private static String searched = "";
    private static String elsewhere = "";

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
        MODELS.answer(request -> request.history().getLast().role() == Role.USER
                        && request.history().getLast().text().startsWith("search")
                ? ScriptedModels.call(
                        "conversation_search", "{\"query\":\"\\\"name\\\":\\\"archival_memory_search\\\"\"}")
                : ScriptedModels.text("ok"));
        agent = house.agent("{'name':'one','project_id':'blue'}");
        other = house.agent("{'name':'two'}");
        talked = run(agent, "hello");
        searched = run(agent, "search for it");
        elsewhere = run(other, "hello");
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static String run(String agentId, String text) {
        web.post("/v1/agents/" + agentId + "/messages", "{'input':'" + text + "'}");
        return web.get("/v1/runs/?limit=1&agent_id=" + agentId)
                .json()
                .path(0)
                .path("id")
                .asText();
    }

    private static List<String> found(String query) {
        Web.Reply reply = web.get(RUNS + "?" + query);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return Web.words(reply.json(), "id");
    }

    @Test
    void byStepsToolsAndWhoseTheyAre() {
        assertThat(found("")).containsExactly(elsewhere, searched, talked);
        assertThat(found("step_count=2")).containsExactly(searched);
        assertThat(found("step_count=2&step_count_operator=gte")).containsExactly(searched);
        assertThat(found("step_count=1&step_count_operator=lte")).containsExactly(elsewhere, talked);
        assertThat(found("tools_used=conversation_search")).containsExactly(searched);
        assertThat(found("tools_used=nothing&tools_used=conversation_search")).containsExactly(searched);
        // a name in the arguments of a call is no call
        assertThat(found("tools_used=archival_memory_search")).isEmpty();
        String id = web.get("/v1/runs/" + searched + "/metrics")
                .json()
                .path("tools_used")
                .path(0)
                .asText();
        assertThat(found("tools_used=" + id)).containsExactly(searched);
        assertThat(found("project_id=blue")).containsExactly(searched, talked);
        assertThat(found("template_family=none")).isEmpty();
        assertThat(found("run_id=" + talked)).containsExactly(talked);
        assertThat(found("agent_id=" + other + "&statuses=completed")).containsExactly(elsewhere);
    }

    @Test
    void byTime() {
        JsonNode row = web.get("/v1/runs/" + searched).json();
        String at = URLEncoder.encode(row.path("created_at").asText(), StandardCharsets.UTF_8);
        assertThat(found("start_date=" + at)).containsExactly(elsewhere, searched);
        assertThat(found("end_date=" + at)).containsExactly(searched, talked);
    }

    @Test
    void byDuration() {
        List<JsonNode> rows = new ArrayList<>();
        web.get(RUNS).json().forEach(rows::add);
        rows.sort(Comparator.comparingLong(
                        (JsonNode row) -> row.path("total_duration_ns").asLong())
                .thenComparing(row -> row.path("id").asText()));
        List<String> rising = rows.stream().map(row -> row.path("id").asText()).toList();
        List<Long> took =
                rows.stream().map(row -> row.path("total_duration_ns").asLong()).toList();
        assertThat(took).doesNotHaveDuplicates();

        assertThat(found("order_by=duration&order=asc")).isEqualTo(rising);
        assertThat(found("order_by=duration")).isEqualTo(rising.reversed());
        assertThat(found("order_by=duration&order=asc&limit=1&after=" + rising.get(0)))
                .containsExactly(rising.get(1));
        assertThat(found("duration_operator=gt&duration_value=" + took.get(1))).containsExactly(rising.get(2));
        assertThat(found("duration_operator=lt&duration_value=" + took.get(1))).containsExactly(rising.get(0));
        assertThat(found("duration_operator=eq&duration_value=" + took.get(1))).containsExactly(rising.get(1));
        assertThat(found("duration_percentile=34")).containsExactly(rising.get(2));
        assertThat(found("duration_percentile=100")).isEmpty();
        assertThat(found("duration_percentile=33&order_by=duration&order=asc")).isEqualTo(rising.subList(1, 3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            duration_value=5            | 400 | duration_operator
            duration_operator=gt        | 400 | duration_value
            duration_operator=gte       | 422 | duration_operator
            duration_value=-1           | 422 | duration_value
            duration_percentile=0       | 422 | duration_percentile
            duration_percentile=101     | 422 | duration_percentile
            step_count=many             | 422 | step_count
            step_count_operator=about   | 422 | step_count_operator
            order_by=size               | 422 | order_by
            start_date=soon             | 422 | start_date
            statuses=bogus              | 400 | bogus
            limit=0                     | 422 | limit
            """)
    void refusals(String query, int status, String named) {
        Web.Reply reply = web.get(RUNS + "?" + query);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.text()).contains(named);
    }

    @Test
    void stepsTellTheirProjectAndAreFoundByIt() {
        JsonNode blue = web.get("/v1/steps/?project_id=blue").json();
        assertThat(blue).hasSize(3);
        assertThat(blue).allMatch(step -> step.path("project_id").asText().equals("blue"));
        assertThat(web.get("/v1/steps/?project_id=green").json()).isEmpty();
        JsonNode plain = web.get("/v1/steps/?agent_id=" + other).json().path(0);
        assertThat(plain.path("project_id").isNull()).isTrue();
        String id = blue.path(0).path("id").asText();
        assertThat(web.get("/v1/steps/" + id).json().path("project_id").asText())
                .isEqualTo("blue");
        assertThat(web.get("/v1/steps/" + id + "/metrics")
                        .json()
                        .path("project_id")
                        .asText())
                .isEqualTo("blue");
        String cursor = blue.path(1).path("id").asText();
        assertThat(web.get("/v1/steps/?project_id=blue&limit=1&after=" + cursor)
                        .json()
                        .path(0)
                        .path("id")
                        .asText())
                .isEqualTo(blue.path(2).path("id").asText());
    }
}
