package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** That something was done. */
public record Success(boolean success, @Nullable String message) {
    /** Done, with nothing to add. */
    public static final Success DONE = new Success(true, null);
}
