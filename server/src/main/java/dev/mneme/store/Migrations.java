package dev.mneme.store;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.exception.FlywayValidateException;

/** Brings the tables up to date. Forward only; each migration in a transaction. */
final class Migrations {
    private static final String FOLDER = "db/";
    private static final Pattern FILE = Pattern.compile("V(\\d+)__\\w+\\.sql");

    private Migrations() {}

    static void run(DataSource source, String blobType) {
        if (current(source)) {
            return;
        }
        try {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:db")
                    .placeholders(Map.of("blob", blobType))
                    // Parts that were built side by side land in any order.
                    .outOfOrder(true)
                    .load()
                    .migrate();
        } catch (FlywayValidateException e) {
            throw new Problem(
                    ProblemCode.UNAVAILABLE,
                    "This database was made by another build of Mneme, whose tables are not those of this one. Nothing was changed. Start"
                            + " that build to make a backup, or start this one elsewhere: MNEME_DIR names another folder, LETTA_PG_URI"
                            + " another database.",
                    e);
        }
    }

    /** A cheap look, so that an ordinary start need not load Flyway (it costs some 300 ms). */
    private static boolean current(DataSource source) {
        Set<String> missing = versions();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select version from flyway_schema_history where success")) {
            while (rows.next()) {
                missing.remove(rows.getString(1));
            }
            return missing.isEmpty();
        } catch (SQLException fresh) {
            // No history yet: a new database.
            return false;
        }
    }

    /** The versions of the files in db/, in the jar or among the classes. */
    static Set<String> versions() {
        URL url = Objects.requireNonNull(
                Migrations.class.getClassLoader().getResource(FOLDER + "V1__first.sql"), "the migrations");
        try (Stream<String> names = names(url)) {
            Set<String> out = new HashSet<>();
            names.forEach(name -> {
                Matcher file = FILE.matcher(name);
                if (file.matches()) {
                    out.add(file.group(1));
                }
            });
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> names(URL first) throws IOException {
        if (first.openConnection() instanceof JarURLConnection jar) {
            // The class path's own jar file, which stays open.
            JarFile file = jar.getJarFile();
            return file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith(FOLDER))
                    .map(name -> name.substring(FOLDER.length()));
        }
        String[] names = new File(first.getPath()).getParentFile().list();
        return Stream.of(Objects.requireNonNullElse(names, new String[0]));
    }
}
