package dev.mneme.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of words that rows are chosen by before they are analysed. */
class SiftTest {
    private final Words words = new Words();

    private List<String> parts(String text, List<Backlog.Fresh> sample) {
        return Sift.parts(Probe.of(Ask.passages(text).query(), words), sample, words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run runs running runner",
                "happy happiness happily",
                "cry cries cried crying",
                "possible possibly possibility possibilities",
                "size sizes sized sizing",
                "relational relate relation relative",
                "conflate conflated conflating",
                "trouble troubled troubling",
                "hop hopping hopped",
                "valency valencies",
                "ability abilities able",
                "national nationality nation",
                "nativity native",
                "digitizer digitize digital",
                "psychology psychological",
                "die dies dying tie ties sky skies",
                "conformably usefulness vilely sensitivity callousness electricity"
            })
    void everyWordOfAStemHoldsItsPart(String family) {
        for (String word : family.split(" ")) {
            for (String other : family.split(" ")) {
                if (words.count(word)
                        .terms()
                        .keySet()
                        .equals(words.count(other).terms().keySet())) {
                    assertThat(parts(word, List.of()))
                            .singleElement()
                            .satisfies(part -> assertThat(other).contains(part));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Häuser, hauser|häus",
        "猫, 猫",
        "Москва, осква",
        "Zanzibar, zanzibar",
    })
    void keepsOtherAlphabets(String query, String expected) {
        assertThat(parts(query, List.of())).containsExactly(expected.split("\\|"));
    }

    @Test
    void looksForTheRareWordsOnly() {
        List<Backlog.Fresh> sample = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            // of: the, name, of, cat
            sample.add(new Backlog.Fresh(
                    "p" + i, Float.NaN, new int[] {1, i % 10 == 0 ? 1 : 0, 1, i == 7 ? 2 : 0}, 9, 9, true));
        }
        assertThat(parts("the name of cats", sample)).containsExactly("cat");
        assertThat(parts("the name of", sample))
                .as("the rarest of frequent ones")
                .containsExactly("nam");
    }
}
