package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.cli.Cli;
import dev.mneme.cli.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that look after the data of a server that is down. */
class OfflineTest {
    /** The command line is a process of its own, so it points libraries at its own temporary folder. */
    private static final List<String> TOUCHED = List.of("org.sqlite.tmpdir", "DJL_CACHE_DIR");

    private final Map<String, @Nullable String> before = new HashMap<>();

    @TempDir
    Path folder;

    @BeforeEach
    void remember() {
        TOUCHED.forEach(name -> before.put(name, System.getProperty(name)));
    }

    @AfterEach
    void putBack() {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    private record Ran(int code, String out, String err) {}

    private Ran run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        Map<String, String> environment =
                Map.of("HOME", folder.toString(), "MNEME_DIR", data().toString(), "LETTA_SERVER_PASSWORD", "right");
        int code = Cli.run(args, environment, Mneme::start, console);
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private static int status(Mneme server, String path, String key) throws IOException, InterruptedException {
        try (HttpClient client = server.client()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(server.url() + path))
                                    .header("Authorization", "Bearer " + key)
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void keysAreMadeListedAndRevokedWhileTheServerIsDown() throws Exception {
        Ran nowhere = run("keys", "--offline");
        assertThat(nowhere.code()).isEqualTo(2);
        assertThat(nowhere.err()).contains("There is no data folder " + data());
        Embedded wish = Mneme.embedded(data()).settings(Map.of("LETTA_SERVER_PASSWORD", "right"));
        try (Mneme server = wish.start()) {
            Ran held = run("keys", "--offline");
            assertThat(held.code()).isEqualTo(2);
            assertThat(held.err()).contains("Another server").contains(data().toString());
            assertThat(server.url()).isNotEmpty();
        }
        Ran made = run("keys", "create", "night job", "--role", "read_only", "--offline");
        assertThat(made.code()).as(made.err()).isZero();
        String secret = made.out().strip();
        String id = made.err().replaceAll("(?s).*keys revoke (\\S+).*", "$1");
        assertThat(run("keys", "--offline").out())
                .contains("night job", id, "lasts")
                .doesNotContain(secret);
        try (Mneme server = wish.start()) {
            assertThat(status(server, "/v1/agents/", secret)).isEqualTo(200);
            assertThat(status(server, "/v1/api-keys", secret)).isEqualTo(403);
        }
        assertThat(run("keys", "revoke", id, "--offline").out()).contains("opens nothing any more");
        try (Mneme server = wish.start()) {
            assertThat(status(server, "/v1/agents/", secret)).isEqualTo(401);
        }
        Ran unknown = run("keys", "create", "x", "--agent", "nobody", "--offline");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("There is no agent nobody");
    }

    @Test
    void aBackupIsWrittenAndTheDoctorLooksWhileTheServerIsDown() throws Exception {
        Mneme.embedded(data()).settings(Map.of()).start().close();
        Path file = folder.resolve("whole.backup");
        Ran backup = run("backup", file.toString(), "--offline");
        assertThat(backup.code()).as(backup.err()).isZero();
        assertThat(Files.size(file)).isPositive();
        Ran doctor = run("doctor", "--offline");
        assertThat(doctor.code()).as(doctor.out() + doctor.err()).isZero();
    }
}
