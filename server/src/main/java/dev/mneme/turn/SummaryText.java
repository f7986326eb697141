package dev.mneme.turn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.CompactionStats;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import org.jspecify.annotations.Nullable;

/** The text of a summary row: a system alert that says what left the context, and a summary of it (contract 04 §6). Pure. */
final class SummaryText {
    /** What stands between the note and the summary; the context overview looks for its beginning. */
    private static final String HEAD = "The following is a summary of the previous messages:\n ";

    private static final String CUT = "... [summary truncated to fit]";

    private SummaryText() {}

    /**
     * The whole text.
     *
     * @param left rows that left the context; null: all of them, or nobody counted
     * @param sliding whether the newer part stayed
     * @param stats null: not shown
     */
    static String of(
            String summary, boolean sliding, @Nullable Integer left, String time, @Nullable CompactionStats stats) {
        String note;
        if (!sliding) {
            note = "Note: prior messages have been hidden from view due to conversation memory constraints.";
        } else if (left == null || stats == null) {
            note = "Note: prior messages from the beginning of the conversation have been hidden from view due to"
                    + " conversation memory constraints.";
        } else {
            note = "Note: " + left
                    + " messages from the beginning of the conversation have been hidden from view due to memory constraints.";
        }
        ObjectNode packed = Json.object()
                .put("type", "system_alert")
                .put("message", note + "\n" + HEAD + summary)
                .put("time", time);
        if (stats != null) {
            packed.set("compaction_stats", Json.tree(stats));
        }
        return Json.indented(packed);
    }

    /** Whether a row is a summary, whatever role it was stored under. */
    static boolean is(Message row) {
        return row.role() == Role.SUMMARY || (row.role() == Role.USER && !row.input() && clean(row) != null);
    }

    /** The summary alone; null when the text of the row is none. */
    static @Nullable String clean(Message row) {
        String text = row.text();
        if (!text.startsWith("{") || !text.contains("The following is a summary of the previous ")) {
            return null;
        }
        try {
            JsonNode packed = Json.parse(text);
            String message = packed.path("message").asText();
            int head = message.indexOf(HEAD);
            boolean ours = packed.path("type").asText().equals("system_alert") && head >= 0;
            return ours ? message.substring(head + HEAD.length()) : null;
        } catch (JsonProcessingException e) {
            return null; // people write braces too
        }
    }

    /** A summary of at most this many characters, the mark of the cut included. */
    static String clipped(String summary, int chars) {
        if (summary.length() <= chars) {
            return summary;
        }
        int end = Math.max(0, chars - CUT.length());
        if (end > 0 && Character.isHighSurrogate(summary.charAt(end - 1))) {
            end--;
        }
        return summary.substring(0, end) + CUT;
    }
}
