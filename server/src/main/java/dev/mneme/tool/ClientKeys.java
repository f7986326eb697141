package dev.mneme.tool;

/** Short-lived keys with which the code of a tool calls this server as the agent that called it. Thread-safe. */
@FunctionalInterface
public interface ClientKeys {
    /** A key for this call. */
    Key issue(ToolContext context);

    /**
     * A key that ends when it is closed, and by itself if that never happens.
     *
     * @param secret its text
     * @param end ends it
     */
    record Key(String secret, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }
}
