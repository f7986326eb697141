package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeakersTest {
    private static Cast.Member agent(String name) {
        return new Cast.Member(name, name, null);
    }

    private static final List<Cast.Member> MEMBERS = List.of(agent("Ann"), agent("Bob"), agent("Bobby"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Ann | Bob               | Bob",
                "Ann | bobby, I think    | Bobby",
                "Ann | ANN again         | Bob",
                "Bob | nobody I know     | Bobby",
                "Bobby | nobody I know   | Ann",
                "    | let Ann begin     | Ann",
                "    | hm                | Ann",
            })
    void theNamedMemberSpeaksNext(String previous, String answer, String next) {
        assertThat(Speakers.next(MEMBERS, previous, answer).name()).isEqualTo(next);
    }

    @Test
    void turnsAreBounded() {
        assertThat(Speakers.inTurn(null, 3)).isEqualTo(3);
        assertThat(Speakers.inTurn(0, 3)).isZero();
        assertThat(Speakers.inTurn(1_000_000, 3)).isEqualTo(Speakers.MOST_TURNS);
        assertThat(Speakers.named(null)).isEqualTo(Speakers.DYNAMIC_TURNS);
        assertThat(Speakers.named(-5)).isZero();
    }

    @Test
    void theEndWordEnds() {
        assertThat(Speakers.ends("DONE!", List.of("well", "that is DONE!"))).isTrue();
        assertThat(Speakers.ends("DONE!", List.of("done"))).isFalse();
        assertThat(Speakers.ends("", List.of("anything"))).isFalse();
        assertThat(Speakers.ends(null, List.of("anything"))).isFalse();
    }
}
