package dev.mneme.testkit;

import dev.mneme.base.Clock;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** New databases on a PostgreSQL server for tests, copied from one template that was migrated once. They are not dropped: the server is a throw-away. */
public final class TestPostgres {
    private static @Nullable String template;

    private TestPostgres() {}

    /** Whether {@code TEST_POSTGRES_URI} names a server. {@code ./verify} sets it. */
    public static boolean available() {
        return System.getenv("TEST_POSTGRES_URI") != null;
    }

    /** The address of a new database with all tables and nothing in them but the first organisation. */
    public static synchronized String fresh() {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        execute("create database " + name + " template " + template());
        return address(name);
    }

    /** The address of a new database without any table. */
    public static synchronized String empty() {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        execute("create database " + name);
        return address(name);
    }

    private static String template() {
        String made = template;
        if (made == null) {
            made = "template_" + UUID.randomUUID().toString().replace('-', '_');
            execute("create database " + made);
            Db.open(new StoreOptions(Path.of("target"), address(made), TestDb.POOL), Clock.system())
                    .close();
            template = made;
        }
        return made;
    }

    private static String server() {
        return Objects.requireNonNull(
                System.getenv("TEST_POSTGRES_URI"),
                "TEST_POSTGRES_URI must name a PostgreSQL server, as ./verify does");
    }

    private static String address(String database) {
        return server().replaceFirst("/[^/]*$", "/" + database);
    }

    private static void execute(String sql) {
        URI uri = URI.create(server());
        Properties who = new Properties();
        String[] user = uri.getUserInfo().split(":", 2);
        who.setProperty("user", user[0]);
        if (user.length > 1) {
            who.setProperty("password", user[1]);
        }
        String jdbc = "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
        try (Connection connection = DriverManager.getConnection(jdbc, who);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
