package dev.mneme.store;

/** What is done inside a transaction. Short, no network, no waiting; may run again after a deadlock, so it must not change anything outside. */
@FunctionalInterface
public interface Work<T extends @org.jspecify.annotations.Nullable Object> {
    T in(Tx tx);
}
