package dev.mneme.llm;

import java.util.List;

/** An embedder that asks again when its provider is busy. As thread-safe as the one inside. */
record PatientEmbedder(Embedder inner, Endpoint endpoint, Tries tries) implements Embedder {
    @Override
    public List<float[]> embed(List<String> texts) {
        return tries.of(endpoint, inner.name(), Patience.alone(), () -> inner.embed(texts));
    }

    @Override
    public int dimensions() {
        return inner.dimensions();
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public boolean local() {
        return false;
    }
}
