package dev.mneme.run;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads a run's log in order, live or afterwards. Confined to one thread. A reader that leaves stops nothing. */
public interface LogReader {
    /** The next record; null when none came within the wait, or when the log has ended. */
    @Nullable
    LogRecord next(Duration wait);

    /** Whether everything has been read and nothing more will come. */
    boolean ended();
}
