package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallTextTest {
    /** Keeps what it hears, with a bar where the order changes between thoughts and call. */
    private static final class Heard implements CallText.Listener {
        private final StringBuilder thought = new StringBuilder();
        private final StringBuilder call = new StringBuilder();
        private final StringBuilder spoken = new StringBuilder();
        private String order = "";

        @Override
        public void thought(String text) {
            thought.append(text);
            order += order.endsWith("t") ? "" : "t";
        }

        @Override
        public void call(String arguments, String said) {
            call.append(arguments);
            spoken.append(said);
            order += order.endsWith("c") ? "" : "c";
        }
    }

    private static Heard hear(String text, int size, boolean thinks, @Nullable String speech) {
        Heard heard = new Heard();
        CallText taken = new CallText(thinks, speech, heard);
        for (int i = 0; i < text.length(); i += size) {
            taken.feed(text.substring(i, Math.min(text.length(), i + size)));
        }
        taken.end();
        return heard;
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("{\"thinking\":\"hm\",\"message\":\"hi\"}", "hm", "{\"message\":\"hi\"}", "hi", "tc"),
                Arguments.of("{\"message\":\"hi\",\"thinking\":\"hm\"}", "hm", "{\"message\":\"hi\"}", "hi", "tc"),
                Arguments.of(
                        "{\"message\": \"a\\nb \\\"q\\\"\"}",
                        "",
                        "{\"message\": \"a\\nb \\\"q\\\"\"}",
                        "a\nb \"q\"",
                        "c"),
                Arguments.of(
                        "{ \"thinking\" : \"\\ud83d\\ude00 ok\" , \"n\": [1, {\"thinking\":\"no\"}] , \"x\":\"}\" }",
                        "😀 ok",
                        "{\"n\": [1, {\"thinking\":\"no\"}] ,\"x\":\"}\" }",
                        "",
                        "tc"),
                Arguments.of(
                        "{\"thinking\":null,\"message\":{\"a\": 1}}",
                        "",
                        "{\"message\":{\"a\": 1}}",
                        "{\"a\": 1}",
                        "c"),
                Arguments.of("{}", "", "{}", "", "c"),
                Arguments.of("{\"message\":\"cut of", "", "{\"message\":\"cut of", "cut of", "c"),
                Arguments.of("{\"message\":\"one\"}{\"message\":\"two\"}", "", "{\"message\":\"one\"}", "one", "c"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void thoughtSpeechAndTheRestComeApartHoweverTheyArrive(
            String text, String thought, String call, String spoken, String order) {
        for (int size = 1; size <= text.length(); size++) {
            Heard heard = hear(text, size, true, "message");
            assertThat(heard.thought.toString()).isEqualTo(thought);
            assertThat(heard.call.toString()).isEqualTo(call);
            assertThat(heard.spoken.toString()).isEqualTo(spoken);
            assertThat(heard.order).as("thoughts first, in pieces of %d", size).isEqualTo(order);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100})
    void aToolThatDoesNotSpeakSaysNothing(int size) {
        Heard heard = hear("{\"message\":\"hi\"}", size, false, null);
        assertThat(heard.spoken.toString()).isEmpty();
        assertThat(heard.call.toString()).isEqualTo("{\"message\":\"hi\"}");
    }
}
