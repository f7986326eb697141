package dev.mneme.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.store.Db;
import dev.mneme.testkit.AgentRows;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks: limits, labels, sharing, filters, pages. */
class BlocksTest {
    static final String ORG = Db.DEFAULT_ORGANIZATION;
    static final String USER = Db.DEFAULT_USER;

    @TempDir
    Path folder;

    Db db;
    Blocks blocks;

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
        blocks = new Blocks(db);
    }

    @AfterEach
    void close() {
        db.close();
    }

    Block make(String label, @Nullable String value) {
        return blocks.create(ORG, USER, NewBlock.of(label, value, null));
    }

    void attach(String agent, Block block) {
        db.of(ORG).write(tx -> {
            blocks.attach(tx, agent, block.id());
            return true;
        });
    }

    String agent(String name) {
        return AgentRows.insert(db, name, null, "UTC");
    }

    static void refused(Runnable action, ProblemCode code, String... words) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.code()).isEqualTo(code);
            assertThat(problem.detail()).contains(words);
        });
    }

    @Test
    void ofItsPastABlockKeepsTheNewestHundred() {
        Block block = make("diary", "day 0");
        for (int day = 1; day <= BlockVersionSql.KEPT + 5; day++) {
            blocks.patch(ORG, USER, block.id(), BlockPatch.value("day " + day));
        }
        var past = blocks.history(ORG, block.id(), 1000);
        assertThat(past).hasSize(BlockVersionSql.KEPT);
        assertThat(past.getFirst().value()).isEqualTo("day " + (BlockVersionSql.KEPT + 4));
        assertThat(past.getLast().value()).isEqualTo("day 5");
    }

    @Test
    void aNewBlockHasTheContractsDefaults() {
        Block block = make("notes", null);
        assertThat(block.value()).isEmpty();
        assertThat(block.limit()).isEqualTo(100_000);
        assertThat(block.description()).isNull();
        assertThat(block.metadata()).isEqualTo(Json.object());
        assertThat(block.tags()).isEmpty();
        assertThat(block.version()).isEqualTo(1);
        assertThat(blocks.get(ORG, block.id())).isEqualTo(block);
        assertThat(make("human", "x").description()).isNotBlank();
        assertThat(make("persona", "x").description()).isNotBlank();
    }

    @Test
    void anOverlongValueIsRefusedWithBothSizes() {
        refused(
                () -> blocks.create(
                        ORG, USER, NewBlock.of("n", "x".repeat(11), null).withLimit(10)),
                ProblemCode.INVALID_ARGUMENT,
                "11",
                "10");
        Block block =
                blocks.create(ORG, USER, NewBlock.of("n", "x".repeat(10), null).withLimit(10));
        refused(
                () -> blocks.patch(ORG, USER, block.id(), BlockPatch.value("y".repeat(12))),
                ProblemCode.INVALID_ARGUMENT,
                "INVALID_ARGUMENT: ",
                "12",
                "10");
        assertThat(blocks.get(ORG, block.id()).value()).isEqualTo("x".repeat(10));
        refused(
                () -> blocks.patch(ORG, USER, block.id(), BlockPatch.limit(5, null)),
                ProblemCode.INVALID_ARGUMENT,
                "10",
                "5");
        assertThat(blocks.patch(ORG, USER, block.id(), BlockPatch.limit(5, "abc"))
                        .limit())
                .isEqualTo(5);
    }

    @Test
    void anEmojiIsOneCharacter() {
        assertThat(blocks.create(ORG, USER, NewBlock.of("n", "🙂🙂", null).withLimit(2))
                        .chars())
                .isEqualTo(2);
    }

    @Test
    void anOldBlockOverItsLimitLoadsAndMayOnlyShrink() {
        Block old = db.of(ORG)
                .write(tx -> blocks.restore(
                        tx, null, NewBlock.of("n", "x".repeat(30), null).withLimit(10)));
        assertThat(blocks.get(ORG, old.id()).chars()).isEqualTo(30);
        refused(
                () -> blocks.patch(ORG, USER, old.id(), BlockPatch.value("x".repeat(31))),
                ProblemCode.INVALID_ARGUMENT,
                "31");
        assertThat(blocks.patch(ORG, USER, old.id(), BlockPatch.value("x".repeat(20)))
                        .chars())
                .isEqualTo(20);
        assertThat(blocks.patch(ORG, USER, old.id(), BlockPatch.naming(null, "d"))
                        .description())
                .isEqualTo("d");
    }

    @Test
    void emptyLabelsAndLimitsAreRefusedAndNulIsDropped() {
        refused(() -> make("", "v"), ProblemCode.INVALID_ARGUMENT, "label");
        refused(() -> make("  ", "v"), ProblemCode.INVALID_ARGUMENT, "label");
        refused(
                () -> blocks.create(ORG, USER, NewBlock.of("n", "", null).withLimit(0)),
                ProblemCode.INVALID_ARGUMENT,
                "limit");
        assertThat(make("n", "a\0b").value()).isEqualTo("ab");
    }

    @Test
    void anUnchangedPatchWritesNothing() {
        Block block = make("n", "v");
        assertThat(blocks.patch(ORG, USER, block.id(), BlockPatch.NOTHING)).isEqualTo(block);
        assertThat(blocks.patch(ORG, USER, block.id(), BlockPatch.value("v")).version())
                .isEqualTo(1);
        Block changed = blocks.patch(ORG, USER, block.id(), BlockPatch.value("w"));
        assertThat(changed.version()).isEqualTo(2);
        assertThat(changed.updatedAt()).isGreaterThan(block.updatedAt());
    }

    @Test
    void anAgentHoldsOneBlockPerLabel() {
        String ada = agent("ada");
        Block first = make("human", "1");
        Block second = make("human", "2");
        attach(ada, first);
        attach(ada, first);
        refused(() -> attach(ada, second), ProblemCode.CONFLICT, "CONFLICT: ", "human");
        Block other = make("notes", "3");
        attach(ada, other);
        refused(
                () -> blocks.patch(ORG, USER, other.id(), BlockPatch.naming("human", null)),
                ProblemCode.CONFLICT,
                "human");
        blocks.patch(ORG, USER, other.id(), BlockPatch.naming("journal", null));
        assertThat(blocks.ofAgentByLabel(ORG, ada, "journal").value()).isEqualTo("3");
        refused(
                () -> blocks.ofAgentByLabel(ORG, ada, "notes"),
                ProblemCode.NOT_FOUND,
                "No block with label 'notes' found for agent '" + ada + "'");
    }

    @Test
    void aSharedBlockIsOneForAll() {
        String ada = agent("ada");
        String bob = agent("bob");
        Block block = make("team", "v");
        attach(ada, block);
        attach(bob, make("own", ""));
        attach(bob, block);
        blocks.patchByLabel(ORG, USER, ada, "team", BlockPatch.value("w"));
        assertThat(blocks.ofAgentByLabel(ORG, bob, "team").value()).isEqualTo("w");
        assertThat(db.of(ORG).<List<Block>>read(tx -> blocks.ofAgent(tx, bob)))
                .extracting(Block::label)
                .containsExactly("own", "team");
        assertThat(blocks.agentsOf(ORG, block.id(), Page.ALL)).containsExactly(ada, bob);
        assertThat(blocks.agentsOf(ORG, block.id(), Page.of(1, false))).containsExactly(bob);
        assertThat(db.of(ORG).read(tx -> blocks.ofAgents(tx, List.of(ada, bob))).get(bob))
                .hasSize(2);
        blocks.delete(ORG, block.id());
        assertThat(db.of(ORG).<List<Block>>read(tx -> blocks.ofAgent(tx, ada))).isEmpty();
        refused(() -> blocks.get(ORG, block.id()), ProblemCode.NOT_FOUND, block.id());
        refused(() -> blocks.delete(ORG, block.id()), ProblemCode.NOT_FOUND, block.id());
        refused(
                () -> db.of(ORG).write(tx -> {
                    blocks.detach(tx, ada, block.id());
                    return true;
                }),
                ProblemCode.NOT_FOUND,
                block.id());
    }

    @Test
    void anotherOrganisationSeesNothing() {
        Block block = make("n", "v");
        assertThat(blocks.count("org-11111111-1111-4111-8111-111111111111", BlockFilter.ORDINARY))
                .isZero();
        refused(
                () -> blocks.get("org-11111111-1111-4111-8111-111111111111", block.id()),
                ProblemCode.NOT_FOUND,
                block.id());
    }

    @Test
    void filters() {
        String ada = agent("ada");
        Block notes = blocks.create(
                ORG,
                USER,
                NewBlock.of("notes", "Grüße aus Köln", "where we are").withTags(List.of("a", "b")));
        Block human =
                blocks.create(ORG, USER, NewBlock.of("human", "100%", null).withTags(List.of("b")));
        attach(ada, human);
        BlockFilter all = BlockFilter.ORDINARY;
        assertThat(found(new BlockFilter(
                        "notes", false, null, null, null, null, null, List.of(), false, null, null, List.of(), false)))
                .containsExactly(notes.id());
        assertThat(found(search(null, "WE ARE", null))).containsExactly(notes.id());
        assertThat(found(search("OTE", null, null))).containsExactly(notes.id());
        assertThat(found(search(null, null, "GRÜSSE"))).isEmpty();
        assertThat(found(search(null, null, "grüße"))).containsExactly(notes.id());
        assertThat(found(search(null, null, "0%"))).containsExactly(human.id());
        assertThat(found(search(null, null, "1%0"))).isEmpty();
        assertThat(found(tagged(List.of("a", "b"), false))).containsExactly(notes.id(), human.id());
        assertThat(found(tagged(List.of("a", "b"), true))).containsExactly(notes.id());
        assertThat(found(connected(0, null, List.of()))).containsExactly(human.id());
        assertThat(found(connected(null, 1, List.of()))).containsExactly(notes.id());
        assertThat(found(connected(null, null, List.of(1, 5)))).containsExactly(human.id());
        assertThat(blocks.count(ORG, all)).isEqualTo(2);
        refused(
                () -> blocks.list(
                        ORG,
                        new BlockFilter(
                                "no spaces",
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                List.of(),
                                false,
                                null,
                                null,
                                List.of(),
                                true),
                        Page.ALL),
                ProblemCode.UNPROCESSABLE,
                "50");
    }

    static BlockFilter search(@Nullable String label, @Nullable String description, @Nullable String value) {
        return new BlockFilter(
                null, false, null, null, label, description, value, List.of(), false, null, null, List.of(), false);
    }

    static BlockFilter tagged(List<String> tags, boolean all) {
        return new BlockFilter(null, false, null, null, null, null, null, tags, all, null, null, List.of(), false);
    }

    static BlockFilter connected(@Nullable Integer greater, @Nullable Integer less, List<Integer> equal) {
        return new BlockFilter(
                null, false, null, null, null, null, null, List.of(), false, greater, less, equal, false);
    }

    List<String> found(BlockFilter filter) {
        return blocks.list(ORG, filter, Page.ALL).stream().map(Block::id).toList();
    }

    @Test
    void pagesLieNextToTheirCursors() {
        List<String> ids = List.of("a", "b", "c", "d", "e").stream()
                .map(label -> make(label, "").id())
                .toList();
        assertThat(page(new Page(null, ids.get(1), 2, true))).containsExactly("c", "d");
        assertThat(page(new Page(ids.get(3), null, 2, true))).containsExactly("b", "c");
        assertThat(page(new Page(ids.get(2), null, 2, false))).containsExactly("e", "d");
        assertThat(page(new Page(null, ids.get(2), 2, false))).containsExactly("b", "a");
        assertThat(page(new Page(ids.get(4), ids.get(0), 0, true))).containsExactly("b", "c", "d");
        assertThat(page(new Page("block-unknown", null, 2, true))).containsExactly("a", "b");
        assertThat(page(Page.ALL)).hasSize(5);
        refused(() -> Page.of(-1, true), ProblemCode.UNPROCESSABLE, "limit");
    }

    List<String> page(Page page) {
        return blocks.list(ORG, BlockFilter.ORDINARY, page).stream()
                .map(Block::label)
                .toList();
    }
}
