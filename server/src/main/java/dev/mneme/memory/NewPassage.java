package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A passage to be stored. createdAt: microseconds since 1970 UTC, null: now. */
public record NewPassage(
        String text,
        @Nullable List<String> tags,
        @Nullable JsonNode metadata,
        @Nullable Long createdAt) {
    public static NewPassage of(String text, @Nullable List<String> tags) {
        return new NewPassage(text, tags, null, null);
    }
}
