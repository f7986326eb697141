package dev.mneme.account;

import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** The key that signs callbacks: its owner gives it to whoever receives them. */
public final class CallbackKey {
    private CallbackKey() {}

    /** The given key (MNEME_CALLBACK_KEY), or the one in the file callback.key of the data folder, made when missing. */
    public static String open(Path folder, @Nullable String given, SecureRandom random) {
        return given == null || given.isBlank() ? KeyFile.load(folder, KeyFile.CALLBACKS, random) : given;
    }
}
