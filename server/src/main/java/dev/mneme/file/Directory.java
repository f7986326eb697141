package dev.mneme.file;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder as an agent's prompt shows it.
 *
 * @param files by name
 */
public record Directory(
        String name, @Nullable String description, @Nullable String instructions, List<Shown> files) {
    public Directory {
        files = List.copyOf(files);
    }

    /** A file of it. value: what is in view; null or empty: it is closed. */
    public record Shown(String label, @Nullable String value) {
        boolean open() {
            return value != null && !value.isEmpty();
        }
    }
}
