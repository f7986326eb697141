package dev.mneme.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import dev.mneme.search.Query.Mode;
import dev.mneme.search.RowsSql.Passage;
import dev.mneme.store.Db;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an index must do on every database: each case with rows that it has not taken in yet, and with rows that it has. */
abstract class IndexContract {
    enum When {
        /** The feed sleeps: rows are read from the database by the search. */
        AT_ONCE,
        /** The feed has taken everything in. */
        CAUGHT_UP
    }

    private static final SearchOptions SLEEPY = new SearchOptions(16, 3_600_000, 3_600_000, 3_600_000);
    private static final SearchOptions EAGER = new SearchOptions(16, 10, 50, 100);

    private Db db;
    private RowsSql rows;
    private Scope scope;
    private Index index;
    private When when;

    abstract Db database();

    abstract Path folder();

    @BeforeEach
    void open() {
        db = database();
        rows = new RowsSql(db);
        scope = new Scope("test");
    }

    @AfterEach
    void close() {
        if (index != null) {
            index.close();
        }
        scope.close();
        db.close();
    }

    private void start(When moment) throws InterruptedException {
        when = moment;
        index = LuceneIndex.open(db, folder(), moment == When.AT_ONCE ? SLEEPY : EAGER, scope);
        index.status();
        Thread.sleep(20);
    }

    private void settle() throws InterruptedException {
        if (when == When.CAUGHT_UP) {
            index.nudge();
            await(index);
        }
    }

    static void await(Index index) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (index.status().waiting() > 0 || index.status().rebuilding()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsByWordWithoutAnyVector(When moment) throws Exception {
        start(moment);
        String archive = rows.archive();
        String cat = rows.passage(Passage.of(archive, "The cat is called Miso and sleeps all day."));
        rows.passage(Passage.of(archive, "The car needs new tyres before winter."));
        settle();
        assertThat(Ask.passages("cats").of(archive).in(index)).containsExactly(cat);
        assertThat(Ask.passages("what is the name of the CAT?").of(archive).in(index))
                .startsWith(cat);
        assertThat(Ask.passages("giraffe").in(index)).isEmpty();
        assertThat(Ask.passages("  ").in(index)).isEmpty();
        assertThat(Ask.passages("?!").in(index)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void findsChineseJapaneseGermanFrench(When moment) throws Exception {
        start(moment);
        String archive = rows.archive();
        String chinese = rows.passage(Passage.of(archive, "我的猫叫味噌，它喜欢在窗边睡觉。"));
        String japanese = rows.passage(Passage.of(archive, "週末は京都でラーメンを食べました。"));
        String german = rows.passage(Passage.of(archive, "Die Häuser am See gehören meiner Großmutter."));
        String french = rows.passage(Passage.of(archive, "Nous avons mangé une crêpe à Nîmes."));
        settle();
        assertThat(Ask.passages("猫").in(index)).containsExactly(chinese);
        assertThat(Ask.passages("窗边").in(index)).containsExactly(chinese);
        assertThat(Ask.passages("京都").in(index)).containsExactly(japanese);
        assertThat(Ask.passages("ラーメン").in(index)).containsExactly(japanese);
        assertThat(Ask.passages("häuser").in(index)).containsExactly(german);
        assertThat(Ask.passages("crepe nimes").in(index)).containsExactly(french);
    }

    @ParameterizedTest
    @EnumSource
    void comparesVectorsOfTheSameEmbedderOnly(When moment) throws Exception {
        start(moment);
        String archive = rows.archive();
        String north = rows.passage(Passage.of(archive, "one").with(0, 3, 0));
        String east = rows.passage(Passage.of(archive, "two").with(2, 0.1f, 0));
        String other = rows.passage(Passage.of(archive, "three").with(0, 1, 0).named("other"));
        rows.passage(Passage.of(archive, "four").with(0, 1));
        rows.passage(Passage.of(archive, "five").with(0, 0, 0));
        rows.passage(Passage.of(archive, "six"));
        settle();
        assertThat(Ask.passages("").near(0, 1, 0).in(index)).containsExactly(north, east);
        assertThat(Ask.passages("").near(1, 0, 0).in(index)).containsExactly(east, north);
        assertThat(Ask.passages("").near(1, 0, 0).named("other").in(index)).containsExactly(other);
        assertThat(Ask.passages("").near(0, 0, 0).in(index)).isEmpty();
        assertThat(Ask.passages("").near(Float.NaN, 0, 0).in(index)).isEmpty();
        List<Index.Hit> hits = index.search(Ask.passages("").near(0, 1, 0).query());
        assertThat(hits.getFirst().score()).isBetween(0.99, 1.0);
        assertThat(hits.getFirst().vectorRank()).isEqualTo(1);
        assertThat(hits.getFirst().textRank()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void fusesBothHalves(When moment) throws Exception {
        start(moment);
        String archive = rows.archive();
        String both = rows.passage(Passage.of(archive, "a quiet garden").with(1, 0.1f));
        String wordOnly = rows.passage(
                Passage.of(archive, "garden chairs and garden tables").with(-1, 0));
        String vectorOnly = rows.passage(Passage.of(archive, "green lawn").with(1, 0));
        settle();
        List<Index.Hit> hits = index.search(Ask.passages("garden").near(1, 0).query());
        assertThat(hits).extracting(Index.Hit::id).startsWith(both).contains(wordOnly, vectorOnly);
        assertThat(hits).allSatisfy(hit -> assertThat(hit.score()).isBetween(0.0, 1.0));
        assertThat(Ask.passages("garden").near(1, 0).mode(Mode.TEXT).in(index))
                .containsExactlyInAnyOrder(both, wordOnly);
        assertThat(Ask.passages("garden").near(1, 0).mode(Mode.VECTOR).in(index))
                .startsWith(vectorOnly);
        assertThat(Ask.passages("garden").mode(Mode.VECTOR).in(index)).containsExactlyInAnyOrder(both, wordOnly);
    }

    @ParameterizedTest
    @EnumSource
    void filtersInsideTheSearch(When moment) throws Exception {
        start(moment);
        String archive = rows.archive();
        String elsewhere = rows.archive();
        List<Passage> noise = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            noise.add(Passage.of(archive, "note note note " + i)
                    .with(1, 0)
                    .tagged("noise")
                    .at(1_000 + i));
        }
        rows.passages(noise);
        String wanted = rows.passage(Passage.of(archive, "a long note about many other things, far below")
                .with(0.2f, 1)
                .tagged("a", "b")
                .at(50));
        String half = rows.passage(Passage.of(archive, "another long note about many other things as well")
                .with(0.1f, 1)
                .tagged("b")
                .at(60));
        String away = rows.passage(
                Passage.of(elsewhere, "note").with(1, 0).tagged("a", "b").at(50));
        settle();
        Ask ask = Ask.passages("note").near(1, 0).limit(3);
        assertThat(ask.of(archive).everyTag("a", "b").in(index)).containsExactly(wanted);
        assertThat(ask.of(archive).anyTag("a", "b", "c").in(index)).containsExactlyInAnyOrder(wanted, half);
        assertThat(ask.anyTag("a").in(index)).containsExactlyInAnyOrder(wanted, away);
        assertThat(ask.of(archive).between(50L, 50L).in(index)).containsExactly(wanted);
        assertThat(ask.of(archive).between(null, 60L).in(index)).containsExactlyInAnyOrder(wanted, half);
        assertThat(ask.of(archive).between(1_299L, null).in(index))
                .containsExactly(noise.getLast().id());
        assertThat(ask.of(elsewhere).in(index)).containsExactly(away);
        assertThat(ask.of(archive, elsewhere).in(index)).hasSize(3);
        assertThat(ask.of(rows.archive()).in(index)).isEmpty();
        assertThat(ask.org("org-11111111-1111-4111-8111-111111111111").in(index))
                .isEmpty();
        assertThat(ask.limit(1000).in(index)).hasSize(303);
    }

    @ParameterizedTest
    @EnumSource
    void findsMessagesOfUsersAndAssistants(When moment) throws Exception {
        start(moment);
        String agent = rows.agent();
        String other = rows.agent();
        String user = rows.message(agent, "user", "my dog is called Biscuit", 10);
        String assistant = rows.message(agent, "assistant", "Biscuit is a fine name", 20);
        rows.message(agent, "tool", "Biscuit tool", 30);
        rows.message(agent, "system", "Biscuit system", 40);
        rows.message(agent, "user", "{\"type\": \"heartbeat\", \"reason\": \"Biscuit\"}", 50);
        String elsewhere = rows.message(other, "user", "Biscuit again", 60);
        String sent = rows.message(
                other,
                "assistant",
                "[]",
                Json.write(List.of(
                        Map.of("id", "1", "name", "send_message", "arguments", "{\"message\": \"Biscuits for all\"}"))),
                70);
        settle();
        assertThat(Ask.messages("biscuit").of(agent).in(index)).containsExactlyInAnyOrder(user, assistant);
        assertThat(Ask.messages("biscuit").of(agent).roles("user").in(index)).containsExactly(user);
        assertThat(Ask.messages("biscuit").of(agent).roles("tool").in(index)).isEmpty();
        assertThat(Ask.messages("biscuit").of(other).in(index)).containsExactlyInAnyOrder(elsewhere, sent);
        assertThat(Ask.messages("biscuit").between(15L, 25L).in(index)).containsExactly(assistant);
        assertThat(Ask.passages("biscuit").in(index)).isEmpty();
        rows.messageVector(assistant, 1, 0);
        settle();
        assertThat(Ask.messages("").near(1, 0).in(index)).containsExactly(assistant);
    }

    @ParameterizedTest
    @EnumSource
    void followsChangesAndDeletions(When moment) throws Exception {
        start(moment);
        String archive = rows.archive();
        String agent = rows.agent();
        Passage changing = Passage.of(archive, "the old harbour").tagged("old");
        rows.passages(List.of(changing));
        String doomed = rows.passage(Passage.of(archive, "a harbour to be forgotten"));
        String message = rows.message(agent, "user", "harbour", 1);
        settle();
        assertThat(Ask.passages("harbour").in(index)).containsExactlyInAnyOrder(changing.id(), doomed);
        assertThat(Ask.messages("harbour").in(index)).containsExactly(message);
        rows.change(changing.saying("the new lighthouse").tagged("new"));
        rows.deletePassage(doomed);
        rows.deleteAgent(agent);
        assertThat(Ask.passages("harbour").in(index)).isEmpty();
        assertThat(Ask.messages("harbour").in(index)).isEmpty();
        assertThat(Ask.passages("lighthouse").anyTag("new").in(index)).containsExactly(changing.id());
        settle();
        assertThat(Ask.passages("harbour").in(index)).isEmpty();
        assertThat(Ask.passages("lighthouse").anyTag("new").in(index)).containsExactly(changing.id());
        rows.deleteArchive(archive);
        assertThat(Ask.passages("lighthouse").in(index)).isEmpty();
        settle();
        assertThat(Ask.passages("lighthouse").in(index)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void keepsOrganisationsApart(When moment) throws Exception {
        start(moment);
        String second = "org-11111111-1111-4111-8111-111111111111";
        String here = rows.passage(Passage.of(rows.archive(), "shared word").with(1, 0));
        RowsSql strangers = new RowsSql(db, second);
        strangers.organization();
        String there =
                strangers.passage(Passage.of(strangers.archive(), "shared word").with(1, 0));
        settle();
        assertThat(Ask.passages("shared").near(1, 0).in(index)).containsExactly(here);
        assertThat(Ask.passages("shared").near(1, 0).org(second).in(index)).containsExactly(there);
    }

    @ParameterizedTest
    @EnumSource
    void scoresRowsAlikeWhereverTheyAre(When moment) throws Exception {
        start(When.CAUGHT_UP);
        String archive = rows.archive();
        String first = rows.passage(Passage.of(archive, "green tea with honey").with(1, 1));
        settle();
        if (moment == When.AT_ONCE) {
            index.close();
            start(When.AT_ONCE);
        }
        String second = rows.passage(Passage.of(archive, "green tea with honey").with(1, 1));
        settle();
        List<Index.Hit> hits =
                index.search(Ask.passages("honey tea").near(1, 0.5f).query());
        assertThat(hits).extracting(Index.Hit::id).containsExactlyInAnyOrder(first, second);
        assertThat(hits.getFirst().score())
                .isCloseTo(hits.getLast().score(), org.assertj.core.data.Offset.offset(0.01));
    }

    @ParameterizedTest
    @EnumSource
    void takesOddInput(When moment) throws Exception {
        start(moment);
        String archive = rows.archive();
        String longTag = "t".repeat(40_000);
        String odd = rows.passage(Passage.of(archive, "x".repeat(100_000) + " needle " + "y ".repeat(50_000))
                .tagged(longTag, ""));
        String big =
                rows.passage(Passage.of(archive, "wide").with(new float[4_096]).with(wide(4_096)));
        settle();
        assertThat(Ask.passages("needle").anyTag(longTag).in(index)).containsExactly(odd);
        assertThat(Ask.passages("needle " + "word ".repeat(5_000)).in(index)).containsExactly(odd);
        assertThat(Ask.passages("").near(wide(4_096)).in(index)).containsExactly(big);
        assertThatThrownBy(() -> Ask.passages("x").limit(0).in(index)).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> Ask.passages("x").limit(1001).in(index)).isInstanceOf(Problem.class);
    }

    private static float[] wide(int dimensions) {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = i % 7 - 3;
        }
        return vector;
    }
}
