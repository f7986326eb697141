package dev.mneme.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the tables up to date. Forward only; each migration in a transaction. */
final class Migrations {
    /** The version of the newest file in db/. Kept true by a test. */
    static final String NEWEST = "5";

    private Migrations() {}

    static void run(DataSource source, String blobType) {
        if (current(source)) {
            return;
        }
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db")
                .placeholders(Map.of("blob", blobType))
                .load()
                .migrate();
    }

    /** A cheap look, so that an ordinary start need not load Flyway (it costs some 300 ms). */
    private static boolean current(DataSource source) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select 1 from flyway_schema_history where version = '" + NEWEST + "' and success")) {
            return rows.next();
        } catch (SQLException missing) {
            return false;
        }
    }
}
