package dev.mneme.cli;

import dev.mneme.config.Options;

/** Builds and starts the server in this process, as its options have it. Implemented by Main, the composition root. */
@FunctionalInterface
public interface ServerStarter {
    /** Returns once the server answers requests. Throws {@code StartRefused} or {@code Problem} if it cannot start. */
    RunningServer start(Options options);
}
