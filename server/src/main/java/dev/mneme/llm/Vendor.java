package dev.mneme.llm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One wire language, spoken to any provider that understands it. Thread-safe. */
public interface Vendor {
    /** As {@link Models#open}, at a given place. */
    ModelStream open(ModelRequest request, Endpoint endpoint);

    /** The models that the provider lists; a {@link ModelException} if it does not answer in a few seconds. */
    List<Listed> list(Endpoint endpoint);

    /** A listed model: window in tokens, null if the provider does not say. */
    record Listed(String name, @Nullable Integer window) {}
}
