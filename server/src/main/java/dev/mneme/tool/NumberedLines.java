package dev.mneme.tool;

import java.util.ArrayList;
import java.util.List;

/** A dialogue as numbered lines, as the companion of an agent that speaks gets it and as {@code store_memories} names them. Pure. */
public final class NumberedLines {
    private NumberedLines() {}

    /** Each line behind its number, from 1 on; line breaks within become blanks, so that a line is a line. */
    public static List<String> write(List<String> lines) {
        List<String> out = new ArrayList<>(lines.size());
        for (String line : lines) {
            out.add(number(out.size() + 1) + line.replaceAll("\\R+", " "));
        }
        return out;
    }

    /** The lines that stand in a text behind their numbers, in order, without the numbers. */
    public static List<String> read(String text) {
        List<String> out = new ArrayList<>();
        for (String line : text.split("\n")) {
            String number = number(out.size() + 1);
            if (line.startsWith(number)) {
                out.add(line.substring(number.length()));
            }
        }
        return out;
    }

    private static String number(int number) {
        return number + ". ";
    }
}
