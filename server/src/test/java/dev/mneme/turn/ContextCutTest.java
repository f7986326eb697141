package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.message.Message;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where contexts are cut; every row weighs ten tokens. */
class ContextCutTest {
    private static ContextCut cut(String spelling, String run) {
        List<Message> rows = Spelled.rows(spelling);
        int[] weights = new int[rows.size()];
        Arrays.fill(weights, 10);
        return new ContextCut(rows, weights, run);
    }

    /** The cut is the index of the first row that stays; −1: none. */
    @ParameterizedTest
    @CsvSource({
        // ten rows: 0.4 of them is row 4, moved back to the answer before it
        "s u a u a u a u a u,            0.3, 1000, 4",
        "s u a u a u a u a u,            0.35,1000, 4",
        // row 5 is a question: back to the answer at 4
        "s u a u a u a u a u,            0.4, 1000, 4",
        // the rest from 4 weighs 60: too much, the next tries are 0.5 and 0.6
        "s u a u a u a u a u,            0.3,   50, 6",
        "s u a u a u a u a u,            0.3,   20, -1",
        // a pair is never parted: 4 is the return of the call at 3
        "s u u c1 t1 u a u a u,          0.3, 1000, 3",
        // the question was evicted, the answer stays as the first row
        "s u a u,                        0.3, 1000, 2",
        // nothing but the old summary would leave
        "s m a u a u,                    0.3, 1000, 4",
        "s m a u,                        0.3, 1000, -1",
        // a request for approval is a place to cut, but not behind the row of the same answer
        "s u u u p1 r t1 a u a,          0.3, 1000, 4",
        "s u u a p1 r t1 a u a,          0.3, 1000, 3",
        // no answer anywhere
        "s u u u u u,                    0.3, 1000, -1",
        "s u,                            0.3, 1000, -1",
        "s,                              0.3, 1000, -1",
    })
    void slidingWindow(String rows, double share, long goal, int expected) {
        assertThat(cut(rows, null).sliding(share, goal)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "s u a u a,              5",
        "s m u a,                4",
        "s m,                    -1",
        "s o,                    -1",
        "s,                      -1",
        "s u,                    2",
        // input that waits for its first answer stays
        "s u a w,                3",
        "s u a w w,              3",
        "s w,                    -1",
        // a pending approval stays, with the assistant row of the same answer
        "s u a u p1,             4",
        "s u a u a p1,           4",
        "s u c1 t1 u c2 p3,      5",
        "s u a p1,               2",
        "s a p1,                 -1",
        // answered, not yet executed: the whole stays
        "s u a u p1 r,           4",
        // executed: it may leave
        "s u a u p1 r t1,        7",
    })
    void everything(String rows, int expected) {
        assertThat(cut(rows, Spelled.RUN).all()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // the turn under way stays from its question on, if there is room for it
        "s u a w c1 t1,          40, 3",
        "s u a w c1 t1,          30, 6",
        "s w c1 t1,              90, 4",
        "s m w c1 t1,            90, 5",
        "s u a u a,              90, 5",
    })
    void everythingBeforeTheTurnUnderWay(String rows, long goal, int expected) {
        assertThat(cut(rows, Spelled.RUN).before(goal)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // the first turn that can leave: rows from 3 weigh 40
        "s u a u a u a,          50, 3",
        "s u a u a u a,          40, 5",
        "s u a u a u a,          20, 7",
        "s u c1 t1 a u a,        50, 5",
        // two messages of one question belong together
        "s u u a u u a,          50, 4",
        // one long turn has no beginning but its own
        "s u c1 t1 c2 t2 c3 t3,  30, 8",
        "s u a w,                 5, 3",
        "s m u a u a,            30, 4",
    })
    void wholeTurns(String rows, long goal, int expected) {
        assertThat(cut(rows, Spelled.RUN).turns(goal)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<String> contexts() {
        return Arbitraries.of("u", "a", "c1 t1", "c2 t2", "c1 u t1", "a p3", "p4 r t4", "c5 p6 r t6", "m", "w", "t9")
                .list()
                .ofMaxSize(14)
                .map(words -> "s " + String.join(" ", words))
                .map(String::strip);
    }

    @Property
    void noCutPartsACallFromItsReturn(@ForAll("contexts") String spelling, @ForAll("goals") long goal) {
        List<Message> rows = Spelled.rows(spelling);
        ContextCut cuts = cut(spelling, Spelled.RUN);
        for (int cut : List.of(cuts.sliding(0.3, goal), cuts.all(), cuts.turns(goal))) {
            if (cut == ContextCut.NONE) {
                continue;
            }
            assertThat(cut).isBetween(2, rows.size());
            List<Message> stay = rows.subList(cut, rows.size());
            for (int i = 0; i < stay.size(); i++) {
                for (var back : stay.get(i).toolReturns()) {
                    boolean everCalled = called(rows.subList(0, cut + i), back.toolCallId());
                    assertThat(!everCalled || called(stay.subList(0, i), back.toolCallId()))
                            .as("%s cut at %d", spelling, cut)
                            .isTrue();
                }
            }
        }
    }

    @Provide
    Arbitrary<Long> goals() {
        return Arbitraries.longs().between(0, 200);
    }

    /** Whether the last mention of this call before the end of these rows is the call itself. */
    private static boolean called(List<Message> rows, String callId) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            if (rows.get(i).toolReturns().stream()
                    .anyMatch(back -> back.toolCallId().equals(callId))) {
                return false;
            }
            if (rows.get(i).toolCalls().stream().anyMatch(call -> call.id().equals(callId))) {
                return true;
            }
        }
        return false;
    }
}
