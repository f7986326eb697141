package dev.mneme.config;

import org.jspecify.annotations.Nullable;

/**
 * The process and its door.
 *
 * @param host address to listen on
 * @param port TCP port, 0: a free one
 * @param defaultLlm handle or bare name of the model of agents that name none
 * @param defaultEmbedding the same for embeddings
 * @param presence whether it listens at all
 */
public record ServerOptions(
        String host,
        int port,
        @Nullable String defaultLlm,
        @Nullable String defaultEmbedding,
        boolean debug,
        Presence presence) {
    ServerOptions with(Presence other) {
        return new ServerOptions(host, port, defaultLlm, defaultEmbedding, debug, other);
    }
}
