package dev.mneme.file.text;

import java.util.List;

/**
 * The text of a file.
 *
 * @param pages in order; what has no pages is one
 * @param shape by what it is best cut
 */
public record Parsed(List<String> pages, Shape shape) {
    /** What a text is made of. */
    public enum Shape {
        /** Sentences in paragraphs. */
        PROSE,
        /** Prose whose headings begin with {@code #}. */
        MARKED,
        /** Lines: programs, tables, data. */
        LINES
    }

    public Parsed {
        pages = List.copyOf(pages);
    }

    /** The whole text; a form feed begins each further page. */
    public String text() {
        return String.join("\f", pages);
    }

    public boolean isBlank() {
        return pages.stream().allMatch(String::isBlank);
    }
}
