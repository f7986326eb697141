package dev.mneme.http;

import static dev.mneme.store.gen.Tables.FOLDER_FILE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Json;
import dev.mneme.file.FileStatus;
import dev.mneme.llm.LiveModels;
import dev.mneme.llm.LlmOptions;
import dev.mneme.run.DeskOptions;
import dev.mneme.store.gen.DefaultSchema;
import dev.mneme.testkit.FakeProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agent files with one thing wrong, for each field that a file may have. A file is refused with a reason and leaves no row in any table, or it
 * is taken in and everything in it can be read.
 *
 * <p>Each field gets each wrong value with {@code -Dhostile.all=true}, else one of a hundred and fifty pairs.
 */
class HostileFilesTest {
    private static final List<String> OPEN =
            FileStatus.OPEN.stream().map(FileStatus::word).toList();

    private static final int SHARE = 150;

    /** Two entries of a list stand for all. */
    private static final int ENTRIES = 2;

    private static final long POLL_NANOS = 5_000_000;

    private static final String LONG_TEXT = "long ".repeat(40_000);

    @TempDir
    static Path folder;

    private static final FakeProvider PROVIDER = FakeProvider.start();

    private static LiveModels models;
    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        models = new LiveModels(LlmOptions.fromEnvironment(PROVIDER.environment())
                .withDefaults("openai/gpt-4o", "openai/text-embedding-3-small"));
        house = new House(folder, models, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
        models.close();
        PROVIDER.close();
    }

    private static final Map<String, Supplier<JsonNode>> WRONG = new LinkedHashMap<>();

    static {
        WRONG.put("null", () -> Json.tree(null));
        WRONG.put("an object", Json::object);
        WRONG.put("a list", Json::array);
        WRONG.put("a list of lists", () -> Json.array().add(Json.array().add(Json.array())));
        WRONG.put("an object in a list", () -> Json.array().add(Json.object().put("id", "x")));
        WRONG.put("an empty text", () -> TextNode.valueOf(""));
        WRONG.put("a text", () -> TextNode.valueOf("block-0"));
        WRONG.put("a text with NUL", () -> TextNode.valueOf("a\0b"));
        WRONG.put("half a character", () -> TextNode.valueOf("\ud83d"));
        WRONG.put("a long text", () -> TextNode.valueOf(LONG_TEXT));
        WRONG.put("a negative number", () -> Json.tree(-1));
        WRONG.put("a huge number", () -> Json.tree(1e300));
        WRONG.put("a number beyond a long", () -> Json.tree(new java.math.BigInteger("99999999999999999999")));
        WRONG.put("true", () -> Json.tree(true));
    }

    @Test
    void aFileWithOneThingWrongIsRefusedWholeOrReadable() {
        ObjectNode good = AgentFileSample.of(1);
        Web.Reply first = web.importFile(good.toString());
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        List<String> faults = new ArrayList<>();
        Map<String, Integer> rows = rows();
        int number = 0;
        for (String pointer : fields(good)) {
            List<String> kinds = new ArrayList<>(WRONG.keySet());
            kinds.add("nothing");
            for (String kind : kinds) {
                if (number++ % SHARE != 0 && !Boolean.getBoolean("hostile.all")) {
                    continue;
                }
                Web.Reply reply = web.importFile(broken(good, pointer, kind));
                String fault = fault(reply, rows);
                if (fault != null) {
                    faults.add(pointer + " is " + kind + ": " + reply.status() + " " + fault);
                }
                if (reply.status() == 200) {
                    rows = rows();
                }
            }
        }
        assertThat(faults).isEmpty();
    }

    /** What is wrong with the answer, null: nothing. rows: of each table before. */
    private static String fault(Web.Reply reply, Map<String, Integer> rows) {
        if (reply.status() == 200) {
            return unreadable(reply);
        }
        if (reply.status() != 400 && reply.status() != 422) {
            return reply.text();
        }
        if (reply.text().length() < 20 || reply.text().length() > ImportRoute.LONGEST_REFUSAL + 500) {
            return "a reason of " + reply.text().length() + " characters";
        }
        Map<String, Integer> after = rows();
        if (!after.equals(rows)) {
            after.entrySet().removeAll(rows.entrySet());
            return "left behind, rows of " + after;
        }
        return null;
    }

    private static String unreadable(Web.Reply reply) {
        for (JsonNode id : reply.json().path("agent_ids")) {
            String agent = "/v1/agents/" + id.asText();
            for (String path : List.of(
                    "",
                    "?include=agent.tools&include=agent.blocks&include=agent.sources&include=agent.identities",
                    "/messages",
                    "/context",
                    "/archival-memory",
                    "/export?complete=true")) {
                Web.Reply answer = web.get(agent + path);
                if (answer.status() != 200) {
                    return "unreadable: " + path + " " + answer.status() + " " + answer.text();
                }
            }
            int gone = web.delete(agent).status();
            if (gone != 200) {
                return "cannot be deleted: " + gone;
            }
        }
        return null;
    }

    /** Of each table, once no file is being read any more. */
    private static Map<String, Integer> rows() {
        while (house.db.everywhere().read(tx -> tx.sql().fetchExists(FOLDER_FILE, FOLDER_FILE.STATUS.in(OPEN)))) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return house.db.everywhere().read(tx -> {
            Map<String, Integer> rows = new HashMap<>();
            DefaultSchema.DEFAULT_SCHEMA
                    .getTables()
                    .forEach(table -> rows.put(table.getName(), tx.sql().fetchCount(table)));
            return rows;
        });
    }

    /** Pointers to everything in the file, of long lists to their first entries. */
    private static Set<String> fields(ObjectNode file) {
        Set<String> out = new LinkedHashSet<>();
        add(out, "", file);
        return out;
    }

    private static void add(Set<String> out, String at, JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                String inner = at + "/" + entry.getKey();
                out.add(inner);
                add(out, inner, entry.getValue());
            });
        } else {
            for (int i = 0; i < Math.min(ENTRIES, node.size()); i++) {
                out.add(at + "/" + i);
                add(out, at + "/" + i, node.get(i));
            }
        }
    }

    private static String broken(ObjectNode good, String pointer, String kind) {
        ObjectNode file = good.deepCopy();
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = file.at(pointer.substring(0, slash));
        String last = pointer.substring(slash + 1);
        Supplier<JsonNode> wrong = WRONG.get(kind);
        if (parent instanceof ObjectNode object) {
            if (wrong == null) {
                object.remove(last);
            } else {
                object.set(last, wrong.get());
            }
        } else if (wrong == null) {
            ((ArrayNode) parent).remove(Integer.parseInt(last));
        } else {
            ((ArrayNode) parent).set(Integer.parseInt(last), wrong.get());
        }
        return file.toString();
    }
}
