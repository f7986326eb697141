package dev.mneme.file;

import java.util.Locale;
import java.util.Set;

/** How far a file is (contract 06 §6.5). The words of the wire are the names in lower case. */
public enum FileStatus {
    PENDING,
    PARSING,
    EMBEDDING,
    COMPLETED,
    ERROR;

    /** Those in which there is work left. */
    public static final Set<FileStatus> OPEN = Set.of(PENDING, PARSING, EMBEDDING);

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static FileStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
