package dev.mneme.tool.sandbox;

import org.jspecify.annotations.Nullable;

/** Runs other people's code where it reaches nothing of ours. Thread-safe. */
public interface Sandbox extends AutoCloseable {
    /** Runs the job and waits for its end; never throws for what the code does. Interrupting the thread kills the job. */
    SandboxResult run(SandboxJob job);

    /** Why code of this language cannot run here and what to do about it, null when it can. */
    @Nullable
    String refusal(Language language);

    @Override
    void close();
}
