package dev.mneme.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What changed in an agent's core memory, line by line. */
final class BlockDiff {
    private BlockDiff() {}

    /**
     * A changed line of a block.
     *
     * @param label the block's
     * @param added true: now there; false: no longer there
     */
    record Change(String label, boolean added, String line) {}

    /** Compares values by label; lines that only moved count as unchanged. */
    static List<Change> between(Map<String, String> before, Map<String, String> after) {
        TreeSet<String> labels = new TreeSet<>(before.keySet());
        labels.addAll(after.keySet());
        List<Change> changes = new ArrayList<>();
        for (String label : labels) {
            List<String> old = lines(before.getOrDefault(label, ""));
            List<String> now = lines(after.getOrDefault(label, ""));
            List<String> gone = new ArrayList<>(old);
            now.forEach(gone::remove);
            List<String> came = new ArrayList<>(now);
            old.forEach(came::remove);
            gone.forEach(line -> changes.add(new Change(label, false, line)));
            came.forEach(line -> changes.add(new Change(label, true, line)));
        }
        return changes;
    }

    private static List<String> lines(String text) {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }
}
