package dev.mneme.llm;

import dev.mneme.message.LlmConfig;
import org.jspecify.annotations.Nullable;

/**
 * One model call under way. Not thread-safe; closing it stops the call.
 *
 * <p>{@link #next} blocks for the next event and throws {@link ModelException} when the provider fails. After Done it must not be called.
 */
public interface ModelStream extends AutoCloseable {
    ModelEvent next();

    /** The model that answers instead of the one that was asked; known with the first event; null: it is that one. */
    default @Nullable LlmConfig instead() {
        return null;
    }

    @Override
    void close();
}
