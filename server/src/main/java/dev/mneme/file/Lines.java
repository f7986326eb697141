package dev.mneme.file;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file's text in numbered units, as agents see it (contract 06 §6.6): lines without the empty ones, or sentences. Immutable.
 *
 * @param word what the units are called
 */
record Lines(List<String> units, String word) {
    /** What stands at the end of a view that was cut (contract 06 §6.7). */
    static final String CUT =
            "...[TRUNCATED]\n# NOTE: This block is truncated, use functions to view the full content.";

    private static final Pattern LINE = Pattern.compile("\r\n|[\n\r\f\u0085\u2028\u2029\u000b]");
    private static final Pattern SENTENCE = Pattern.compile("(?<=[.!?])\\s+(?=\\p{Lu})");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    static Lines of(String content, String type, String name) {
        List<String> units = new ArrayList<>();
        if (FileTypes.isDocumentation(type)) {
            for (String sentence : SENTENCE.split(content)) {
                String text = BLANKS.matcher(sentence).replaceAll(" ").strip();
                if (!text.isEmpty()) {
                    units.add(text);
                }
            }
            return new Lines(units, "sentences");
        }
        boolean code = FileTypes.isCode(type, name);
        for (String line : LINE.split(content)) {
            String text = code ? line.stripTrailing() : line.strip();
            if (!text.isEmpty()) {
                units.add(text);
            }
        }
        return new Lines(units, "lines");
    }

    /** Part of a file: 1-based and inclusive; null: from the start, to the end. */
    record Range(@Nullable Integer start, @Nullable Integer end) {
        static final Range WHOLE = new Range(null, null);

        boolean whole() {
            return start == null && end == null;
        }

        /** As in {@code lines 3-7}, {@code lines 3-end}. */
        String spoken() {
            return whole() ? "full file" : "lines " + (start == null ? 1 : start) + "-" + (end == null ? "end" : end);
        }
    }

    boolean has(Range range) {
        return range.start() == null || range.start() <= units.size();
    }

    /** The numbered units of a range under a line that says what they are, cut to so many characters; empty for an empty file. */
    String view(Range range, int limit) {
        if (units.isEmpty()) {
            return "";
        }
        int first = range.start() == null ? 1 : range.start();
        int last = range.end() == null ? units.size() : Math.min(range.end(), units.size());
        StringBuilder out = new StringBuilder();
        if (range.whole()) {
            out.append("[Viewing file start");
        } else {
            out.append("[Viewing ").append(word).append(' ').append(first).append(" to ");
            out.append(range.end() == null ? "end" : String.valueOf(last));
        }
        out.append(" (out of ").append(units.size()).append(' ').append(word).append(")]");
        for (int i = first; i <= last && out.length() <= limit; i++) {
            out.append('\n').append(i).append(": ").append(units.get(i - 1));
        }
        return cut(out.toString(), limit);
    }

    /** The text, or its beginning with a note; never longer than the limit. */
    static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int kept = Math.max(0, limit - CUT.length());
        if (kept > 0 && Character.isHighSurrogate(text.charAt(kept - 1))) {
            kept--;
        }
        String cut = text.substring(0, kept) + CUT;
        return cut.length() <= limit ? cut : cut.substring(0, Math.max(0, limit));
    }
}
