package dev.mneme.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Db;
import dev.mneme.testkit.AgentRows;
import dev.mneme.testkit.HashModels;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.TestDb;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools that edit core memory, as an agent calls them. */
class MemoryToolsTest {
    static final String ORG = Db.DEFAULT_ORGANIZATION;

    @TempDir
    Path folder;

    Db db;
    Blocks blocks;
    Recall recall;
    MessageVectors vectors;
    volatile BooleanSupplier busy = () -> false;
    String agent = "";
    List<Tool> tools = List.of();

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
        blocks = new Blocks(db);
        agent = AgentRows.insert(db, "ada", null, "UTC");
        HashModels models = new HashModels();
        ScanIndex index = new ScanIndex(db);
        recall = new Recall(db, index, new MessageEmbedder(models, HashModels.HANDLE));
        vectors = new MessageVectors(
                db, index, new MessageEmbedder(models, HashModels.HANDLE), () -> busy.getAsBoolean());
        tools = new MemoryTools(db, blocks, recall, new Archival(db, index, models)).all();
        give(agent, NewBlock.of("human", "Name: Alice", null));
        give(agent, NewBlock.of("persona", "Kind.", null));
    }

    @AfterEach
    void close() {
        db.close();
    }

    Block give(String to, NewBlock wanted) {
        return db.of(ORG).write(tx -> {
            Block block = blocks.create(tx, null, wanted);
            blocks.attach(tx, to, block.id());
            return block;
        });
    }

    ToolOutcome call(String name, String arguments) {
        Tool tool = tools.stream()
                .filter(one -> one.spec().name().equals(name))
                .findFirst()
                .orElseThrow();
        ToolEffect effect;
        try {
            effect = tool.call(
                    (ObjectNode) Json.parse(arguments),
                    new ToolContext(
                            ORG,
                            "user-x",
                            "run-x",
                            agent,
                            agent,
                            null,
                            "UTC",
                            db.clock().now()));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        return db.of(ORG).write(effect::apply);
    }

    void ok(String name, String arguments, String expected) {
        assertThat(call(name, arguments))
                .isInstanceOfSatisfying(
                        ToolOutcome.Ok.class,
                        ok -> assertThat(ok.value().asText()).isEqualTo(expected));
    }

    void fails(String name, String arguments, String kind, String expected) {
        assertThat(call(name, arguments)).isInstanceOfSatisfying(ToolOutcome.Failed.class, failed -> {
            assertThat(failed.text()).isEqualTo(expected);
            assertThat(failed.stderr()).hasSize(1);
            assertThat(failed.stderr().getFirst()).startsWith("Error executing function " + name + ": " + kind + ": ");
        });
    }

    String value(String label) {
        return blocks.ofAgentByLabel(ORG, agent, label).value();
    }

    List<String> labels() {
        return db.of(ORG).<List<Block>>read(tx -> blocks.ofAgent(tx, agent)).stream()
                .map(Block::label)
                .toList();
    }

    @Test
    void namesAndArgumentsAreTheContracts() {
        Map<String, String> found = new TreeMap<>();
        for (Tool tool : tools) {
            var parameters = tool.spec().parameters();
            StringBuilder names = new StringBuilder();
            parameters
                    .path("properties")
                    .fieldNames()
                    .forEachRemaining(name -> names.append(name).append(' '));
            found.put(
                    tool.spec().name(),
                    names.append(parameters.path("required")).toString());
            assertThat(tool.spec().description()).isNotBlank();
            parameters
                    .path("properties")
                    .forEach(property ->
                            assertThat(property.path("description").asText()).isNotBlank());
        }
        assertThat(found)
                .containsEntry("send_message", "message [\"message\"]")
                .containsEntry("core_memory_append", "label content [\"label\",\"content\"]")
                .containsEntry(
                        "core_memory_replace",
                        "label old_content new_content [\"label\",\"old_content\",\"new_content\"]")
                .containsEntry(
                        "memory_replace", "label old_string new_string [\"label\",\"old_string\",\"new_string\"]")
                .containsEntry("memory_insert", "label new_string insert_line [\"label\",\"new_string\"]")
                .containsEntry("memory_rethink", "label new_memory [\"label\",\"new_memory\"]")
                .containsEntry("memory_apply_patch", "label patch [\"label\",\"patch\"]")
                .containsEntry("memory_finish_edits", "[]")
                .containsEntry(
                        "memory",
                        "command path file_text description old_string new_string insert_line insert_text old_path"
                                + " new_path [\"command\"]");
    }

    @Test
    void theGoldenSequence() {
        ok("core_memory_append", "{\"label\":\"human\",\"content\":\"Likes tea\"}", "Name: Alice\nLikes tea");
        ok(
                "core_memory_replace",
                "{\"label\":\"human\",\"old_content\":\"tea\",\"new_content\":\"coffee\"}",
                "Name: Alice\nLikes coffee");
        ok(
                "memory_replace",
                "{\"label\":\"human\",\"old_string\":\"coffee\",\"new_string\":\"mate\"}",
                "Name: Alice\nLikes mate");
        ok(
                "memory_insert",
                "{\"label\":\"human\",\"new_string\":\"Lives in Oslo\",\"insert_line\":0}",
                "Lives in Oslo\nName: Alice\nLikes mate");
        fails(
                "memory_replace",
                "{\"label\":\"human\",\"old_string\":\"absent text\",\"new_string\":\"y\"}",
                "ValueError",
                "No replacement was performed, old_string `absent text` did not appear verbatim in memory block with"
                        + " label `human`.");
        fails(
                "core_memory_append",
                "{\"label\":\"nolabel\",\"content\":\"x\"}",
                "KeyError",
                "'Block field nolabel does not exist (available sections = human, persona)'");
        ok("memory_rethink", "{\"label\":\"human\",\"new_memory\":\"Rewritten\"}", "Rewritten");
        assertThat(value("human")).isEqualTo("Rewritten");
        Block human = blocks.ofAgentByLabel(ORG, agent, "human");
        assertThat(human.version()).isEqualTo(6);
        assertThat(blocks.history(ORG, human.id(), 10))
                .as("what the agent's edits replaced")
                .hasSize(5)
                .allMatch(past -> past.replacedById() == null);
        ok("memory_finish_edits", "{}", "None");
        ok("send_message", "{\"message\":\"hi\"}", "Sent message successfully.");
    }

    @Test
    void badArgumentsAreNamed() {
        fails(
                "core_memory_append",
                "{\"label\":\"human\"}",
                "TypeError",
                "core_memory_append() missing 1 required positional argument: 'content'");
        fails(
                "memory_replace",
                "{}",
                "TypeError",
                "memory_replace() missing 3 required positional arguments: 'label', 'old_string', and 'new_string'");
        fails(
                "memory_insert",
                "{\"label\":\"human\",\"new_string\":\"x\",\"insert_line\":\"two\"}",
                "TypeError",
                "memory_insert() argument 'insert_line' must be an integer, not \"two\"");
        fails(
                "memory_rethink",
                "{\"label\":\"human\",\"new_memory\":{\"a\":1}}",
                "TypeError",
                "memory_rethink() argument 'new_memory' must be a string, not {\"a\":1}");
        ok("memory_insert", "{\"label\":\"human\",\"new_string\":\"x\",\"insert_line\":\"0\"}", "x\nName: Alice");
    }

    @Test
    void limitsAndReadOnlyBind() {
        give(agent, NewBlock.of("tiny", "12345", null).withLimit(10));
        give(agent, NewBlock.of("fixed", "v", null).withReadOnly(true));
        fails(
                "core_memory_append",
                "{\"label\":\"tiny\",\"content\":\"67890\"}",
                "ValueError",
                "Block 'tiny' would hold 11 characters, more than its limit of 10. It holds 5 now: shorten the text or"
                        + " move details elsewhere.");
        assertThat(value("tiny")).isEqualTo("12345");
        fails(
                "memory_rethink",
                "{\"label\":\"fixed\",\"new_memory\":\"w\"}",
                "ValueError",
                "Error This block is read-only and cannot be edited.");
    }

    @Test
    void sharedBlocksAreEditedAsTheyAreNow() {
        String bob = AgentRows.insert(db, "bob", null, "UTC");
        Block human = blocks.ofAgentByLabel(ORG, agent, "human");
        db.of(ORG).write(tx -> {
            blocks.attach(tx, bob, human.id());
            return true;
        });
        blocks.patchByLabel(ORG, null, bob, "human", BlockPatch.value("by bob"));
        ok("core_memory_append", "{\"label\":\"human\",\"content\":\"by ada\"}", "by bob\nby ada");
        assertThat(blocks.ofAgentByLabel(ORG, bob, "human").value()).isEqualTo("by bob\nby ada");
    }

    @Test
    void theMemoryCommand() {
        ok(
                "memory",
                "{\"command\":\"create\",\"path\":\"/memories/notes\",\"description\":\"n\",\"file_text\":\"hello\"}",
                "Successfully created memory block 'notes'. Your system prompt has been recompiled with the new memory"
                        + " block and is now active in your context.");
        ok(
                "memory",
                "{\"command\":\"str_replace\",\"path\":\"/memories/notes\",\"old_string\":\"hello\",\"new_string\":\"bye\"}",
                "bye");
        ok(
                "memory",
                "{\"command\":\"insert\",\"path\":\"/memories/notes\",\"insert_line\":-1,\"insert_text\":\"end\"}",
                "bye\nend");
        ok(
                "memory",
                "{\"command\":\"rename\",\"old_path\":\"/memories/notes\",\"new_path\":\"/memories/a/b\"}",
                "Successfully renamed memory block 'notes' to 'a/b'. Your system prompt has been recompiled with the"
                        + " renamed memory block and is now active in your context.");
        ok(
                "memory",
                "{\"command\":\"rename\",\"path\":\"/memories/a/b\",\"description\":\"other\"}",
                "Successfully updated description of memory block 'a/b'. Your system prompt has been recompiled with the"
                        + " updated description and is now active in your context.");
        assertThat(blocks.ofAgentByLabel(ORG, agent, "a/b").description()).isEqualTo("other");
        ok(
                "memory",
                "{\"command\":\"insert\",\"path\":\"/memories/a/b\",\"insert_line\":0,\"insert_text\":\"top\"}",
                "top\nbye\nend");
        ok(
                "memory",
                "{\"command\":\"delete\",\"path\":\"/memories/a/b\"}",
                "Successfully deleted memory block 'a/b'. Your system prompt has been recompiled without this memory"
                        + " block and is now active in your context.");
        assertThat(labels()).containsExactly("human", "persona");
    }

    @Test
    void theMemoryCommandRefuses() {
        fails(
                "memory",
                "{\"command\":\"create\",\"path\":\"x\"}",
                "ValueError",
                "Error: description is required for create command");
        fails(
                "memory",
                "{\"command\":\"create\",\"description\":\"x\"}",
                "ValueError",
                "Error: path is required for create command");
        fails(
                "memory",
                "{\"command\":\"create\",\"path\":\"human\",\"description\":\"x\"}",
                "ValueError",
                "Error: Memory block 'human' already exists");
        fails(
                "memory",
                "{\"command\":\"str_replace\",\"path\":\"human\",\"old_string\":\"Alice\"}",
                "ValueError",
                "Error: new_string is required for str_replace command");
        fails(
                "memory",
                "{\"command\":\"insert\",\"path\":\"human\",\"insert_text\":\"x\"}",
                "ValueError",
                "Error: insert_line is required for insert command");
        fails(
                "memory",
                "{\"command\":\"delete\",\"path\":\"/memories/x\"}",
                "KeyError",
                "Error performing delete: 'Block field x does not exist (available sections = human, persona)'");
        fails(
                "memory",
                "{\"command\":\"rename\",\"old_path\":\"human\",\"new_path\":\"persona\"}",
                "ValueError",
                "Error performing rename: Error: Memory block 'persona' already exists");
        fails(
                "memory",
                "{\"command\":\"view\"}",
                "ValueError",
                "Error: Unknown command 'view'. Supported commands: create, str_replace, insert, delete, rename");
    }

    @Test
    void aPatchOverSeveralBlocksKeepsItsHunksAndMoves() {
        give(agent, NewBlock.of("scratch", "x", null));
        String patch = """
                *** Begin Patch
                *** Add Block: project
                Description: Facts about the current project
                +name: Orion
                + phase: design
                *** Update Block: human
                *** Move to: customer
                -Name: Alice
                +Name: Alice Lovelace
                *** Delete Block: scratch
                *** End Patch""";
        ok(
                "memory_apply_patch",
                Json.object().put("label", "ignored").put("patch", patch).toString(),
                "Successfully applied memory patch operations. Your system prompt has been recompiled with the updated"
                        + " memory contents and is now active in your context.\n\nOperations completed:\n"
                        + "- Created memory block 'project'\n- Renamed memory block 'human' to 'customer'\n"
                        + "- Updated memory block 'human'\n- Deleted memory block 'scratch'");
        assertThat(labels()).containsExactly("customer", "persona", "project");
        assertThat(value("customer")).isEqualTo("Name: Alice Lovelace");
        assertThat(value("project")).isEqualTo("name: Orion\n phase: design");
        assertThat(blocks.ofAgentByLabel(ORG, agent, "project").description())
                .isEqualTo("Facts about the current project");
    }

    @Test
    void aPatchIsDoneWhollyOrNotAtAll() {
        for (String last : List.of(
                "*** Delete Block: nope", "*** Update Block: persona\n-absent\n+x", "*** Add Block: human\n+x")) {
            String patch = "*** Add Block: project\n+a\n*** Delete Block: human\n*** Add Block: human\n+new\n" + last;
            assertThat(call(
                            "memory_apply_patch",
                            Json.object().put("label", "").put("patch", patch).toString()))
                    .isInstanceOf(ToolOutcome.Failed.class);
            assertThat(labels()).containsExactly("human", "persona");
            assertThat(value("human")).isEqualTo("Name: Alice");
        }
        fails(
                "memory_apply_patch",
                "{\"label\":\"x\",\"patch\":\"+a\"}",
                "ValueError",
                "Error: Memory block 'x' does not exist");
        fails(
                "memory_apply_patch",
                "{\"label\":\"human\",\"patch\":\"-1→ Name\"}",
                "ValueError",
                "Patch contains a line number prefix, which is not allowed. Do not include line numbers (they are for"
                        + " display only).");
        ok("memory_apply_patch", "{\"label\":\"human\",\"patch\":\"+Likes tea\"}", "Name: Alice\nLikes tea");
    }

    @Test
    void archivalToolsKeepAndFind() {
        ok("archival_memory_insert", "{\"content\":\"Alice works at Acme\",\"tags\":[\"work\"]}", "None");
        ok("archival_memory_insert", "{\"content\":\"It's \\\"odd\\\"\\nreally\"}", "None");
        assertThat(text("archival_memory_search", "{\"query\":\"Acme\",\"top_k\":1}"))
                .matches(
                        "\\[\\{'id': 'passage-[0-9a-f-]{36}', 'timestamp': '[0-9T:.-]+\\+00:00', 'content': 'Alice works at"
                                + " Acme', 'tags': \\['work']}]");
        assertThat(text("archival_memory_search", "{\"query\":\"odd\",\"top_k\":1}"))
                .contains("'content': 'It\\'s \"odd\"\\nreally', 'tags': []}]");
        ok("archival_memory_search", "{\"query\":\"\"}", "[]");
        ok("archival_memory_search", "{\"query\":\"Acme\",\"end_datetime\":\"2020-01-01\"}", "[]");
        fails(
                "archival_memory_search",
                "{\"query\":\"x\",\"start_datetime\":\"bad\"}",
                "ValueError",
                "Invalid start_datetime format: bad. Use ISO 8601 format (YYYY-MM-DD or YYYY-MM-DDTHH:MM)");
        fails(
                "archival_memory_insert",
                "{\"content\":\"\"}",
                "ValueError",
                "A passage needs text: an empty one could never be found again.");
    }

    String text(String name, String arguments) {
        return call(name, arguments) instanceof ToolOutcome.Ok ok ? ok.value().asText() : "failed";
    }

    void say(Role role, String text) {
        db.of(ORG).write(tx -> {
            recall.insert(
                    tx,
                    List.of(new Message(
                            IdKind.MESSAGE.next(),
                            agent,
                            null,
                            role,
                            List.of(new Content.Text(text)),
                            List.of(),
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
                            null,
                            db.clock().next())));
            return true;
        });
    }

    @Test
    void conversationSearchFindsWhatWasSaid() {
        say(Role.SYSTEM, "miso is in the prompt");
        say(Role.USER, "my cat is called Miso");
        say(Role.ASSISTANT, "Nice Miso name");
        say(Role.USER, "{\"type\":\"heartbeat\",\"reason\":\"Miso\"}");
        say(Role.TOOL, "Miso");
        say(Role.USER, "{\"type\":\"user_message\",\"message\":\"unrelated\",\"time\":\"now\"}");
        var found = ((ToolOutcome.Ok) call("conversation_search", "{\"query\":\"Miso name\"}")).value();
        assertThat(found.path("message").asText()).isEqualTo("Showing 2 results:");
        var first = found.path("results").get(0);
        assertThat(first.path("content").asText()).isEqualTo("Nice Miso name");
        assertThat(first.path("role").asText()).isEqualTo("assistant");
        assertThat(first.path("time_ago").asText()).isEqualTo("0s ago");
        assertThat(first.path("relevance").path("search_mode").asText()).isEqualTo("fts");
        assertThat(contents("{\"query\":\"Mis\"}")).containsExactly("Nice Miso name", "my cat is called Miso");
        assertThat(contents("{\"limit\":2}")).containsExactly("unrelated", "Nice Miso name");
        assertThat(contents("{\"query\":\"Miso\",\"roles\":[\"user\"]}")).containsExactly("my cat is called Miso");
        assertThat(contents("{\"query\":\"Miso\",\"end_date\":\"2020-01-01\"}")).isEmpty();
        assertThat(contents("{\"roles\":[\"tool\"]}")).isEmpty();
        assertThat(((ToolOutcome.Ok) call("conversation_search", "{\"query\":\"zzz\"}")).value())
                .hasToString("{\"message\":\"No results found.\",\"results\":[]}");
        fails("conversation_search", "{\"roles\":[\"zzz\"]}", "ValueError", "'zzz' is not a valid MessageRole");
        fails(
                "conversation_search",
                "{\"start_date\":\"bad\"}",
                "ValueError",
                "Invalid start_date format: bad. Use ISO 8601 format (YYYY-MM-DD or YYYY-MM-DDTHH:MM)");
    }

    List<String> contents(String arguments) {
        List<String> contents = new ArrayList<>();
        ((ToolOutcome.Ok) call("conversation_search", arguments))
                .value()
                .path("results")
                .forEach(result -> contents.add(result.path("content").asText()));
        return contents;
    }

    @Test
    void messagesGetTheirVectorsLater() {
        say(Role.SYSTEM, "prompt");
        for (int i = 0; i < 6; i++) {
            say(Role.USER, "fact number " + i);
        }
        assertThat(vectors.embedSome()).isEqualTo(4);
        assertThat(vectors.embedSome()).isEqualTo(2);
        assertThat(vectors.embedSome()).isZero();
        say(Role.ASSISTANT, "one more fact");
        assertThat(vectors.embedSome()).isEqualTo(1);
        assertThat(vectors.embedSome()).isZero();
        var found = ((ToolOutcome.Ok) call("conversation_search", "{\"query\":\"fact number 3\",\"limit\":1}")).value();
        var first = found.path("results").get(0);
        assertThat(first.path("content").asText()).isEqualTo("fact number 3");
        assertThat(first.path("relevance").path("search_mode").asText()).isEqualTo("hybrid");
    }

    @Test
    void vectorsFollowTheConversationByThemselves() throws InterruptedException {
        try (Scope scope = new Scope("test")) {
            vectors.follow(scope);
            for (int i = 0; i < 9; i++) {
                say(Role.USER, "fact number " + i);
            }
            long end = System.nanoTime() + 20_000_000_000L;
            while (vectorsStored() < 9 && System.nanoTime() < end) {
                Thread.sleep(50);
            }
        }
        assertThat(vectorsStored()).isEqualTo(9);
    }

    @Test
    void vectorsWaitWhileManyAnswersAreOnTheirWay() throws InterruptedException {
        List<Integer> storedWhenAsked = new CopyOnWriteArrayList<>();
        CountDownLatch calm = new CountDownLatch(1);
        busy = () -> {
            storedWhenAsked.add(vectorsStored());
            if (storedWhenAsked.size() == 3) {
                calm.countDown();
            }
            return storedWhenAsked.size() < 3;
        };
        say(Role.USER, "said among many");
        try (Scope scope = new Scope("test")) {
            vectors.follow(scope);
            assertThat(calm.await(1, TimeUnit.MINUTES)).isTrue();
            while (vectorsStored() < 1) {
                Thread.onSpinWait();
            }
        }
        assertThat(storedWhenAsked).startsWith(0, 0, 0);
    }

    int vectorsStored() {
        return db.everywhere().read(tx -> tx.sql().fetchCount(dev.mneme.store.gen.Tables.MESSAGE_VECTOR));
    }

    @Test
    void noEditOfASharedBlockIsLost() {
        String bob = AgentRows.insert(db, "bob", null, "UTC");
        Block human = blocks.ofAgentByLabel(ORG, agent, "human");
        db.of(ORG).write(tx -> {
            blocks.attach(tx, bob, human.id());
            return true;
        });
        Tool append = tools.stream()
                .filter(tool -> tool.spec().name().equals("core_memory_append"))
                .findFirst()
                .orElseThrow();
        List<Callable<Boolean>> edits = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String who = i % 2 == 0 ? agent : bob;
            ObjectNode arguments = Json.object().put("label", "human").put("content", "line " + i);
            edits.add(() ->
                    db.of(ORG)
                                    .write(append.call(
                                            arguments,
                                            new ToolContext(ORG, "user-x", "run-x", who, who, null, "UTC", 0))::apply)
                            instanceof ToolOutcome.Ok);
        }
        try (Scope scope = new Scope("test")) {
            assertThat(scope.all(edits)).doesNotContain(false);
        }
        assertThat(value("human").lines()).hasSize(41);
        assertThat(blocks.get(ORG, human.id()).version()).isEqualTo(41);
    }
}
