package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every model and embedder that this server can reach. Thread-safe. */
public interface Models extends AutoCloseable {
    /**
     * Starts a call; returns as soon as the provider has accepted it or failed. Retries happen in here, only before the first token.
     *
     * @throws ModelException when the provider refuses or cannot be reached
     */
    ModelStream open(ModelRequest request);

    /** The body that {@link #open} would send to the provider, without calling anybody. */
    default JsonNode preview(ModelRequest request) {
        ObjectNode body = Json.object().put("model", request.config().model());
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", request.system());
        for (Message row : request.history()) {
            messages.addObject().put("role", Json.tree(row.role()).asText()).put("content", row.text());
        }
        ArrayNode tools = body.putArray("tools");
        request.tools().forEach(tool -> tools.add(tool.name()));
        return body.put("stream", request.stream());
    }

    /** As {@link #open(ModelRequest)}, for a run that has spent some of its patience. */
    default ModelStream open(ModelRequest request, Patience patience) {
        return open(request);
    }

    /** The embedder of a config; throws a Problem that names what is missing if it cannot be called. */
    Embedder embedder(EmbeddingConfig config);

    /** The config of a handle or bare name, with the contract's defaults (01 §4.1); throws NOT_FOUND or INVALID_ARGUMENT. */
    LlmConfig resolve(String handleOrName);

    /** As {@link #resolve}, where a handle without a provider is one that was not found (contract 01 §5, 03 §4). */
    default LlmConfig find(String handle) {
        try {
            return resolve(handle);
        } catch (Problem e) {
            if (e.code() != ProblemCode.INVALID_ARGUMENT || handle.indexOf('/') >= 0) {
                throw e;
            }
            Problem unknown = new Problem(
                    ProblemCode.NOT_FOUND, "NOT_FOUND: Handle " + handle + " not found, must be one of []", e);
            Object hint = e.extra().get("hint");
            throw hint == null ? unknown : unknown.with("hint", hint);
        }
    }

    /** As {@link #resolve} for embedders; the contract's 400 for an unknown one. */
    EmbeddingConfig resolveEmbedding(String handleOrName);

    /**
     * A resolved config with the model's own reasoning switched on or off, as far as the model lets itself be switched (01 §4.1).
     * {@link #resolve} answers as with wanted = true.
     */
    default LlmConfig reasoning(LlmConfig config, boolean wanted) {
        return config;
    }

    /** The handle used when a request names no model; null: there is none and the request must name one. */
    @Nullable
    String defaultHandle();

    /** The embedder handle used when a request names none; null: agents have no embedder. */
    @Nullable
    String defaultEmbeddingHandle();

    /** The same as one organisation has them: with the models of providers that it brought a key of its own for. */
    default Models of(String organizationId) {
        return this;
    }

    /** Tries a provider by listing its models; a {@link ModelException} when that fails. */
    default void check(OwnProvider provider) {
        throw Problem.invalid("These models have no providers of their own.");
    }

    /** What GET /v1/models/ shows. */
    List<ModelCard> list();

    /** What GET /v1/models/embedding shows. */
    List<EmbeddingConfig> listEmbeddings();

    /** The base prefix for each configured provider with its address, for the start-up report: never keys. */
    List<ProviderStatus> providers();

    @Override
    void close();

    /** A listed model: its config as an agent would get it and the window that the model itself has, in tokens. */
    record ModelCard(LlmConfig config, int maxContextWindow) {}

    /** One configured provider. note: what is wrong or what to set, null when all is well. */
    record ProviderStatus(
            String name,
            @Nullable String baseUrl,
            boolean hasKey,
            @Nullable String note) {}
}
