package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "         | a | b | false",
                "         | a | a | true",
                "b>a      | a | b | true",
                "b>c c>a  | a | b | true",
                "b>c b>a  | a | b | true",
                "b>c c>b  | a | b | false",
                "a>c      | a | b | false",
                "c>a      | a | b | false",
            })
    void aWaitThatClosesACircleIsSeen(String waits, String from, String to, boolean closes) {
        List<OriginSql.Wait> known = Arrays.stream((waits == null ? "" : waits).split(" "))
                .filter(wait -> !wait.isEmpty())
                .map(wait -> new OriginSql.Wait(wait.substring(0, 1), wait.substring(2)))
                .toList();

        assertThat(Waits.closesCircle(known, from, to)).isEqualTo(closes);
    }
}
