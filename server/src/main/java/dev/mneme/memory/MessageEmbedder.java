package dev.mneme.memory;

import dev.mneme.llm.Embedder;
import dev.mneme.llm.Models;
import org.jspecify.annotations.Nullable;

/**
 * The embedder of messages: by default the one inside this process, since nobody should pay a provider unasked. Thread-safe.
 */
public final class MessageEmbedder {
    /** The embedder inside this process. */
    public static final String LOCAL = "mneme/all-minilm-l6-v2";

    private final Models models;
    private final @Nullable String handle;

    /** handle: null switches vectors of messages off. */
    public MessageEmbedder(Models models, @Nullable String handle) {
        this.models = models;
        this.handle = handle;
    }

    /** The embedder; null: messages have no vectors. Throws what {@link Models} throws when it cannot be called. */
    @Nullable
    Embedder embedder() {
        return handle == null ? null : models.embedder(models.resolveEmbedding(handle));
    }
}
