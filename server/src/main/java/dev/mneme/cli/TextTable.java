package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text under headings, each column as wide as it must be; the id comes last, because it is copied. */
final class TextTable {
    /** Letters of a cell, at most; longer ones are cut. */
    private static final int WIDEST = 30;

    /** Letters of a time up to the minute. */
    private static final int MINUTE = 16;

    private final List<List<String>> rows = new ArrayList<>();

    /** heads: without the id's. */
    TextTable(String... heads) {
        row("ID", heads);
    }

    void row(String id, String... cells) {
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(cell.length() > WIDEST ? cell.substring(0, WIDEST - 1) + "…" : cell);
        }
        row.add(id);
        rows.add(row);
    }

    void print(PrintStream out, Paint paint) {
        int[] widths = new int[rows.getFirst().size() - 1];
        for (List<String> row : rows) {
            Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length()));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            line.append(row.getLast());
            out.println(row == rows.getFirst() ? paint.bold(line.toString()) : line.toString());
        }
    }

    /** A time of the API up to the minute; nothing for null. */
    static String minute(JsonNode time) {
        String text = time.asText("");
        return time.isNull() || text.equals("null")
                ? ""
                : text.substring(0, Math.min(MINUTE, text.length())).replace('T', ' ');
    }
}
