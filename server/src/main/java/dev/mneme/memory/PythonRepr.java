package dev.mneme.memory;

import java.util.List;
import java.util.stream.Collectors;

/** Values written as Python would print them: the shape in which clients know the results of archival_memory_search. Pure. */
final class PythonRepr {
    private PythonRepr() {}

    /** Quoted with apostrophes, or with quotes where the text has apostrophes and no quotes. */
    static String of(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> {
            if (c == quote || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (c < ' ' || c == 0x7f) {
                out.append(String.format("\\x%02x", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append(quote).toString();
    }

    static String of(List<String> texts) {
        return texts.stream().map(PythonRepr::of).collect(Collectors.joining(", ", "[", "]"));
    }
}
