package dev.mneme.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Patches of one text: lines that begin with a space (context), minus or plus, in hunks parted by {@code @@} (contract 04 §3). Pure. */
final class Hunks {
    /** Lines of a hunk quoted in an error. */
    private static final int QUOTED_LINES = 3;

    private static final Pattern LINE_NUMBER = Pattern.compile("(?m)^[ +-]?[ \\t]*\\d+→");

    private Hunks() {}

    private record Hunk(List<String> before, List<String> after) {}

    /** Whether a model copied the line numbers that are only shown to it. */
    static boolean hasLineNumbers(String patch) {
        return LINE_NUMBER.matcher(patch).find();
    }

    /** The text after all hunks; each must fit in exactly one place. */
    static Edited apply(String value, List<String> patchLines) {
        List<Hunk> hunks = parse(patchLines);
        if (hunks.isEmpty()) {
            return new Edited.Refused("No applicable hunks found in patch. Ensure lines start with ' ', '-', or '+'.");
        }
        String text = value;
        for (Hunk hunk : hunks) {
            switch (apply(text, hunk)) {
                case Edited.To done -> text = done.value();
                case Edited.Refused refused -> {
                    return refused;
                }
            }
        }
        return new Edited.To(text);
    }

    private static List<Hunk> parse(List<String> lines) {
        List<Hunk> hunks = new ArrayList<>();
        List<String> current = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("@@")) {
                finish(hunks, current);
            } else {
                current.add(line);
            }
        }
        finish(hunks, current);
        return hunks;
    }

    /** Makes a hunk of the lines gathered; an empty line inside it is a context line whose space was lost on the way. */
    private static void finish(List<Hunk> hunks, List<String> lines) {
        int first = 0;
        int end = lines.size();
        while (first < end && !marked(lines.get(first))) {
            first++;
        }
        while (end > first && !marked(lines.get(end - 1))) {
            end--;
        }
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (String line : lines.subList(first, end)) {
            if (line.isEmpty() || line.startsWith(" ")) {
                before.add(line.isEmpty() ? "" : line.substring(1));
                after.add(line.isEmpty() ? "" : line.substring(1));
            } else if (line.startsWith("-")) {
                before.add(line.substring(1));
            } else if (line.startsWith("+")) {
                after.add(line.substring(1));
            }
        }
        if (!before.isEmpty() || !after.isEmpty()) {
            hunks.add(new Hunk(before, after));
        }
        lines.clear();
    }

    private static boolean marked(String line) {
        return line.startsWith(" ") || line.startsWith("-") || line.startsWith("+");
    }

    private static Edited apply(String text, Hunk hunk) {
        String replacement = String.join("\n", hunk.after);
        if (hunk.before.isEmpty()) {
            return new Edited.To(text.isEmpty() ? replacement : text + "\n" + replacement);
        }
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        List<Integer> places = new ArrayList<>();
        for (int at = 0; at + hunk.before.size() <= lines.size(); at++) {
            if (lines.subList(at, at + hunk.before.size()).equals(hunk.before)) {
                places.add(at);
            }
        }
        if (places.size() == 1) {
            List<String> place = lines.subList(places.getFirst(), places.getFirst() + hunk.before.size());
            place.clear();
            place.addAll(hunk.after);
            return new Edited.To(String.join("\n", lines));
        }
        return places.isEmpty()
                ? inLine(text, hunk, replacement)
                : refused(
                        "hunk context matched multiple places in"
                                + " the memory block. Add more context lines so that it fits only one.",
                        hunk);
    }

    /** A hunk that fits no whole lines may still name a part of them. */
    private static Edited inLine(String text, Hunk hunk, String replacement) {
        String wanted = String.join("\n", hunk.before);
        int at = wanted.isEmpty() ? -1 : text.indexOf(wanted);
        if (at < 0) {
            return refused(
                    "expected hunk context not found in the memory block. Verify the target lines exist and try"
                            + " providing more context.",
                    hunk);
        }
        if (text.indexOf(wanted, at + 1) >= 0) {
            return refused(
                    "hunk context matched multiple places in the memory block. Add more context lines so that"
                            + " it fits only one.",
                    hunk);
        }
        return new Edited.To(text.substring(0, at) + replacement + text.substring(at + wanted.length()));
    }

    private static Edited refused(String reason, Hunk hunk) {
        return new Edited.Refused("Failed to apply patch: " + reason + " Expected start:\n"
                + String.join("\n", hunk.before.subList(0, Math.min(QUOTED_LINES, hunk.before.size()))));
    }
}
