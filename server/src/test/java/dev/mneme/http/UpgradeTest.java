package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.run.DeskOptions;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.testkit.TestDb;
import dev.mneme.testkit.TestPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that an older version of this server wrote is brought up to date at the start, and its agents go on. */
class UpgradeTest {
    /** The schema of the oldest version that anybody may have used. */
    private static final String OLD = "5";

    private static final String ORG = Db.DEFAULT_ORGANIZATION;
    private static final String AGENT = "agent-00000000-0000-4000-8000-00000000000a";
    private static final String BLOCK = "block-00000000-0000-4000-8000-00000000000b";
    private static final long THEN = 1_700_000_000_000_000L;

    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();

    @Test
    void aDatabaseOfAnotherBuildIsRefusedInWordsAndLeftAlone() throws SQLException {
        String postgres = TestDb.onPostgres() ? TestPostgres.empty() : null;
        String jdbc = postgres == null ? "jdbc:sqlite:" + folder.resolve("mneme.db") : jdbc(postgres);
        Db.open(new StoreOptions(folder, postgres, 4), Clock.system()).close();
        try (Connection other = DriverManager.getConnection(jdbc);
                Statement statement = other.createStatement()) {
            statement.executeUpdate("update flyway_schema_history set checksum = 1 where version = '1'");
            statement.executeUpdate("delete from flyway_schema_history where version = '10'");
        }
        assertThatThrownBy(() -> Db.open(new StoreOptions(folder, postgres, 4), Clock.system()))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.detail()).contains("another build of Mneme", "MNEME_DIR"));
        try (Connection other = DriverManager.getConnection(jdbc);
                Statement statement = other.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from folder")) {
            assertThat(rows.next()).as("nothing was changed").isTrue();
        }
    }

    @Test
    void anAgentOfSchemaFiveAnswersAndKnowsWhatItKnew() throws SQLException {
        String postgres = TestDb.onPostgres() ? TestPostgres.empty() : null;
        String jdbc = postgres == null ? "jdbc:sqlite:" + folder.resolve("mneme.db") : jdbc(postgres);
        Flyway.configure()
                .dataSource(jdbc, null, null)
                .locations("classpath:db")
                .placeholders(Map.of("blob", postgres == null ? "blob" : "bytea"))
                .target(OLD)
                .load()
                .migrate();
        try (Connection old = DriverManager.getConnection(jdbc)) {
            live(old);
        }
        Db db = Db.open(new StoreOptions(folder, postgres, 4), Clock.system());
        try (House house = new House(folder, db, models, DeskOptions.DEFAULTS, Duration.ZERO, "test")) {
            assertThat(house.web
                            .get("/v1/agents/" + AGENT + "/core-memory/blocks/human")
                            .json()
                            .path("value")
                            .asText())
                    .isEqualTo("Name: Ada");
            Web.Reply reply = house.web.post(
                    "/v1/agents/" + AGENT + "/messages", "{'messages':[{'role':'user','content':'Still there?'}]}");
            assertThat(reply.status()).as(reply.text()).isEqualTo(200);
            assertThat(reply.json().path("messages").toString()).contains("ok");
            assertThat(models.requests.getLast().toString()).contains("I like tea", "Name: Ada");
            assertThat(house.web
                            .get("/v1/agents/" + AGENT + "/messages?limit=100")
                            .json()
                            .findValuesAsText("content"))
                    .contains("I like tea", "Still there?");
            assertThat(house.web.get("/v1/admin/doctor").json().path("findings"))
                    .isEmpty();
        }
    }

    private static String jdbc(String postgres) {
        URI uri = URI.create(postgres);
        String user = uri.getUserInfo();
        return "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath() + "?user="
                + (user.contains(":") ? user.replace(":", "&password=") : user);
    }

    private void live(Connection old) throws SQLException {
        put(old, "organization", Map.of("id", ORG, "name", "default_org", "created_at", THEN));
        put(
                old,
                "agent",
                Map.ofEntries(
                        Map.entry("id", AGENT),
                        Map.entry("organization_id", ORG),
                        Map.entry("name", "Old friend"),
                        Map.entry("agent_type", "letta_v1_agent"),
                        Map.entry("system", "You remember."),
                        Map.entry("llm_config", Json.write(models.resolve("openai/gpt-4o"))),
                        Map.entry("tool_rules", "[]"),
                        Map.entry("timezone", "UTC"),
                        Map.entry("message_buffer_autoclear", false),
                        Map.entry("created_at", THEN),
                        Map.entry("updated_at", THEN)));
        put(
                old,
                "block",
                Map.ofEntries(
                        Map.entry("id", BLOCK),
                        Map.entry("organization_id", ORG),
                        Map.entry("label", "human"),
                        Map.entry("value", "Name: Ada"),
                        Map.entry("char_limit", 5_000),
                        Map.entry("read_only", false),
                        Map.entry("is_template", false),
                        Map.entry("metadata", "{}"),
                        Map.entry("preserve_on_migration", false),
                        Map.entry("version", 1L),
                        Map.entry("created_at", THEN),
                        Map.entry("updated_at", THEN)));
        put(old, "agent_block", Map.of("agent_id", AGENT, "block_id", BLOCK, "label", "human", "position", 0L));
        String[] said = {"system", "You remember.", "user", "I like tea", "assistant", "Noted."};
        for (int i = 0; i < said.length / 2; i++) {
            message(old, i, said[2 * i], said[2 * i + 1]);
        }
        put(old, "message_count", Map.of("agent_id", AGENT, "messages", 3L));
        put(old, "context_head", Map.of("thread_id", AGENT, "agent_id", AGENT, "revision", THEN));
    }

    private static void message(Connection old, int at, String role, String text) throws SQLException {
        String id = "message-00000000-0000-4000-8000-00000000000" + at;
        put(
                old,
                "message",
                Map.of(
                        "id",
                        id,
                        "organization_id",
                        ORG,
                        "agent_id",
                        AGENT,
                        "role",
                        role,
                        "content",
                        "[{\"type\":\"text\",\"text\":\"" + text + "\",\"signature\":null}]",
                        "is_input",
                        role.equals("user"),
                        "created_at",
                        THEN + at,
                        "updated_at",
                        THEN + at,
                        "change_seq",
                        THEN + at));
        put(old, "context_entry", Map.of("thread_id", AGENT, "position", (long) at, "message_id", id));
    }

    private static void put(Connection old, String table, Map<String, @Nullable Object> row) throws SQLException {
        List<String> columns = List.copyOf(row.keySet());
        try (PreparedStatement insert = old.prepareStatement("insert into " + table + " (" + String.join(", ", columns)
                + ") values (" + "?, ".repeat(columns.size() - 1) + "?)")) {
            for (int i = 0; i < columns.size(); i++) {
                insert.setObject(i + 1, row.get(columns.get(i)));
            }
            insert.executeUpdate();
        }
    }
}
