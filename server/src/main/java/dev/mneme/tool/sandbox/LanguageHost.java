package dev.mneme.tool.sandbox;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs the code of some languages inside the {@link Jail}. Thread-safe. */
public interface LanguageHost extends AutoCloseable {
    Set<Language> languages();

    /** Why it cannot, on this machine, and what to do about it; null when it can. Cheap to ask. */
    @Nullable
    String refusal();

    /** The interpreter and what every piece of code finds there: another text, another environment. */
    String ground();

    /** Runs a job of one of its languages to its end; never throws for what the code does. */
    SandboxResult run(SandboxJob job);

    @Override
    void close();
}
