package dev.mneme.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The edits that memory tools make to a block's text (contract 04 §3). Pure; the texts of refusals are part of the contract. */
final class TextEdits {
    /** Columns between tab stops. */
    private static final int TAB = 8;

    private static final Pattern LINE_NUMBER = Pattern.compile("(?m)^[ \\t]*\\d+→[ \\t]*");
    private static final String LINE_WARNING = "The number and arrow before each line";

    private TextEdits() {}

    /** The old text, a new line, the content; the new line comes even when the old text is empty. */
    static Edited append(String value, String content) {
        return new Edited.To(value + "\n" + content);
    }

    /** Every occurrence replaced; none is a refusal. */
    static Edited replaceAll(String label, String value, String oldContent, String newContent) {
        if (oldContent.isEmpty()) {
            return new Edited.Refused(
                    "old_content is empty. Give the text to replace, or use core_memory_append to add.");
        }
        return value.contains(oldContent)
                ? new Edited.To(value.replace(oldContent, newContent))
                : new Edited.Refused("Old content '" + oldContent + "' not found in memory block '" + label + "'");
    }

    /** The one occurrence replaced. */
    static Edited replaceOnce(String label, String value, String oldString, String newString) {
        String numbers = lineNumbers("old_string", oldString);
        if (numbers == null) {
            numbers = lineNumbers("new_string", newString);
        }
        if (numbers != null) {
            return new Edited.Refused(numbers);
        }
        String text = expandTabs(value);
        String wanted = expandTabs(oldString);
        List<Integer> lines = linesOf(text, wanted);
        if (lines.isEmpty()) {
            return new Edited.Refused("No replacement was performed, old_string `" + oldString
                    + "` did not appear verbatim in memory block with label `" + label + "`.");
        }
        if (lines.size() > 1 || wanted.isEmpty()) {
            return new Edited.Refused("No replacement was performed. Multiple occurrences of old_string `" + oldString
                    + "` in lines "
                    + lines.stream().distinct().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"))
                    + ". Please ensure it is unique.");
        }
        int at = text.indexOf(wanted);
        return new Edited.To(text.substring(0, at) + expandTabs(newString) + text.substring(at + wanted.length()));
    }

    /** For each occurrence the number of the line in which it begins, from 1; an empty text occurs once in every line. */
    private static List<Integer> linesOf(String text, String wanted) {
        int lineCount = text.split("\n", -1).length;
        if (wanted.isEmpty()) {
            return IntStream.rangeClosed(1, lineCount).boxed().toList();
        }
        List<Integer> lines = new ArrayList<>();
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length())) {
            lines.add(1
                    + (int) text.substring(0, at).chars().filter(c -> c == '\n').count());
        }
        return lines;
    }

    /** New lines after line {@code after}: 0 before the first, -1 after the last. */
    static Edited insert(String value, String newString, int after) {
        String numbers = lineNumbers("new_string", newString);
        if (numbers != null) {
            return new Edited.Refused(numbers);
        }
        List<String> lines = new ArrayList<>(Arrays.asList(value.split("\n", -1)));
        int place = after == -1 ? lines.size() : after;
        if (place < 0 || place > lines.size()) {
            return new Edited.Refused("Invalid `insert_line` parameter: " + after
                    + ". It should be within the range of lines of the memory block: [0, " + lines.size()
                    + "], or -1 to append to the end of the memory block.");
        }
        lines.addAll(place, Arrays.asList(newString.split("\n", -1)));
        return new Edited.To(String.join("\n", lines));
    }

    /** The whole text replaced. */
    static Edited rewrite(String newMemory) {
        String numbers = lineNumbers("new_memory", newMemory);
        return numbers == null ? new Edited.To(newMemory) : new Edited.Refused(numbers);
    }

    /** Whether a model copied the line numbers that are only shown to it; null when it did not. */
    private static @Nullable String lineNumbers(String argument, String text) {
        if (LINE_NUMBER.matcher(text).find()) {
            return argument + " contains a line number prefix, which is not allowed. Do not include line numbers when"
                    + " calling memory tools (line numbers are for display purposes only).";
        }
        if (text.contains(LINE_WARNING)) {
            return argument + " contains a line number warning, which is not allowed. Do not include line number"
                    + " information when calling memory tools (line numbers are for display purposes only).";
        }
        return null;
    }

    static String expandTabs(String text) {
        if (text.indexOf('\t') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + TAB);
        int column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                int spaces = TAB - column % TAB;
                out.repeat(' ', spaces);
                column += spaces;
            } else {
                out.append(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return out.toString();
    }
}
