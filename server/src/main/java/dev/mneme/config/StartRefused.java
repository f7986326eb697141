package dev.mneme.config;

import org.jspecify.annotations.Nullable;

/** Why the server cannot start: one line that says what to do. The process then ends with exit code 2. */
public final class StartRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StartRefused(String line) {
        this(line, null);
    }

    public StartRefused(String line, @Nullable Throwable cause) {
        super(line, cause);
    }

    /** The line. */
    public String line() {
        return String.valueOf(getMessage());
    }
}
