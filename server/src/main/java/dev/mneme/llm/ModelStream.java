package dev.mneme.llm;

/**
 * One model call under way. Not thread-safe; closing it stops the call.
 *
 * <p>{@link #next} blocks for the next event and throws {@link ModelException} when the provider fails. After Done it must not be called.
 */
public interface ModelStream extends AutoCloseable {
    ModelEvent next();

    @Override
    void close();
}
