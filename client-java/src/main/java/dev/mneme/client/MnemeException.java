package dev.mneme.client;

/** The server refused, or could not be reached. The message is the server's own, with what to do where it says so. */
public final class MnemeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    MnemeException(int status, String message) {
        super(message);
        this.status = status;
    }

    MnemeException(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    /** The HTTP status; 0 when no answer came. */
    public int status() {
        return status;
    }
}
