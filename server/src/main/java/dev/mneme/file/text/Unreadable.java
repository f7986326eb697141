package dev.mneme.file.text;

import org.jspecify.annotations.Nullable;

/** A file whose text cannot be had. The message says why and, where there is a remedy, what to do. */
public final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    public Unreadable(String message) {
        this(message, null);
    }

    public Unreadable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
