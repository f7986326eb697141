package dev.mneme.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in, and how secrets rest.
 *
 * @param secure loopback callers must authenticate too (asked for, or because a password is set)
 * @param password null: one is made at the first start that needs it
 * @param authOff nobody needs a password (LETTA_SERVER_AUTH=none)
 * @param noDefaultActor refuse a user_id header that names nobody
 * @param origins web origins that may call; null: the built-in list
 * @param moreOrigins added to it
 * @param encryptionKey key for secrets at rest in the retired server's format; null: the key file
 * @param callbackKey signs callbacks; null: a file in the data folder
 */
public record SecurityOptions(
        boolean secure,
        @Nullable Secret password,
        boolean authOff,
        boolean noDefaultActor,
        @Nullable List<String> origins,
        List<String> moreOrigins,
        @Nullable Secret encryptionKey,
        @Nullable Secret callbackKey) {}
