package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that models write as text (users.md row 7): which are found, and that nothing else is eaten. */
class WrittenCallsTest {
    private static final Set<String> OFFERED = Set.of("get_weather", "get_time");
    private static final String ROME = "get_weather{\"city\":\"Rome\"}";

    static Stream<Arguments> forms() {
        return Stream.of(
                // Qwen, Hermes
                form(
                        "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>",
                        "",
                        ROME),
                form(
                        "Let me look.\n\n<tool_call>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Rome\"}}",
                        "Let me look.",
                        ROME),
                form(
                        "<tool_call>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Rome\"}}</tool_call>\n<tool_call>{\"name\":\"get_time\",\"arguments\":{}}</tool_call>\nDone soon.",
                        "Done soon.",
                        ROME + " get_time{}"),
                form("<tool_call>{\"name\":\"get_time\"}</tool_call>", "", "get_time{}"),
                form("<function_call>{\"name\":\"get_time\",\"parameters\":{}}</function_call>", "", "get_time{}"),
                // Qwen's coder
                form(
                        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n</parameter>\n</function>\n</tool_call>",
                        "",
                        ROME),
                // GLM
                form(
                        "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Rome</arg_value>\n</tool_call>",
                        "",
                        ROME),
                // a fence with nothing else in it
                form(
                        "I will call it:\n```json\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}\n```",
                        "I will call it:",
                        ROME),
                form("```tool_call\n{\"name\":\"get_time\",\"parameters\":{}}\n```\nOK?", "OK?", "get_time{}"),
                // Mistral, old and new
                form(
                        "[TOOL_CALLS][{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Rome\"}},{\"name\":\"get_time\",\"arguments\":{}}]",
                        "",
                        ROME + " get_time{}"),
                form(
                        "[TOOL_CALLS]get_weather[ARGS]{\"city\":\"Rome\"}[TOOL_CALLS]get_time{}",
                        "",
                        ROME + " get_time{}"),
                // Llama
                form("<|python_tag|>{\"name\":\"get_weather\",\"parameters\":{\"city\":\"Rome\"}}", "", ROME),
                form("<function=get_weather>{\"city\": \"Rome\"}</function>", "", ROME),
                form("{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}", "", ROME),
                form(
                        "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Rome\\\"}\"}}",
                        "",
                        ROME),
                form(
                        "{\"name\":\"get_time\",\"parameters\":{}}; {\"name\":\"get_weather\",\"parameters\":{\"city\":\"Rome\"}}",
                        "",
                        "get_time{} " + ROME),
                // DeepSeek, old and new
                form(
                        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{\"city\":\"Rome\"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                        "",
                        ROME),
                form(
                        "On it.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{\"city\":\"Rome\"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                        "On it.",
                        ROME + " get_time{}"),
                // Kimi
                form(
                        "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{\"city\":\"Rome\"}<|tool_call_end|><|tool_calls_section_end|>",
                        "",
                        ROME),
                // broken JSON in plain tags is a call all the same: the model is told what was wrong
                form(
                        "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": Rome}}</tool_call>",
                        "",
                        "get_weather{\"city\": Rome}}"));
    }

    private static Arguments form(String text, String rest, String calls) {
        return Arguments.of(text, rest, calls);
    }

    private static String shown(List<ToolCall> calls) {
        return calls.stream().map(call -> call.name() + call.arguments()).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isFound(String text, String rest, String calls) {
        WrittenCalls.Found found = WrittenCalls.in(text, OFFERED);
        assertThat(shown(found.calls())).isEqualTo(calls);
        assertThat(found.rest()).isEqualTo(rest);
        assertThat(found.calls()).extracting(ToolCall::id).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isNotFoundUnlessItWasOffered(String text, String rest, String calls) {
        assertThat(WrittenCalls.in(text, Set.of("fly"))).isEqualTo(new WrittenCalls.Found(text, List.of()));
        assertThat(WrittenCalls.in(text, Set.of())).isEqualTo(new WrittenCalls.Found(text, List.of()));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isHeldBackFromReadersHoweverItIsTorn(String text, String rest, String calls) {
        for (int seed = 0; seed < 40; seed++) {
            List<ModelEvent> events = streamed(text, new Random(seed));
            ModelEvent.Done done = (ModelEvent.Done) events.getLast();
            assertThat(shown(done.calls())).isEqualTo(calls);
            assertThat(Rows.text(done).strip().replaceAll("\\s+", " ")).isEqualTo(rest);
            // what readers saw is what is stored
            assertThat(words(events).isBlank() ? "" : words(events)).isEqualTo(Rows.text(done));
            StringBuilder written = new StringBuilder();
            for (ModelEvent event : events) {
                if (event instanceof ModelEvent.CallDelta delta) {
                    written.append(delta.name() == null ? "" : " " + delta.name());
                    written.append(delta.arguments() == null ? "" : delta.arguments());
                }
            }
            assertThat(written.toString().strip()).isEqualTo(calls);
        }
    }

    @ParameterizedTest
    @MethodSource("prose")
    void proseStaysAsItIs(String text) {
        assertThat(WrittenCalls.in(text, OFFERED)).isEqualTo(new WrittenCalls.Found(text, List.of()));
        for (int seed = 0; seed < 20; seed++) {
            assertThat(words(streamed(text, new Random(seed)))).isEqualTo(text);
        }
    }

    static List<String> prose() {
        return List.of(
                "Use `get_weather` for that: it takes {\"city\": …}.",
                "```json\n{\"name\": \"Ada\", \"age\": 36}\n```",
                "```python\nprint(get_weather(\"Rome\"))\n```\nand so on",
                "{\"name\": \"get_weather\"}",
                "{\"city\": \"Rome\"}",
                "Example: {\"name\": \"get_weather\", \"arguments\": {}} is how a call looks.",
                "```json\n{\"name\":\"get_weather\",\"arguments\":{}} // a comment\n```",
                "a <tool_call> tag without anything, <function=nothing> too, [TOOL_CALLS] and <|python_tag|>",
                "if (a < b) { x[0] = `y`; }",
                "  leading and trailing white space stays \n\n");
    }

    @Test
    void readersGetOrdinaryTextAtOnce() {
        List<ModelEvent> events = new ArrayList<>();
        try (WrittenCallStream stream = stream(List.of("Hello ", "there, ", "friend."), "")) {
            for (int i = 0; i < 3; i++) {
                events.add(stream.next());
            }
        }
        assertThat(events)
                .containsExactly(
                        new ModelEvent.TextDelta("Hello "),
                        new ModelEvent.TextDelta("there, "),
                        new ModelEvent.TextDelta("friend."));
    }

    @Test
    void aCodeBlockIsShownWhenItIsOver() {
        try (WrittenCallStream stream = stream(List.of("```json\n{\"a\":", "1}\n```", " and more"), "")) {
            assertThat(stream.next()).isEqualTo(new ModelEvent.TextDelta("```json\n{\"a\":1}\n```"));
        }
    }

    @Test
    void callsAmongThoughtsCountWhenNothingElseWasSaid() {
        String thought = "I should look. <tool_call>{\"name\":\"get_time\",\"arguments\":{}}</tool_call>";
        try (WrittenCallStream stream = stream(List.of(), thought)) {
            ModelEvent event = stream.next();
            while (!(event instanceof ModelEvent.Done)) {
                event = stream.next();
            }
            ModelEvent.Done done = (ModelEvent.Done) event;
            assertThat(shown(done.calls())).isEqualTo("get_time{}");
            assertThat(done.content()).containsExactly(new Content.Reasoning(thought, null));
        }
        try (WrittenCallStream stream = stream(List.of("It is noon."), thought)) {
            ModelEvent event = stream.next();
            while (!(event instanceof ModelEvent.Done)) {
                event = stream.next();
            }
            assertThat(((ModelEvent.Done) event).calls()).isEmpty();
        }
    }

    @Provide
    Arbitrary<String> anything() {
        Arbitrary<String> pieces = Arbitraries.of(
                "<tool_call>",
                "</tool_call>",
                "```json\n",
                "```",
                "[TOOL_CALLS]",
                "<|python_tag|>",
                "<function=",
                "{",
                "}",
                "\"name\":",
                "\"get_weather\"",
                "\"arguments\":",
                "[",
                "]",
                "<｜tool▁call▁begin｜>",
                " and ",
                "\n",
                "Zoë 🦙",
                "<",
                "`");
        return Combinators.combine(
                        pieces.list().ofMaxSize(12),
                        Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(20))
                .as((list, tail) -> String.join("", list) + tail);
    }

    @Property(tries = 600)
    void neverLosesProseAndNeverFails(@ForAll("anything") String before, @ForAll("anything") String after) {
        String strange = before.replace("get_weather", "weather");
        assertThat(WrittenCalls.in(strange, OFFERED)).isEqualTo(new WrittenCalls.Found(strange, List.of()));
        assertThat(words(streamed(strange, new Random(before.length())))).isEqualTo(strange);
        WrittenCalls.Found found = WrittenCalls.in(before + after, OFFERED);
        if (found.calls().isEmpty()) {
            assertThat(found.rest()).isEqualTo(before + after);
        }
    }

    @Property(tries = 300)
    void keepsWhatStandsAround(@ForAll("words") String before, @ForAll("words") String after) {
        String call = "<tool_call>{\"name\":\"get_time\",\"arguments\":{}}</tool_call>";
        WrittenCalls.Found found = WrittenCalls.in(before + "\n" + call + "\n" + after, OFFERED);
        assertThat(found.calls()).hasSize(1);
        assertThat(found.rest().replaceAll("\\s+", " ").strip())
                .isEqualTo((before + " " + after).replaceAll("\\s+", " ").strip());
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars(" .,\n!?{}'")
                .ofMaxLength(40);
    }

    private static String words(List<ModelEvent> events) {
        StringBuilder out = new StringBuilder();
        for (ModelEvent event : events) {
            out.append(event instanceof ModelEvent.TextDelta delta ? delta.text() : "");
        }
        return out.toString();
    }

    private static List<ModelEvent> streamed(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(9));
            pieces.add(text.substring(at, end));
            at = end;
        }
        List<ModelEvent> events = new ArrayList<>();
        if (pieces.isEmpty()) {
            return events; // an empty answer is a failure of its own
        }
        try (WrittenCallStream stream = stream(pieces, "")) {
            do {
                events.add(stream.next());
            } while (!(events.getLast() instanceof ModelEvent.Done));
        }
        return events;
    }

    private static WrittenCallStream stream(List<String> pieces, String thought) {
        List<ModelEvent> events = new ArrayList<>();
        pieces.forEach(piece -> events.add(new ModelEvent.TextDelta(piece)));
        List<Content> content = new ArrayList<>();
        if (!thought.isEmpty()) {
            content.add(new Content.Reasoning(thought, null));
        }
        if (!pieces.isEmpty()) {
            content.add(new Content.Text(String.join("", pieces)));
        }
        events.add(new ModelEvent.Done(content, List.of(), false, Usage.NONE));
        Iterator<ModelEvent> all = events.iterator();
        ModelStream inner = new ModelStream() {
            @Override
            public ModelEvent next() {
                return all.next();
            }

            @Override
            public void close() {}
        };
        Endpoint at = new Endpoint("ollama", "Ollama", "http://x", null, Duration.ZERO, Duration.ZERO, Map.of(), false);
        return new WrittenCallStream(inner, at, OFFERED, true);
    }
}
