package dev.mneme.config;

import org.jspecify.annotations.Nullable;

/**
 * The command line as a client.
 *
 * @param url the server's address, without /v1
 * @param key the password or key that it shows, if any
 */
public record ClientOptions(String url, @Nullable Secret key) {}
