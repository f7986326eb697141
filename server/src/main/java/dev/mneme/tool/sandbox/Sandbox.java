package dev.mneme.tool.sandbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs other people's code where it reaches nothing of ours. Thread-safe. */
public interface Sandbox extends AutoCloseable {
    /** Runs the job and waits for its end; never throws for what the code does. Interrupting the thread kills the job. */
    SandboxResult run(SandboxJob job);

    /** Why code of this language cannot run here and what to do about it, null when it can. */
    @Nullable
    String refusal(Language language);

    /** Tells one environment of code from another: walls, interpreter, packages. Decimal digits. */
    String fingerprint(Language language, List<Requirement> requirements);

    @Override
    void close();
}
