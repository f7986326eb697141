package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One wire language, spoken to any provider that understands it. Thread-safe. */
public interface Vendor {
    /** As {@link Models#open}, at a given place. */
    ModelStream open(ModelRequest request, Endpoint endpoint);

    /** The body that {@link #open} would send, without sending it. */
    JsonNode preview(ModelRequest request, Endpoint endpoint);

    /** The models that the provider lists; a {@link ModelException} if it does not answer in a few seconds. */
    List<Listed> list(Endpoint endpoint);

    /**
     * A listed model.
     *
     * @param window tokens; null: the provider does not say
     * @param dim numbers in a vector; 0: an embedder of unknown size; null: not known to be an embedder
     * @param compatibility how its weights are stored (gguf, mlx), where the provider says it
     */
    record Listed(
            String name,
            @Nullable Integer window,
            @Nullable Integer dim,
            @Nullable String compatibility) {
        public Listed(String name, @Nullable Integer window) {
            this(name, window, null, null);
        }
    }
}
