package dev.mneme.llm;

import java.util.List;

/** Turns texts into vectors. Thread-safe. */
public interface Embedder {
    /** One vector per text, in order, each of {@link #dimensions} numbers. Throws {@link ModelException} when the provider fails. */
    List<float[]> embed(List<String> texts);

    int dimensions();

    /** The handle or model name that marks vectors of this embedder; vectors of different names are never compared. */
    String name();

    /** Whether it runs inside this process: then it costs nobody money. */
    boolean local();
}
