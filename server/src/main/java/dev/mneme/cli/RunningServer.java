package dev.mneme.cli;

import java.util.List;

/** A server in this process. */
public interface RunningServer extends AutoCloseable {
    /** Where it answers, such as {@code http://127.0.0.1:8283}. */
    String url();

    /** Lines to show at start: providers, a generated password, warnings. */
    List<String> notices();

    /** Takes no more requests, lets runs come to a safe point, closes the database. May be called twice. */
    @Override
    void close();
}
