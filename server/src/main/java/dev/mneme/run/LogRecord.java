package dev.mneme.run;

/** One record of a run's log: an SSE event. error: it is named {@code error}. data: one line. */
public record LogRecord(long seq, boolean error, String data) {
    /** What the last record of every log says. */
    public static final String DONE = "[DONE]";

    String line() {
        return (error ? "error " : "data ") + data;
    }

    static LogRecord parse(long seq, String line) {
        return line.startsWith("error ")
                ? new LogRecord(seq, true, line.substring(6))
                : new LogRecord(seq, false, line.substring(5));
    }
}
