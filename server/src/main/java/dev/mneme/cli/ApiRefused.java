package dev.mneme.cli;

import org.jspecify.annotations.Nullable;

/** The server said no, or did not answer: one line for the person at the terminal. */
final class ApiRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    /**
     * @param status HTTP status; 0: no answer at all
     */
    ApiRefused(int status, String line, @Nullable Throwable cause) {
        super(line, cause);
        this.status = status;
    }

    int status() {
        return status;
    }

    String line() {
        return String.valueOf(getMessage());
    }
}
