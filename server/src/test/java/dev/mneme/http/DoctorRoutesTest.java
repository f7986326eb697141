package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.IdKind;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.run.DeskOptions;
import dev.mneme.store.Db;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor finds what is broken, says it in plain words and mends it (decision 0029). */
class DoctorRoutesTest {
    @TempDir
    Path folder;

    private House house;
    private String agent;

    @BeforeEach
    void start() {
        house = new House(folder, new ScriptedModels(), DeskOptions.DEFAULTS, Duration.ZERO);
        agent = house.agent("{'name':'Ada','model':'openai/gpt-4o','memory_blocks':[{'label':'human','value':'tea'}]}");
        say("Hello");
    }

    @AfterEach
    void stop() {
        house.close();
    }

    private void say(String text) {
        Web.Reply reply = house.web.post(
                "/v1/agents/" + agent + "/messages", "{'messages':[{'role':'user','content':'" + text + "'}]}");
        assertThat(reply.json().path("stop_reason").path("stop_reason").asText())
                .as(reply.text())
                .isEqualTo("end_turn");
    }

    private JsonNode look() {
        return house.web.get("/v1/admin/doctor").json();
    }

    /** Looks, mends, looks again; answers what was found first. */
    private String mended() {
        JsonNode seen = look();
        assertThat(seen.path("healthy").asBoolean()).isFalse();
        assertThat(look().path("findings")).as("looking changes nothing").isEqualTo(seen.path("findings"));
        JsonNode done = house.web.post("/v1/admin/doctor", "{}").json();
        assertThat(done.path("healthy").asBoolean()).isTrue();
        assertThat(look().path("findings")).isEmpty();
        say("Are you well?");
        return seen.path("findings").toString();
    }

    private List<String> context() {
        return house.db.of(Db.DEFAULT_ORGANIZATION).read(tx -> house.recall.contextIds(tx, agent));
    }

    private void context(List<String> ids) {
        house.db.of(Db.DEFAULT_ORGANIZATION).write(tx -> {
            house.recall.setContext(tx, agent, ids);
            return true;
        });
    }

    @Test
    void nothingIsFoundInASoundServer() {
        assertThat(look().path("healthy").asBoolean()).isTrue();
        assertThat(look().path("findings")).isEmpty();
    }

    @Test
    void anAgentGetsItsSystemMessageBack() {
        List<String> before = context();
        context(before.subList(1, before.size()));
        assertThat(mended()).contains("Agent Ada: it has no system message");
        assertThat(context().subList(1, before.size())).isEqualTo(before.subList(1, before.size()));
    }

    @Test
    void anAgentWithoutAnyContextCanBeTalkedToAgain() {
        context(List.of());
        assertThat(mended()).contains("no system message");
    }

    @Test
    void callsGetTheirReturns() {
        List<String> ids = new ArrayList<>(context());
        Message call = new Message(
                IdKind.MESSAGE.next(),
                agent,
                null,
                Role.ASSISTANT,
                List.of(),
                List.of(new ToolCall("c1", "memory_insert", "{}")),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                false,
                house.db.clock().next());
        house.db.of(Db.DEFAULT_ORGANIZATION).write(tx -> {
            house.recall.insert(tx, List.of(call));
            return true;
        });
        ids.add(2, call.id());
        context(ids);
        assertThat(mended()).contains("calls of tools stand without their returns");
    }

    @Test
    void aForgottenRunEnds() {
        String run = house.web
                .get("/v1/runs/?agent_id=" + agent)
                .json()
                .path(0)
                .path("id")
                .asText();
        house.db.everywhere().write(tx -> {
            tx.sql().execute("update run set status = 'running', completed_at = null where id = '" + run + "'");
            return true;
        });
        // The desk looks for such runs too, every few seconds: whoever comes first mends it.
        house.web.post("/v1/admin/doctor", "{}");
        assertThat(house.web.get("/v1/runs/" + run).json().path("status").asText())
                .isEqualTo("failed");
        say("Are you well?");
    }

    @Test
    void rowsWhoseOwnersAreGoneLeave() throws SQLException {
        assumeFalse(TestDb.onPostgres(), "PostgreSQL refuses such rows itself");
        try (Connection behind = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("mneme.db"));
                Statement statement = behind.createStatement()) {
            statement.execute("pragma busy_timeout = 5000");
            statement.execute("pragma foreign_keys = off");
            // A message vanishes behind the server's back, and so does an agent.
            statement.execute("delete from message where id = '" + context().get(2) + "'");
            statement.execute("insert into agent_tag (agent_id, tag) values ('agent-gone', 'x')");
            statement.execute("insert into context_head (thread_id, agent_id, revision) values ('agent-gone', '" + agent
                    + "', 1)");
        }
        assertThat(mended())
                .contains("1 rows of agent_tag belong to a row of agent that does not exist")
                .contains("1 rows of context_entry belong to a row of message")
                .contains("1 messages of its context do not exist")
                .contains("1 rows belong to threads or runs that do not exist");
    }
}
