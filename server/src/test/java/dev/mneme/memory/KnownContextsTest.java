package dev.mneme.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.IdKind;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.testkit.AgentRows;
import dev.mneme.testkit.HashModels;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts that are kept in memory are always those of the database, as the transaction sees it. */
class KnownContextsTest {
    static final String ORG = Db.DEFAULT_ORGANIZATION;

    @TempDir
    Path folder;

    Db db;
    Recall recall;
    String agent = "";

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
        recall = new Recall(db, new ScanIndex(db), new HashModels());
        agent = AgentRows.insert(db, "ada", null, "UTC");
        db.of(ORG).write(tx -> {
            recall.setContext(tx, agent, stored(tx, "system"));
            return true;
        });
    }

    @AfterEach
    void close() {
        db.close();
    }

    List<String> stored(Tx tx, String... texts) {
        List<Message> rows = java.util.Arrays.stream(texts)
                .map(text -> Message.system(
                        IdKind.MESSAGE.next(), agent, text, db.clock().next()))
                .toList();
        recall.insert(tx, rows);
        return rows.stream().map(Message::id).toList();
    }

    void append(String... texts) {
        db.of(ORG).write(tx -> {
            recall.append(tx, agent, stored(tx, texts));
            return true;
        });
    }

    List<String> context(Tx tx) {
        return recall.context(tx, agent).stream().map(Message::text).toList();
    }

    List<String> context() {
        return db.of(ORG).read(this::context);
    }

    @Test
    void whatIsAddedIsSeenInTheNextRead() {
        assertThat(context()).containsExactly("system");
        append("one");
        assertThat(context()).containsExactly("system", "one");
        append("two", "three");
        assertThat(context()).containsExactly("system", "one", "two", "three");
        assertThat(context()).containsExactly("system", "one", "two", "three");
    }

    @Test
    void aRewrittenMessageIsSeenInEveryThreadThatHoldsIt() {
        append("one");
        List<String> ids = db.of(ORG).read(tx -> recall.contextIds(tx, agent));
        db.of(ORG).write(tx -> {
            recall.setContext(tx, "conversation-1", ids);
            return true;
        });
        assertThat(recall.context(ORG, "conversation-1")).hasSize(2);
        assertThat(context()).hasSize(2);
        db.of(ORG).write(tx -> {
            recall.replaceContent(tx, ids.getLast(), List.of(new Content.Text("two")));
            return true;
        });
        assertThat(context()).containsExactly("system", "two");
        assertThat(recall.context(ORG, "conversation-1").getLast().text()).isEqualTo("two");
    }

    @Test
    void aReplacedContextOfTheSameLengthIsSeen() {
        append("one", "two");
        assertThat(context()).hasSize(3);
        db.of(ORG).write(tx -> {
            recall.setContext(tx, agent, stored(tx, "a", "b", "c"));
            return true;
        });
        assertThat(context()).containsExactly("a", "b", "c");
        db.of(ORG).write(tx -> {
            recall.clearContext(tx, agent);
            return true;
        });
        assertThat(context()).isEmpty();
    }

    @Test
    void whatIsRolledBackWasNeverKept() {
        append("one");
        assertThatThrownBy(() -> db.of(ORG).write(tx -> {
                    recall.append(tx, agent, stored(tx, "lost"));
                    assertThat(context(tx)).endsWith("lost");
                    throw new IllegalStateException("no");
                }))
                .hasMessageContaining("no");
        assertThat(context()).containsExactly("system", "one");
        append("kept");
        assertThat(context()).containsExactly("system", "one", "kept");
    }

    @Test
    void anOlderSnapshotStaysWhatItWas() {
        append("one");
        db.of(ORG).read(tx -> {
            assertThat(context(tx)).containsExactly("system", "one");
            append("two");
            assertThat(context()).containsExactly("system", "one", "two");
            assertThat(context(tx)).containsExactly("system", "one");
            return true;
        });
        assertThat(context()).containsExactly("system", "one", "two");
    }

    @Test
    void anotherOrganisationSeesNothing() {
        assertThat(context()).hasSize(1);
        assertThat(recall.context("org-other", agent)).isEmpty();
    }

    @Test
    void whatIsKeptHasALimit() {
        append("x".repeat(5_000));
        KnownContexts small = new KnownContexts(20_000);
        List<String> ids = db.of(ORG).read(tx -> recall.contextIds(tx, agent));
        IntStream.range(0, 10).forEach(i -> {
            db.of(ORG).write(tx -> {
                recall.setContext(tx, "conversation-" + i, ids);
                return true;
            });
            List<Message> read = db.of(ORG).read(tx -> small.of(tx, "conversation-" + i));
            assertThat(read).hasSize(2);
            assertThat(small.bytes()).isLessThanOrEqualTo(20_000);
        });
        assertThat(small.bytes()).isPositive();
    }
}
