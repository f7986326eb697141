package dev.mneme.memory;

import dev.mneme.base.Problem;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An agent's search of its archive, as asked and as answered over REST and by the tool (contract 04 §5). */
public record Recollection(List<Remembered> results) {
    /** timestamp: ISO 8601 in the agent's zone; tags: empty when the passage has none. */
    public record Remembered(String id, String timestamp, String content, List<String> tags) {}

    /**
     * The search as its caller wrote it.
     *
     * @param tagMatchMode any or all; null: any
     * @param topK hits; null or not above 0: defaultTopK
     * @param start ISO 8601, in the agent's zone unless it says otherwise; likewise end, of which a date alone means its last moment
     */
    public record Ask(
            String query,
            @Nullable List<String> tags,
            @Nullable String tagMatchMode,
            @Nullable Integer topK,
            int defaultTopK,
            @Nullable String start,
            @Nullable String end) {
        /** Hits over REST unless asked otherwise (contract 07 §7.2). */
        public static final int REST_TOP_K = 5;

        /** Hits of the tool unless asked otherwise, as its description says (contract 04 §5). */
        public static final int TOOL_TOP_K = 10;

        /** The query, its times read in this zone. Throws UNPROCESSABLE with the contract's text for a bad argument. */
        PassageQuery in(String timezone) {
            String mode = tagMatchMode == null ? "any" : tagMatchMode;
            if (!mode.equals("any") && !mode.equals("all")) {
                throw Problem.unprocessable("tag_match_mode must be 'any' or 'all', not '" + mode + "'");
            }
            return new PassageQuery(
                    query,
                    tags == null ? List.of() : tags,
                    mode.equals("all"),
                    moment("start_datetime", start, timezone, false),
                    moment("end_datetime", end, timezone, true),
                    topK == null || topK <= 0 ? defaultTopK : topK);
        }

        static @Nullable Long moment(String argument, @Nullable String text, String timezone, boolean end) {
            if (text == null || text.isBlank()) {
                return null;
            }
            OptionalLong moment = Times.moment(text, Times.zone(timezone), end);
            if (moment.isEmpty()) {
                throw Problem.unprocessable("Invalid " + argument + " format: " + text
                        + ". Use ISO 8601 format (YYYY-MM-DD or YYYY-MM-DDTHH:MM)");
            }
            return moment.getAsLong();
        }
    }
}
