package dev.mneme.message;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Who said a stored message (contract 02: row roles). */
public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL,
    APPROVAL,
    SUMMARY;

    /** The word on the wire and in the database. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Role of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
