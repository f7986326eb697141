package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.CompactionStats;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTextTest {
    private static final CompactionStats STATS = new CompactionStats("post_step_context_check", 4133, 2128, 4000, 9, 5);

    @Test
    void theNoteDependsOnTheModeAndOnWhatIsKnown() throws JsonProcessingException {
        assertThat(message(SummaryText.of("S", true, 4, "T", STATS)))
                .isEqualTo(
                        "Note: 4 messages from the beginning of the conversation have been hidden from view due to memory constraints.\nThe following is a summary of the previous messages:\n S");
        assertThat(message(SummaryText.of("S", true, 4, "T", null)))
                .startsWith(
                        "Note: prior messages from the beginning of the conversation have been hidden from view due to conversation memory constraints.\n");
        assertThat(message(SummaryText.of("S", false, 4, "T", STATS)))
                .startsWith(
                        "Note: prior messages have been hidden from view due to conversation memory constraints.\nThe following");
    }

    private static String message(String text) throws JsonProcessingException {
        return Json.parse(text).path("message").asText();
    }

    @Test
    void theStatsStandLastAndTheTextIsIndented() throws JsonProcessingException {
        String text = SummaryText.of("S", true, 4, "T", STATS);
        assertThat(text).startsWith("{\n  \"type\": \"system_alert\",\n  \"message\": \"Note: 4");
        JsonNode stats = Json.parse(text).path("compaction_stats");
        assertThat(stats.toString())
                .isEqualTo(
                        "{\"trigger\":\"post_step_context_check\",\"context_tokens_before\":4133,"
                                + "\"context_tokens_after\":2128,\"context_window\":4000,\"messages_count_before\":9,\"messages_count_after\":5}");
        assertThat(SummaryText.of("S", true, 4, "T", null)).doesNotContain("compaction_stats");
    }

    @Test
    void aSummaryIsKnownByItsTextUnlessAPersonWroteIt() {
        List<Message> rows = Spelled.rows("m o u");
        assertThat(rows).extracting(SummaryText::is).containsExactly(true, true, false);
        assertThat(SummaryText.clean(rows.get(0))).isEqualTo("old");
        assertThat(SummaryText.clean(rows.get(2))).isNull();
        Message forged =
                rows.get(2).withContent(List.of(new Content.Text(rows.get(1).text())));
        assertThat(SummaryText.is(forged)).isFalse();
    }

    @Test
    void anOverlongSummaryIsCutWithAMark() {
        assertThat(SummaryText.clipped("short", 50)).isEqualTo("short");
        assertThat(SummaryText.clipped("x".repeat(100), 50)).hasSize(50).endsWith("... [summary truncated to fit]");
    }
}
