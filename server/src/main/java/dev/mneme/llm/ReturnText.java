package dev.mneme.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolReturn;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A tool's return as a model reads it: the envelope of contract 02 §4, indented by two spaces, over-long ones cut. Pure. */
public final class ReturnText {
    /** Characters that every return may have, however small the window. */
    private static final int LEAST = 5_000;

    /** A fifth of the window, at four characters a token (contract 02 §4). */
    private static final double SHARE = 0.2 * 4;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd hh:mm:ss a zxx", Locale.ENGLISH);

    private ReturnText() {}

    /** @param at microseconds, when the tool answered */
    public static String of(ToolReturn back, long at, String timezone, LlmConfig config) {
        int limit = limit(config);
        ObjectNode envelope = Json.object();
        envelope.put("status", back.ok() ? "OK" : "Failed");
        envelope.set("message", message(back.text(), limit));
        envelope.put("time", TIME.format(Clock.instant(at).atZone(zone(timezone))));
        return Json.indented(envelope);
    }

    /** Characters of a return that this model is shown. */
    static int limit(LlmConfig config) {
        return (int) Math.max(LEAST, config.contextWindow() * SHARE);
    }

    /** An object or list stays one; text longer than the limit is cut and says by how much. */
    private static JsonNode message(String text, int limit) {
        if (text.length() > limit) {
            return TextNode.valueOf(text.substring(0, limit) + "... [truncated " + (text.length() - limit) + " chars]");
        }
        if (text.startsWith("{") || text.startsWith("[")) {
            try {
                return Json.parse(text);
            } catch (JsonProcessingException e) {
                // plain text that begins with a bracket
            }
        }
        return TextNode.valueOf(text);
    }

    private static ZoneId zone(String timezone) {
        try {
            return ZoneId.of(timezone);
        } catch (DateTimeException e) {
            return ZoneId.of("UTC"); // a bad zone is refused where it is set; an old row must not stop a turn
        }
    }
}
