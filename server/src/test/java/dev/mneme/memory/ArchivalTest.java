package dev.mneme.memory;

import static dev.mneme.memory.BlocksTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelException;
import dev.mneme.store.Db;
import dev.mneme.testkit.AgentRows;
import dev.mneme.testkit.HashModels;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives and passages: made, listed, found, deleted. */
class ArchivalTest {
    static final String ORG = Db.DEFAULT_ORGANIZATION;
    static final String USER = Db.DEFAULT_USER;

    @TempDir
    Path folder;

    Db db;
    HashModels models;
    Archival archival;
    Archives archives;
    String ada = "";

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
        models = new HashModels();
        archival = new Archival(db, new ScanIndex(db), models);
        archives = archival.archives();
        ada = AgentRows.insert(db, "ada", HashModels.config(), "Europe/Oslo");
    }

    @AfterEach
    void close() {
        db.close();
    }

    Passage remember(String text, @Nullable List<String> tags) {
        return archival.remember(ORG, USER, ada, NewPassage.of(text, tags));
    }

    long count() {
        return db.of(ORG).read(tx -> archival.count(tx, ada));
    }

    List<String> tags() {
        return db.of(ORG).read(tx -> archival.tags(tx, ada));
    }

    List<String> found(PassageQuery query) {
        return archival.search(ORG, ada, query).stream()
                .map(one -> one.passage().text())
                .toList();
    }

    @Test
    void theFirstPassageMakesTheDefaultArchive() {
        assertThat(count()).isZero();
        Passage passage = remember("the cat sat on the mat", List.of("pets", "b", "pets"));
        Archive archive = Objects.requireNonNull(db.of(ORG).<@Nullable Archive>read(tx -> archives.ofAgent(tx, ada)));
        assertThat(archive.name()).isEqualTo("ada's Archive");
        assertThat(archive.description()).isEqualTo("Made by itself for this agent's archival memory");
        assertThat(archive.embeddingConfig()).isEqualTo(HashModels.config());
        assertThat(archive.updatedAt()).isEqualTo(archive.createdAt());
        assertThat(passage.tags()).containsExactly("pets", "b");
        assertThat(passage.embedding()).hasSize(16);
        assertThat(remember("dogs bark", null).tags()).isNull();
        assertThat(count()).isEqualTo(2);
        assertThat(tags()).containsExactly("b", "pets");
        Passage stored = archival.list(ORG, ada, null, null, null, 1, true).getFirst();
        assertThat(stored).usingRecursiveComparison().isEqualTo(passage);
    }

    @Test
    void textIsChecked() {
        refused(() -> remember("", null), ProblemCode.INVALID_ARGUMENT, "text");
        refused(() -> remember(" \0", null), ProblemCode.INVALID_ARGUMENT, "text");
        refused(
                () -> remember("x".repeat(80_000), null),
                ProblemCode.INVALID_ARGUMENT,
                "INVALID_ARGUMENT: Archival memory content exceeds token limit of 8192 tokens (found 20000 tokens)");
        assertThat(remember("x".repeat(32_768), null).text()).hasSize(32_768);
        assertThat(remember("a\0b", null).text()).isEqualTo("ab");
        refused(
                () -> archival.remember(ORG, USER, "agent-x", NewPassage.of("x", null)),
                ProblemCode.NOT_FOUND,
                "Agent with ID agent-x not found");
    }

    @Test
    void aFailingEmbedderStoresNothing() {
        models.failing = true;
        assertThatThrownBy(() -> remember("x", null)).isInstanceOf(ModelException.class);
        models.failing = false;
        assertThat(count()).isZero();
        remember("x", null);
        models.failing = true;
        assertThatThrownBy(() -> found(PassageQuery.of("x", 5))).isInstanceOf(ModelException.class);
    }

    @Test
    void searchHonoursTagsDatesAndLimit() {
        remember("the cat sat on the mat", List.of("pets"));
        remember("quarterly revenue rose", null);
        remember("the kitten and the cat", List.of("pets", "small"));
        assertThat(found(PassageQuery.of("cat mat", 1))).containsExactly("the cat sat on the mat");
        assertThat(found(PassageQuery.of("  ", 5))).isEmpty();
        assertThat(found(new PassageQuery("cat", List.of("small", "x"), false, null, null, 5)))
                .containsExactly("the kitten and the cat");
        assertThat(found(new PassageQuery("cat", List.of("pets", "small"), true, null, null, 5)))
                .containsExactly("the kitten and the cat");
        long now = db.clock().now();
        assertThat(found(new PassageQuery("cat", List.of(), false, now + 1, null, 5)))
                .isEmpty();
        assertThat(archival.search(ORG, AgentRows.insert(db, "bob", null, "UTC"), PassageQuery.of("cat", 5)))
                .isEmpty();
    }

    @Test
    void datesAreReadInTheAgentsZoneAndAnEndDateIsTheWholeDay() {
        long at = Times.moment("2026-01-05T23:30", Times.zone("Europe/Oslo"), false)
                .orElseThrow();
        archival.remember(ORG, USER, ada, new NewPassage("late cat", List.of("x"), null, at));
        Recollection found = archival.recollect(
                ORG, ada, new Recollection.Ask("cat", null, null, null, 5, "2026-01-05", "2026-01-05"));
        assertThat(found.results()).singleElement().satisfies(one -> {
            assertThat(one.timestamp()).isEqualTo("2026-01-05T23:30:00+01:00");
            assertThat(one.content()).isEqualTo("late cat");
            assertThat(one.tags()).containsExactly("x");
        });
        assertThat(archival.recollect(ORG, ada, new Recollection.Ask("cat", null, null, null, 5, null, "2026-01-04"))
                        .results())
                .isEmpty();
        refused(
                () -> archival.recollect(ORG, ada, new Recollection.Ask("cat", null, null, null, 5, "soon", null)),
                ProblemCode.UNPROCESSABLE,
                "Invalid start_datetime format: soon. Use ISO 8601 format (YYYY-MM-DD or YYYY-MM-DDTHH:MM)");
        refused(
                () -> archival.recollect(ORG, ada, new Recollection.Ask("cat", null, "some", null, 5, null, null)),
                ProblemCode.UNPROCESSABLE,
                "tag_match_mode");
    }

    @Test
    void listCursorsAreInTime() {
        List<String> ids = new ArrayList<>();
        for (String text : List.of("a cat", "b", "c cat", "d")) {
            ids.add(remember(text, null).id());
        }
        assertThat(texts(null, null, null, 100, true)).containsExactly("a cat", "b", "c cat", "d");
        assertThat(texts(null, null, null, 2, false)).containsExactly("d", "c cat");
        assertThat(texts("CAT", null, null, 100, true)).containsExactly("a cat", "c cat");
        assertThat(texts(null, ids.get(1), null, 100, true)).containsExactly("c cat", "d");
        assertThat(texts(null, ids.get(1), null, 100, false)).containsExactly("d", "c cat");
        assertThat(texts(null, null, ids.get(2), 100, false)).containsExactly("b", "a cat");
        assertThat(texts(null, "passage-x", null, 1, true)).containsExactly("a cat");
    }

    List<String> texts(
            @Nullable String containing,
            @Nullable String after,
            @Nullable String before,
            int limit,
            boolean ascending) {
        return archival.list(ORG, ada, containing, after, before, limit, ascending).stream()
                .map(Passage::text)
                .toList();
    }

    @Test
    void onlyTheAgentsOwnPassagesAreForgotten() {
        String bob = AgentRows.insert(db, "bob", null, "UTC");
        Passage passage = remember("x", List.of("t"));
        refused(() -> archival.forget(ORG, bob, passage.id()), ProblemCode.NOT_FOUND, passage.id());
        archival.forget(ORG, ada, passage.id());
        assertThat(count()).isZero();
        assertThat(tags()).isEmpty();
        refused(
                () -> archival.forget(ORG, ada, passage.id()),
                ProblemCode.NOT_FOUND,
                "Passage with id " + passage.id() + " not found in database.");
    }

    @Test
    void archivesAreListedPatchedAttachedDeleted() {
        Archive first = archives.create(ORG, USER, "research", "papers", HashModels.HANDLE, null);
        Archive second = archives.create(ORG, USER, "research", null, null, null);
        models.withDefault = false;
        Archive bare = archives.create(ORG, USER, "bare", null, null, null);
        assertThat(second.embeddingConfig()).isEqualTo(HashModels.config());
        assertThat(bare.embeddingConfig()).isNull();
        refused(
                () -> archives.create(ORG, USER, "x", null, "nope/x", null),
                ProblemCode.INVALID_ARGUMENT,
                "nope/x not found");
        assertThat(archives.list(ORG, "research", null, Page.of(50, false))).containsExactly(second, first);
        assertThat(archives.list(ORG, "Research", null, Page.of(50, false))).isEmpty();
        assertThat(archives.patch(ORG, USER, first.id(), null, "d").name()).isEqualTo("research");
        archives.attach(ORG, ada, first.id());
        archives.attach(ORG, ada, first.id());
        refused(() -> archives.attach(ORG, ada, second.id()), ProblemCode.CONFLICT, first.id());
        refused(
                () -> archives.attach(ORG, ada, "x"),
                ProblemCode.INVALID_ARGUMENT,
                "INVALID_ARGUMENT: Invalid archive ID format: x. Expected format: 'archive-<uuid4>'");
        assertThat(archives.list(ORG, null, ada, Page.ALL))
                .extracting(Archive::id)
                .containsExactly(first.id());
        assertThat(archives.agentsOf(ORG, first.id(), Page.ALL)).containsExactly(ada);
        remember("kept", null);
        archives.detach(ORG, ada, first.id());
        archives.detach(ORG, ada, first.id());
        assertThat(archives.agentsOf(ORG, first.id(), Page.ALL)).isEmpty();
        archives.delete(ORG, first.id());
        refused(
                () -> archives.delete(ORG, first.id()),
                ProblemCode.NOT_FOUND,
                "Archive not found with id=" + first.id());
        assertThat(archives.agentsOf(ORG, first.id(), Page.ALL)).isEmpty();
    }

    @Test
    void passagesOfAnArchive() {
        Archive archive = archives.create(ORG, USER, "a", null, null, null);
        Archive other = archives.create(ORG, USER, "b", null, null, null);
        int before = models.calls.get();
        List<Passage> stored = archival.add(
                ORG,
                USER,
                archive.id(),
                List.of(NewPassage.of("one", null), NewPassage.of("two", List.of("t")), NewPassage.of("three", null)));
        assertThat(stored).extracting(Passage::text).containsExactly("one", "two", "three");
        assertThat(models.calls.get() - before).isEqualTo(2);
        assertThat(archival.add(ORG, USER, archive.id(), List.of())).isEmpty();
        assertThat(archives.get(ORG, archive.id()).passageCount()).isEqualTo(3);
        String id = stored.getFirst().id();
        refused(
                () -> archival.remove(ORG, other.id(), id),
                ProblemCode.INVALID_ARGUMENT,
                "Passage " + id + " does not belong to archive " + other.id());
        archival.remove(ORG, archive.id(), id);
        refused(
                () -> archival.remove(ORG, archive.id(), id),
                ProblemCode.NOT_FOUND,
                "Agent passage with id " + id + " not found in database.");
    }

    @Test
    void anArchiveWithoutEmbedderIsSearchedByItsWordsAndPiecesOfThem() {
        models.withDefault = false;
        Archive bare = archives.create(ORG, USER, "bare", null, null, null);
        archives.attach(ORG, ada, bare.id());
        int before = models.calls.get();
        Passage passage = remember("kittens purr", List.of("a"));
        assertThat(passage.embedding()).isNull();
        assertThat(found(PassageQuery.of("kittens", 5))).containsExactly("kittens purr");
        assertThat(found(PassageQuery.of("kitt", 5))).containsExactly("kittens purr");
        assertThat(models.calls.get()).isEqualTo(before);
    }

    @Test
    void searchOverEverything() {
        remember("cat one", List.of("a", "b"));
        Archive other = archives.create(ORG, USER, "o", null, null, null);
        archival.add(ORG, USER, other.id(), List.of(NewPassage.of("cat two", List.of("b"))));
        assertThat(all(null, null, PassageQuery.of("cat", 50))).containsExactlyInAnyOrder("cat one", "cat two");
        assertThat(all(null, other.id(), PassageQuery.of("cat", 50))).containsExactly("cat two");
        assertThat(all(ada, other.id(), PassageQuery.of("cat", 50))).containsExactly("cat one");
        assertThat(all(null, null, new PassageQuery(null, List.of(), false, null, null, 50)))
                .containsExactly("cat one", "cat two");
        assertThat(all(null, null, new PassageQuery(null, List.of("a", "b"), true, null, null, 50)))
                .containsExactly("cat one");
        assertThat(all(null, null, new PassageQuery(null, List.of("A"), false, null, null, 50)))
                .isEmpty();
        refused(() -> all("x", null, PassageQuery.of("cat", 5)), ProblemCode.INVALID_ARGUMENT, "agent ID format");
        refused(
                () -> all(null, "archive-00000000-0000-4000-8000-000000000000", PassageQuery.of("cat", 5)),
                ProblemCode.NOT_FOUND,
                "Archive not found");
    }

    List<String> all(@Nullable String agent, @Nullable String archive, PassageQuery query) {
        return archival.searchAll(ORG, agent, archive, query).stream()
                .map(one -> one.passage().text())
                .toList();
    }
}
