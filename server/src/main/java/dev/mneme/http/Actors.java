package dev.mneme.http;

import org.jspecify.annotations.Nullable;

/** Finds the acting user. Thread-safe. */
@FunctionalInterface
public interface Actors {
    /** The user of that id; an absent or unknown one is the default user (contract 01 §1). The shape was checked before. */
    Actor of(@Nullable String userId);
}
