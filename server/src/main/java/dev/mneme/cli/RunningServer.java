package dev.mneme.cli;

import java.net.http.HttpClient;
import java.util.List;

/** A server in this process. */
public interface RunningServer extends AutoCloseable {
    /** Where it answers, such as {@code http://127.0.0.1:8283}. */
    String url();

    /** Lines to show at start: providers, a generated password, warnings. */
    List<String> notices();

    /** Reaches it without a network. */
    HttpClient client();

    /** Takes no more requests, lets runs come to a safe point, closes the database. May be called twice. */
    @Override
    void close();
}
