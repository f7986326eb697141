package dev.mneme.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Scope;
import dev.mneme.search.RowsSql.Passage;
import dev.mneme.store.Db;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that lacks more rows than a search reads: what is found is still true, and the newest is among it. */
class FarBehindTest {
    private static final SearchOptions SLEEPY = new SearchOptions(16, 3_600_000, 3_600_000, 3_600_000);
    private static final SearchOptions EAGER = new SearchOptions(16, 10, 50, 100);
    private static final String SECOND = "org-11111111-1111-4111-8111-111111111111";

    @TempDir
    Path folder;

    private Db db;
    private RowsSql rows;
    private Scope scope;
    private Index index;
    private String archive;
    private String agent;

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
        rows = new RowsSql(db);
        scope = new Scope("test");
        archive = rows.archive();
        agent = rows.agent();
    }

    @AfterEach
    void close() {
        index.close();
        scope.close();
        db.close();
    }

    /** An index that holds what there is now and takes nothing more. */
    private void hold() throws InterruptedException {
        catchUp();
        index.close();
        rows.passage(Passage.of(rows.archive(), "there before the first look").with(1, 0, 0));
        index = LuceneIndex.open(db, folder.resolve("index"), SLEEPY, scope);
        // It looks once when it opens, and must not see what the test writes next.
        IndexContract.await(index);
    }

    private void catchUp() throws InterruptedException {
        if (index != null) {
            index.close();
        }
        index = LuceneIndex.open(db, folder.resolve("index"), EAGER, scope);
        IndexContract.await(index);
    }

    private void fallBehind() {
        List<Passage> some = new ArrayList<>();
        for (int i = 0; i < Backlog.MOST_ROWS + 100; i++) {
            some.add(Passage.of(archive, "an ordinary note about harbour number n" + i)
                    .with(1, 0, 0));
        }
        rows.passages(some);
    }

    private void talk() {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < Backlog.MOST_ROWS + 100; i++) {
            said.add("an ordinary sentence number n" + i);
        }
        rows.messages(agent, said);
    }

    @Test
    void neverServesWhatWasChangedOrDeleted() throws Exception {
        Passage changed = Passage.of(archive, "the old windmill").with(0, 1, 0);
        String deleted =
                rows.passage(Passage.of(archive, "a windmill to be forgotten").with(0, 1, 0));
        String kept = rows.passage(Passage.of(archive, "a windmill that stays").with(0, 1, 0));
        rows.passages(List.of(changed));
        String lost = rows.archive();
        rows.passage(Passage.of(lost, "a windmill of a lost archive").with(0, 1, 0));
        hold();
        rows.change(changed.saying("the new lighthouse"));
        rows.deletePassage(deleted);
        rows.deleteArchive(lost);
        fallBehind();
        assertThat(Ask.passages("windmill").of(archive).in(index)).containsExactly(kept);
        assertThat(Ask.passages("windmill").in(index)).containsExactly(kept);
        assertThat(Ask.passages("windmill").of(lost).in(index)).isEmpty();
        assertThat(Ask.passages("lighthouse").of(archive).in(index)).containsExactly(changed.id());
        assertThat(Ask.passages("").near(0, 1, 0).of(archive).limit(2).in(index))
                .containsExactlyInAnyOrder(kept, changed.id());
    }

    @Test
    void findsTheNewestByMeaningAndOlderOnesByTheirRareWords() throws Exception {
        hold();
        String early =
                rows.passage(Passage.of(archive, "Zanzibar was mentioned once").with(0, 0, 1));
        String earlySaid = rows.message(agent, "user", "We flew to Zanzibar", 1);
        fallBehind();
        talk();
        String last = rows.passage(
                Passage.of(archive, "the very last word: marmalade").with(0, 1, 0));
        String lastSaid = rows.message(agent, "assistant", "Marmalade, then", 2);
        assertThat(Ask.passages("marmalade").of(archive).in(index)).containsExactly(last);
        assertThat(Ask.messages("marmalade").of(agent).in(index)).containsExactly(lastSaid);
        assertThat(Ask.passages("").near(0, 1, 0).of(archive).in(index)).startsWith(last);
        assertThat(Ask.passages("what of zanzibar?").of(archive).in(index)).containsExactly(early);
        assertThat(Ask.messages("ZANZIBAR").of(agent).in(index)).containsExactly(earlySaid);
        assertThat(Ask.messages("zanzibar").in(index)).containsExactly(earlySaid);
        assertThat(Ask.messages("zanzibar").of(agent).roles("assistant").in(index))
                .isEmpty();
        assertThat(Ask.passages("").near(0, 0, 1).of(archive).in(index))
                .as("by meaning alone, older rows wait for the index")
                .doesNotContain(early);
        catchUp();
        assertThat(Ask.passages("").near(0, 0, 1).of(archive).in(index)).startsWith(early);
        assertThat(Ask.messages("zanzibar").of(agent).in(index)).containsExactly(earlySaid);
    }

    @Test
    void isNotFarBehindForThoseWhoWroteLittle() throws Exception {
        hold();
        RowsSql strangers = new RowsSql(db, SECOND);
        strangers.organization();
        String theirs = strangers.archive();
        String there = strangers.passage(Passage.of(theirs, "harbour of others").with(0, 1, 0));
        String quiet = rows.archive();
        String here = rows.passage(Passage.of(quiet, "harbour of few").with(0, 1, 0));
        fallBehind();
        assertThat(Ask.passages("").near(0, 1, 0).of(quiet).in(index)).containsExactly(here);
        assertThat(Ask.passages("").near(0, 1, 0).org(SECOND).of(theirs).in(index))
                .containsExactly(there);
        assertThat(Ask.passages("harbour").of(theirs).in(index)).isEmpty();
        assertThat(Ask.passages("harbour").org(SECOND).of(archive).in(index)).isEmpty();
        assertThat(Ask.passages("others").in(index)).isEmpty();
    }
}
