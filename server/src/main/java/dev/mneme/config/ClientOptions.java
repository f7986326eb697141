package dev.mneme.config;

import org.jspecify.annotations.Nullable;

/**
 * The command line as a client.
 *
 * @param url the server's address, without /v1
 * @param key the password or key that it shows, if any
 * @param passphrase under which the key of secrets travels in backups, if any
 */
public record ClientOptions(
        String url, @Nullable Secret key, @Nullable Secret passphrase) {}
