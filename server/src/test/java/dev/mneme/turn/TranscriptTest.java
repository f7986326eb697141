package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.llm.Weight;
import dev.mneme.message.LlmConfig;
import dev.mneme.testkit.ScriptedModels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    private static final LlmConfig CONFIG = new ScriptedModels().resolve("");

    private static List<String> lines(String spelling, int returnLimit) {
        return Transcript.lines(Spelled.rows(spelling), CONFIG, "UTC", returnLimit);
    }

    @Test
    void eachRowIsALineWithItsRole() {
        List<String> lines = lines("u a c1 t1 m p2 r", Integer.MAX_VALUE);
        assertThat(lines.subList(0, 3))
                .containsExactly("[user] question", "[assistant] answer", "[assistant] -> look({})");
        assertThat(lines.get(3))
                .startsWith("[tool] {\n  \"status\": \"OK\",\n  \"message\": \"found\",\n  \"time\": \"1970-01-01");
        assertThat(lines.get(4))
                .startsWith("[user] {\n  \"type\": \"system_alert\"")
                .contains("old");
        assertThat(lines.get(5)).isEqualTo("[assistant] -> look({})");
        assertThat(lines).hasSize(6);
    }

    @Test
    void theRequestIsFramed() {
        assertThat(Transcript.framed(List.of("[user] a", "[assistant] b")))
                .isEqualTo("<start_transcript>\n[user] a\n[assistant] b\n<end_transcript>\n. Generate the summary.");
    }

    @Test
    void chunksKeepOrderAndFit() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            lines.add("[user] " + "word ".repeat(i % 7) + i);
        }
        lines.add(50, "[tool] " + "x".repeat(10_000) + "the end");
        List<List<String>> chunks = Transcript.chunks(lines, 60);
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(chunk.stream()
                                .mapToInt(line -> Weight.of(line) + 1)
                                .sum())
                        .isLessThanOrEqualTo(61));
        List<String> all = chunks.stream().flatMap(List::stream).toList();
        assertThat(all).hasSameSizeAs(lines).startsWith(lines.getFirst()).endsWith(lines.getLast());
        assertThat(all.get(50)).contains("the middle is left out").endsWith("the end");
    }

    @Test
    void theMiddleIsLeftOutWithANote() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            lines.add("[user] line number " + i);
        }
        List<String> rest = Transcript.withoutMiddle(lines, 200);
        assertThat(rest.getFirst()).isEqualTo(lines.getFirst());
        assertThat(rest.getLast()).isEqualTo(lines.getLast());
        assertThat(rest).anyMatch(line -> line.matches("\\(\\d+ messages in the middle are left out\\)"));
        assertThat(rest.stream().mapToInt(Weight::of).sum()).isLessThan(230);
    }

    @Test
    void surrogatesStayWhole() {
        String llamas = "🦙".repeat(5_000);
        for (int tokens = 20; tokens < 60; tokens++) {
            String cut = Transcript.fitting(llamas, tokens);
            assertThat(cut.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff))
                    .isTrue();
            assertThat(Weight.of(cut)).isLessThanOrEqualTo(tokens + 12);
        }
    }
}
