package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.run.DeskOptions;
import dev.mneme.store.Db;
import dev.mneme.store.Dump;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.testkit.TestDb;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups and restores over HTTP (decision 0029). The first house is on the database of this run, the second always on SQLite. */
class BackupRoutesTest {
    private static final String PASSPHRASE = "long enough";
    private static final DeskOptions QUICK =
            new DeskOptions(10, Duration.ofSeconds(30), Duration.ofHours(1), Duration.ofMillis(300));

    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private House house;
    private House other;

    @BeforeEach
    void start() {
        house = new House(folder.resolve("one"), models, QUICK, Duration.ZERO);
        Path second = folder.resolve("two");
        other = new House(second, TestDb.sqlite(second), models, QUICK, Duration.ZERO, "another key");
    }

    @AfterEach
    void stop() {
        house.close();
        other.close();
    }

    private static String agent(House house, String name) {
        return house.agent("{'name':'" + name + "','model':'openai/gpt-4o','embedding':'scripted/letters',"
                + "'memory_blocks':[{'label':'human','value':'likes tea \u2014 \uD83C\uDF75'}],"
                + "'tags':['x'],'secrets':{'API_KEY':'hush'}}");
    }

    private static JsonNode say(House house, String agent, String text) {
        Web.Reply reply = house.web.post(
                "/v1/agents/" + agent + "/messages", "{'messages':[{'role':'user','content':'" + text + "'}]}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    private static byte[] backup(House house, String body) {
        return house.web.download("/v1/admin/backup", body);
    }

    private static JsonNode restore(House into, byte[] file, String... fields) {
        Web.Reply done = into.web.form("/v1/admin/restore", file, fields);
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        return done.json();
    }

    private static void refuses(House into, byte[] file, int status, String why, String... fields) {
        Web.Reply done = into.web.form("/v1/admin/restore", file, fields);
        assertThat(done.status()).as(done.text()).isEqualTo(status);
        assertThat(done.text()).contains(why);
    }

    private static String count(House house) {
        return house.web.get("/v1/agents/count").text();
    }

    private static @Nullable String secret(House house, String agent) {
        return house.rooms.agents().environment(Db.DEFAULT_ORGANIZATION, agent).get("API_KEY");
    }

    @Test
    void aServerStandsUpFromABackupOfAnotherDatabaseAndBack() {
        String id = agent(house, "Ada");
        say(house, id, "Hello there");
        house.web.post("/v1/agents/" + id + "/archival-memory", "{'text':'Grace keeps bees','tags':['bees']}");
        byte[] file = backup(house, "{'passphrase':'" + PASSPHRASE + "'}");

        JsonNode done = restore(other, file, "passphrase", PASSPHRASE);
        assertThat(done.path("lost_secrets").asLong()).isZero();
        same("/v1/agents/" + id);
        same("/v1/agents/" + id + "/messages?limit=100");
        same("/v1/agents/" + id + "/archival-memory");
        same("/v1/tools/?limit=200");
        assertThat(secret(other, id)).isEqualTo("hush").isEqualTo(secret(house, id));
        say(other, id, "And now here");

        // The way back, over what stands there, with what happened meanwhile.
        refuses(house, backup(other, "{}"), 409, "holds something already");
        restore(
                house,
                backup(other, "{'passphrase':'" + PASSPHRASE + "'}"),
                "replace",
                "true",
                "passphrase",
                PASSPHRASE);
        same("/v1/agents/" + id + "/messages?limit=100");
        assertThat(secret(house, id)).isEqualTo("hush");
        assertThat(house.web.get("/v1/admin/doctor").json().path("findings")).isEmpty();
    }

    private void same(String path) {
        assertThat(other.web.get(path).json()).isEqualTo(house.web.get(path).json());
    }

    @Test
    void withoutTheKeySecretsAreLostAndTheRestWorks() {
        String id = agent(house, "Ada");
        house.web.post(
                "/v1/mcp-servers",
                "{'server_name':'m','config':{'mcp_server_type':'streamable_http','server_url':'http://localhost:1/mcp'}}");
        byte[] file = backup(house, "{}");
        assertThat(restore(other, file).path("lost_secrets").asLong()).isEqualTo(2);
        assertThat(secret(other, id)).isEmpty();
        Web.Reply servers = other.web.get("/v1/mcp-servers");
        assertThat(servers.status()).as(servers.text()).isEqualTo(200);
        assertThat(servers.json().path(0).path("server_name").asText()).isEqualTo("m");
        say(other, id, "Still there?");
        // Into a server with the same key nothing is lost, though the backup has none.
        assertThat(restore(house, file, "replace", "true").path("lost_secrets").asLong())
                .isZero();
        assertThat(secret(house, id)).isEqualTo("hush");
    }

    @Test
    void whatIsNoSoundBackupChangesNothing() throws IOException {
        agent(house, "Ada");
        agent(other, "Grace");
        byte[] file = backup(house, "{'passphrase':'" + PASSPHRASE + "'}");
        String[] replace = {"replace", "true"};
        refuses(other, file, 400, "passphrase does not fit", "replace", "true", "passphrase", "wrong passphrase");
        refuses(other, "no zip".getBytes(StandardCharsets.UTF_8), 400, "no zip archive", replace);
        refuses(other, Arrays.copyOf(file, file.length / 2), 400, "no zip archive", replace);
        refuses(other, zip(Map.of("a.txt", new byte[3])), 400, "no manifest", replace);

        Map<String, byte[]> parts = unzip(file);
        refuses(
                other,
                changed(parts, "manifest.json", text -> text.replace("backup-1", "backup-9")),
                400,
                "mneme-backup-9",
                replace);
        refuses(
                other,
                changed(parts, "manifest.json", text -> {
                    ObjectNode manifest = (ObjectNode) Json.read(text, JsonNode.class);
                    manifest.withArray("schema").add("9999");
                    return Json.write(manifest);
                }),
                400,
                "newer Mneme (schema 9999)",
                replace);
        refuses(
                other,
                changed(parts, "tables/agent", text -> text.replace("Ada", "Eve")),
                400,
                "checksum differs",
                replace);
        refuses(other, changed(parts, "tables/extra", text -> "[]\n"), 400, "does not name", replace);
        Map<String, byte[]> fewer = new LinkedHashMap<>(parts);
        fewer.remove("tables/block");
        refuses(other, zip(fewer), 400, "tables/block is missing", replace);
        byte[] bent = file.clone();
        for (int i = 200; i < 260; i++) {
            bent[i] ^= 0x55;
        }
        refuses(other, bent, 400, "no sound backup", replace);
        assertThat(count(other)).isEqualTo("1");
        assertThat(other.web
                        .get("/v1/agents/?limit=5")
                        .json()
                        .path(0)
                        .path("name")
                        .asText())
                .isEqualTo("Grace");
        assertThat(left(folder.resolve("two"))).isEmpty();
    }

    private static List<Path> left(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".part")).toList();
        }
    }

    private static byte[] changed(
            Map<String, byte[]> parts, String name, java.util.function.UnaryOperator<String> change)
            throws IOException {
        Map<String, byte[]> out = new LinkedHashMap<>(parts);
        String text = new String(parts.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
        out.put(name, change.apply(text).getBytes(StandardCharsets.UTF_8));
        return zip(out);
    }

    private static Map<String, byte[]> unzip(byte[] file) throws IOException {
        Map<String, byte[]> out = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(file))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.put(entry.getName(), in.readAllBytes());
            }
        }
        return out;
    }

    private static byte[] zip(Map<String, byte[]> parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (var part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(part.getValue());
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    @Test
    void aBackupIsOneMomentWhileTheServerGoesOn() {
        agent(house, "before");
        try (Scope scope = new Scope("test")) {
            long rows = house.db.everywhere().read(tx -> {
                ByteArrayOutputStream agents = new ByteArrayOutputStream();
                long seen = Dump.write(tx, "agent", agents);
                scope.all(List.of(() -> say(house, agent(house, "meanwhile"), "Hello")));
                assertThat(Dump.write(tx, "message", new ByteArrayOutputStream()))
                        .isLessThan(3);
                return seen + Dump.write(tx, "agent", agents);
            });
            assertThat(rows).isEqualTo(2);
        }
        assertThat(count(house)).isEqualTo("2");
    }

    @Test
    void aTurnAtWorkIsEndedBeforeARestoreAndItsAgentAnswersAfterwards() {
        String id = agent(house, "Ada");
        byte[] file = backup(house, "{}");
        CountDownLatch asked = new CountDownLatch(1);
        models.answer(request -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await(); // for ever: only a cancellation ends it
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new dev.mneme.llm.ModelException(
                        dev.mneme.base.ProblemCode.LLM_ERROR, "stopped", "INTERNAL_SERVER_ERROR: stopped", null);
            }
            return ScriptedModels.text("never");
        });
        house.web.post("/v1/agents/" + id + "/messages/async", "{'messages':[{'role':'user','content':'think long'}]}");
        try {
            assertThat(asked.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        restore(house, file, "replace", "true");
        models.answer(request -> ScriptedModels.text("awake"));
        assertThat(house.web.get("/v1/runs/?agent_id=" + id).json()).isEmpty();
        assertThat(say(house, id, "Hello").toString()).contains("awake");
    }

    @Test
    void uploadsThatWaitTravelAlongAndAreReadThere() throws IOException {
        Path spool = Files.createDirectories(folder.resolve("one").resolve("files"));
        Web.Reply made = house.web.post("/v1/folders/", "{'name':'papers','embedding':'scripted/letters'}");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        String papers = made.json().path("id").asText();
        String id = house.web
                .upload(
                        "/v1/folders/" + papers + "/upload",
                        "a.txt",
                        "text/plain",
                        "bees and tea".getBytes(StandardCharsets.UTF_8))
                .json()
                .path("id")
                .asText();
        waiting(id);
        Files.writeString(spool.resolve(id), "bees and tea");
        byte[] file = backup(house, "{}");
        assertThat(file).as("the upload lies in it").isNotEmpty();
        restore(other, file);
        String status = "";
        for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() < end && !status.equals("completed"); ) {
            status = other.web
                    .get("/v1/folders/" + papers + "/files")
                    .json()
                    .path(0)
                    .path("processing_status")
                    .asText();
        }
        assertThat(status).isEqualTo("completed");
    }

    /** Puts a file back to where it waits for a server that is not there any more. */
    private void waiting(String id) {
        house.db.everywhere().write(tx -> {
            tx.sql()
                    .execute("update folder_file set status = 'pending', spooled = true, owner = 'gone', lease_until = "
                            + Long.MAX_VALUE + " where id = '" + id + "'");
            tx.sql().execute("delete from file_passage where file_id = '" + id + "'");
            tx.sql().execute("delete from file_content where file_id = '" + id + "'");
            return true;
        });
    }

    @Test
    void onlyTheOwnerOfTheServerMayAndPassphrasesAreNotTooShort() {
        String key = house.web
                .post("/v1/api-keys", "{'name':'k','role':'admin'}")
                .json()
                .path("key")
                .asText();
        for (String path : List.of("/v1/admin/backup", "/v1/admin/doctor", "/v1/admin/restore")) {
            assertThat(house.web
                            .post(path, "{}", "Authorization", "Bearer " + key)
                            .status())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(house.web.post("/v1/admin/backup", "{'passphrase':'short'}").status())
                .isEqualTo(422);
        assertThat(house.web.post("/v1/admin/restore", "{}").status()).isEqualTo(422);
    }
}
