package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleRoutesTest {
    private static final String SAID = "'messages':[{'role':'user','content':'hello later'}]";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder, new ScriptedModels(), DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static String of(String agent) {
        return "/v1/agents/" + agent + "/schedule";
    }

    private static JsonNode until(String path, Predicate<JsonNode> done) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            JsonNode now = web.get(path).json();
            if (done.test(now)) {
                return now;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(web.get(path).text());
    }

    @Test
    void aMessageIsSentOnceAtItsTime() throws InterruptedException {
        String agent = house.agent("{}");
        long at = System.currentTimeMillis() + 300;
        Web.Reply made = web.post(
                of(agent), "{" + SAID + ",'max_steps':3,'schedule':{'type':'one-time','scheduled_at':" + at + "}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String path = of(agent) + "/" + made.json().path("id").asText();
        assertThat(made.json().path("next_scheduled_at").asText()).endsWith("Z");

        JsonNode planned = web.get(path).json();
        assertThat(planned.path("agent_id").asText()).isEqualTo(agent);
        assertThat(planned.path("message")
                        .path("messages")
                        .path(0)
                        .path("content")
                        .asText())
                .isEqualTo("hello later");
        assertThat(planned.path("message").path("max_steps").asInt()).isEqualTo(3);
        assertThat(planned.path("schedule").path("scheduled_at").asLong()).isEqualTo(at);

        JsonNode sent = until(path, row -> row.hasNonNull("last_run_id"));
        assertThat(sent.path("next_scheduled_time").isNull()).isTrue();
        JsonNode run = until("/v1/runs/" + sent.path("last_run_id").asText(), row -> row.hasNonNull("completed_at"));
        assertThat(run.path("metadata").path("run_type").asText()).isEqualTo("scheduled_message");
        assertThat(run.path("metadata").path("scheduled_message_id")).isEqualTo(sent.path("id"));
        assertThat(run.path("background").asBoolean()).isTrue();
        assertThat(web.get("/v1/agents/" + agent + "/messages").text()).contains("hello later");
        assertThat(web.delete(path).json().path("success").asBoolean()).isTrue();
        assertThat(web.get(path).status()).isEqualTo(404);
    }

    @Test
    void aRecurringMessageIsListedWithItsNextTime() {
        String agent = house.agent("{}");
        String body =
                "{" + SAID + ",'schedule':{'type':'recurring','cron_expression':'0 9 * * *','timezone':'Asia/Tokyo'}}";
        String first = web.post(of(agent), body).json().path("id").asText();
        String second = web.post(of(agent), body.replace(",'timezone':'Asia/Tokyo'", ""))
                .json()
                .path("id")
                .asText();

        JsonNode page = web.get(of(agent) + "?limit=1").json();
        assertThat(page.path("has_next_page").asBoolean()).isTrue();
        JsonNode row = page.path("scheduled_messages").path(0);
        assertThat(row.path("id").asText()).isEqualTo(first);
        assertThat(row.path("next_scheduled_time").asText()).contains("T00:00:00");
        assertThat(row.path("schedule").toString())
                .isEqualTo("{\"type\":\"recurring\",\"cron_expression\":\"0 9 * * *\",\"timezone\":\"Asia/Tokyo\"}");
        JsonNode rest = web.get(of(agent) + "?after=" + first).json();
        assertThat(rest.path("has_next_page").asBoolean()).isFalse();
        assertThat(rest.path("scheduled_messages").path(0).path("id").asText()).isEqualTo(second);
        assertThat(rest.path("scheduled_messages")
                        .path(0)
                        .path("next_scheduled_time")
                        .asText())
                .contains("T09:00:00");
        assertThat(web.delete(of(house.agent("{}")) + "/" + first).status()).isEqualTo(404);
        web.delete("/v1/agents/" + agent);
        assertThat(web.get(of(agent)).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'schedule':{'scheduled_at':1}} | 422 | messages",
                "{SAID} | 422 | schedule",
                "{SAID,'schedule':{'type':'daily'}} | 422 | 'one-time' or 'recurring'",
                "{SAID,'schedule':{'scheduled_at':'soon'}} | 422 | milliseconds",
                "{SAID,'schedule':{'type':'recurring'}} | 422 | cron_expression",
                "{SAID,'schedule':{'type':'recurring','cron_expression':'x'}} | 422 | five fields",
                "{SAID,'schedule':{'type':'recurring','cron_expression':'@daily','timezone':'Mars'}} | 422 | Mars",
                "{SAID,'schedule':{'scheduled_at':1},'callback_url':'http://169.254.1.1/x'} | 400 | callback_url",
                "{'messages':[],'schedule':{'scheduled_at':1}} | 422 | empty",
            })
    void refused(String body, int status, String text) {
        String agent = house.agent("{}");
        Web.Reply reply = web.post(of(agent), body.replace("SAID", SAID));

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.detail()).contains(text);
        assertThat(web.get(of(agent)).json().path("scheduled_messages")).isEmpty();
    }
}
