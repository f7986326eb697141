package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Passage;
import dev.mneme.memory.Vectors;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the passages of agent files. Pure but for new ids. */
final class PassageReading {
    /** Characters of one passage: thirty times what people may store, for archives of servers set otherwise. */
    static final int LONGEST = 1 << 20;

    /** Numbers of one vector: four times the largest embedder's. */
    private static final int MOST_NUMBERS = 16_384;

    private PassageReading() {}

    /** Adds what is wrong beyond its shape. */
    static void faults(String place, JsonNode entry, List<String> wrong) {
        String text = entry.path("text").asText("");
        if (entry.path("text").isTextual() && (text.isBlank() || text.length() > LONGEST)) {
            wrong.add(place + ".text\n  String should have 1 to " + LONGEST + " characters");
        }
        if (entry.path("embedding").isTextual() && vector(entry) == null) {
            wrong.add(place + ".embedding\n  Input should be float32 numbers in base64, little-endian");
        }
    }

    /** The numbers of an entry; null: it has none, or they are not readable. */
    static float @Nullable [] vector(JsonNode entry) {
        String given = entry.path("embedding").textValue();
        if (given == null || given.isEmpty() || given.length() > MOST_NUMBERS * Float.BYTES * 2) {
            return null;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(given);
            float[] vector = bytes.length % Float.BYTES == 0 ? Vectors.floats(bytes) : new float[0];
            for (float number : vector) {
                if (!Float.isFinite(number)) {
                    return null;
                }
            }
            return vector.length == 0 ? null : vector;
        } catch (IllegalArgumentException e) {
            return null; // no base64
        }
    }

    /** The passage of an entry without faults. now: microseconds, also the latest time that a passage may have. */
    static Passage read(
            JsonNode entry, String archiveId, float @Nullable [] vector, long now, @Nullable String userId) {
        List<String> tags = null;
        if (entry.path("tags").isArray()) {
            tags = new ArrayList<>();
            for (JsonNode tag : entry.path("tags")) {
                if (!tag.asText().isBlank() && !tags.contains(tag.asText())) {
                    tags.add(tag.asText());
                }
            }
        }
        Long at = MessageReading.time(entry.path("created_at"));
        return new Passage(
                IdKind.PASSAGE.next(),
                entry.path("text").asText(),
                archiveId,
                tags,
                entry.path("metadata").isObject() ? Objects.requireNonNull(entry.get("metadata")) : Json.object(),
                vector,
                null,
                at == null ? now : Math.min(at, now),
                now,
                userId,
                userId,
                null);
    }

    /** A time of an entry, µs; now when there is none, or when it is still to come. */
    static long time(JsonNode given, Clock clock) {
        Long at = MessageReading.time(given);
        long now = clock.next();
        return at == null ? now : Math.min(at, now);
    }
}
