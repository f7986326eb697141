package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.Models;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Which model and embedder an agent gets, and how they are tuned (contract 01 §4.1, §4.2, §5). */
final class ModelChoice {
    private static final String VOICE_COMPANION = "openai/gpt-4.1";

    /** Tokens of a piece of a document unless given (contract 01 §4.2). */
    private static final int CHUNK_SIZE = 300;
    /** Texts per call of an embedder that a caller wrote by hand (contract 09 §3). */
    private static final int BATCH_SIZE = 32;

    /** Tuning that means the same at every provider, so that it survives a change of the model. */
    private static final List<String> PORTABLE = List.of(
            "temperature", "max_tokens", "frequency_penalty", "parallel_tool_calls", "strict", "response_format");

    private final Models models;

    /** The same with the models that one organisation has. */
    ModelChoice of(String organizationId) {
        return new ModelChoice(models.of(organizationId));
    }

    ModelChoice(Models models) {
        this.models = models;
    }

    LlmConfig ofNew(NewAgent wanted, AgentType type) {
        LlmConfig start = wanted.llmConfig() != null ? written(wanted.llmConfig()) : named(wanted.model());
        boolean thinks =
                wanted.reasoning() == null ? !Boolean.FALSE.equals(wanted.enableReasoner()) : wanted.reasoning();
        if (wanted.llmConfig() == null) {
            start = models.reasoning(start, thinks);
        }
        ObjectNode config = tree(start);
        if (wanted.contextWindowLimit() != null) {
            config.put("context_window", positive(wanted.contextWindowLimit(), "context_window_limit"));
        }
        if (wanted.maxTokens() != null) {
            config.put("max_tokens", positive(wanted.maxTokens(), "max_tokens"));
        }
        if (wanted.maxReasoningTokens() != null) {
            config.put("max_reasoning_tokens", wanted.maxReasoningTokens());
        }
        if (wanted.modelSettings() != null) {
            ModelSettings.apply(wanted.modelSettings(), config);
        }
        if (wanted.parallelToolCalls() != null) {
            config.put("parallel_tool_calls", wanted.parallelToolCalls());
        }
        thoughts(config, type, wanted, thinks);
        return checked(config);
    }

    /**
     * The model of an agent that comes from a file: the file's, if this server can reach it, else this server's default.
     *
     * @param warn is told what was replaced
     */
    LlmConfig ofFile(@Nullable JsonNode config, Consumer<String> warn) {
        if (config == null || config.isNull()) {
            return named(null);
        }
        ObjectNode given = object(config, "llm_config");
        String handle = given.path("handle").textValue();
        String name = handle != null
                ? handle
                : given.path("model_endpoint_type").asText("") + "/"
                        + given.path("model").asText("");
        if (resolvable(name)) {
            return written(given.put("handle", name));
        }
        String standard = models.defaultHandle();
        if (standard == null || !resolvable(standard)) {
            warn.accept("The model " + name
                    + " is not known to this server; the agent cannot answer until it gets another one.");
            return written(given);
        }
        warn.accept("The model " + name + " is not known to this server; the agent got " + standard + ".");
        return models.resolve(standard);
    }

    private boolean resolvable(String handle) {
        try {
            models.resolve(handle);
            return true;
        } catch (Problem unknown) {
            return false; // the caller says so
        }
    }

    /** As {@link #ofFile} for the embedder; null: none. */
    @Nullable
    EmbeddingConfig embeddingOfFile(@Nullable JsonNode config, Consumer<String> warn) {
        if (config == null || config.isNull()) {
            return null;
        }
        String handle = config.path("handle").textValue();
        String name = handle != null
                ? handle
                : config.path("embedding_endpoint_type").asText("") + "/"
                        + config.path("embedding_model").asText("");
        try {
            models.resolveEmbedding(name);
            return embeddingWritten(
                    handle != null ? config : object(config, "embedding_config").put("handle", name));
        } catch (Problem unknown) {
            String standard = models.defaultEmbeddingHandle();
            warn.accept("The embedder " + name + " is not known to this server; the agent "
                    + (standard == null ? "finds its memories by their words only." : "got " + standard + "."));
            return standard == null ? null : models.resolveEmbedding(standard);
        }
    }

    Embedder embedder(EmbeddingConfig config) {
        return models.embedder(config);
    }

    /** The embedder of a handle that somebody asked for, or 400 (contract 10 §4). */
    EmbeddingConfig embeddingNamed(String handle) {
        try {
            return models.resolveEmbedding(handle);
        } catch (Problem e) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, e.detail(), e);
        }
    }

    LlmConfig modelNamed(String handle) {
        return named(handle);
    }

    /** The model of a voice agent's companion (contract 08 §8.3); where it is not to be had, the voice agent's own. */
    LlmConfig voiceCompanion(LlmConfig main) {
        try {
            return models.resolve(VOICE_COMPANION);
        } catch (Problem e) {
            // This server has no such model: any model is better than no companion.
            return main;
        }
    }

    /**
     * Where a model that does not reason by itself writes its thoughts: on older kinds into a {@code thinking} argument of each tool, and
     * the config says so twice; agents that answer in text on such a model have none.
     */
    private static void thoughts(ObjectNode config, AgentType type, NewAgent wanted, boolean thinks) {
        if (type == AgentType.LETTA_V1_AGENT && wanted.wantsBaseTools()) {
            config.put("put_inner_thoughts_in_kwargs", false);
        } else if (wanted.llmConfig() == null && type != AgentType.LETTA_V1_AGENT) {
            boolean reasons = config.path("enable_reasoner").asBoolean()
                    || config.path("reasoning_effort").isTextual();
            config.put("put_inner_thoughts_in_kwargs", thinks && !reasons);
            config.put(
                    "enable_reasoner", thinks || config.path("enable_reasoner").asBoolean());
        }
    }

    private LlmConfig named(@Nullable String model) {
        String handle = model == null || model.isBlank() ? models.defaultHandle() : model;
        if (handle == null) {
            throw Problem.invalid("Must specify either model or llm_config in request");
        }
        return models.resolve(handle);
    }

    /** The config after a change. */
    LlmConfig changed(LlmConfig old, AgentPatch patch) {
        ObjectNode config = tree(patch.llmConfig() != null ? written(patch.llmConfig()) : old);
        if (patch.llmConfig() == null && patch.model() != null && !patch.model().isBlank()) {
            config = tree(models.find(patch.model()));
            carry(tree(old), config);
        }
        if (patch.contextWindowLimit() != null) {
            config.put("context_window", positive(patch.contextWindowLimit(), "context_window_limit"));
        }
        if (patch.maxTokens() != null) {
            config.put("max_tokens", positive(patch.maxTokens(), "max_tokens"));
        } else if (patch.cleared().contains("max_tokens")) {
            config.putNull("max_tokens");
        }
        if (patch.modelSettings() != null) {
            ModelSettings.apply(patch.modelSettings(), config);
        }
        if (patch.parallelToolCalls() != null) {
            config.put("parallel_tool_calls", patch.parallelToolCalls());
        }
        LlmConfig changed = checked(config);
        return patch.reasoning() == null ? changed : models.reasoning(changed, patch.reasoning());
    }

    /** Takes over what somebody tuned: where the old config differs from what its handle resolves to by itself. */
    private void carry(ObjectNode old, ObjectNode config) {
        JsonNode untouched = untouched(old.path("handle").asText(""));
        for (String key : PORTABLE) {
            if (untouched != null && !Objects.equals(old.get(key), untouched.get(key))) {
                config.set(key, old.get(key));
            }
        }
    }

    private @Nullable JsonNode untouched(String handle) {
        if (handle.isEmpty()) {
            return null;
        }
        try {
            return tree(models.resolve(handle));
        } catch (Problem gone) {
            // The old model is not to be had any more, so nobody can tell what was tuned.
            return null;
        }
    }

    /** What a conversation talks to: a model or settings of its own, in its agent's window and way of thinking (contract 03 §6). */
    LlmConfig ofConversation(LlmConfig agent, @Nullable String model, @Nullable JsonNode settings) {
        ObjectNode config = tree(model == null ? agent : models.resolve(model));
        config.put("context_window", agent.contextWindow());
        config.set("put_inner_thoughts_in_kwargs", tree(agent).get("put_inner_thoughts_in_kwargs"));
        if (settings != null) {
            ModelSettings.apply(settings, config);
        }
        return checked(config);
    }

    /** Sent settings with the defaults of their provider's kind filled in. */
    static JsonNode filled(LlmConfig base, JsonNode settings) {
        ObjectNode config = tree(base);
        config.putNull("max_tokens");
        config.putNull("response_format");
        ModelSettings.apply(settings, config);
        config.set("model_endpoint_type", settings.path("provider_type"));
        return ModelSettings.of(read(config, LlmConfig.class));
    }

    /** Null: the agent has no embedder and finds its memories by their words only. */
    @Nullable
    EmbeddingConfig embedding(@Nullable JsonNode config, @Nullable String handle, @Nullable Integer chunkSize) {
        if (config != null) {
            return embeddingWritten(config);
        }
        String wanted = handle == null || handle.isBlank() ? models.defaultEmbeddingHandle() : handle;
        if (wanted == null) {
            return null;
        }
        EmbeddingConfig found = embedderWanted(wanted);
        if (chunkSize == null || Objects.equals(chunkSize, found.embeddingChunkSize())) {
            return found;
        }
        ObjectNode tuned = tree(found);
        tuned.put("embedding_chunk_size", positive(chunkSize, "embedding_chunk_size"));
        return read(tuned, EmbeddingConfig.class);
    }

    /** A handle without a provider, that no provider is known for either, is a fault of the body (contract 01 §4.1). */
    private EmbeddingConfig embedderWanted(String handle) {
        try {
            return models.resolveEmbedding(handle);
        } catch (Problem e) {
            throw handle.indexOf('/') >= 0 || e.code() != ProblemCode.INVALID_ARGUMENT
                    ? e
                    : new Problem(ProblemCode.UNPROCESSABLE, e.detail(), e);
        }
    }

    private EmbeddingConfig embeddingWritten(JsonNode config) {
        ObjectNode out = object(config, "embedding_config");
        fill(
                out,
                "embedding_endpoint_type",
                "embedding_model",
                "embedding_dim",
                handle -> models.resolveEmbedding(handle).embeddingDim());
        need(out, "embedding_config", "embedding_endpoint_type", "embedding_model", "embedding_dim");
        otherwise(out, "embedding_chunk_size", Json.tree(CHUNK_SIZE));
        otherwise(out, "batch_size", Json.tree(BATCH_SIZE));
        return read(out, EmbeddingConfig.class);
    }

    private LlmConfig written(JsonNode config) {
        ObjectNode out = object(config, "llm_config");
        fill(
                out,
                "model_endpoint_type",
                "model",
                "context_window",
                handle -> models.resolve(handle).contextWindow());
        need(out, "llm_config", "model", "model_endpoint_type", "context_window");
        otherwise(out, "put_inner_thoughts_in_kwargs", Json.tree(false));
        otherwise(out, "temperature", Json.tree(1.0));
        otherwise(out, "enable_reasoner", Json.tree(true));
        otherwise(out, "max_reasoning_tokens", Json.tree(0));
        otherwise(out, "parallel_tool_calls", Json.tree(false));
        otherwise(out, "strict", Json.tree(false));
        return read(out, LlmConfig.class);
    }

    /** Puts in the number that configs of old papers leave out, where the model is one that this server knows (seed document). */
    private static void fill(ObjectNode config, String type, String model, String key, ToIntFunction<String> known) {
        if (config.hasNonNull(key)
                || !config.path(type).isTextual()
                || !config.path(model).isTextual()) {
            return;
        }
        try {
            config.put(
                    key,
                    known.applyAsInt(config.path(type).textValue() + "/"
                            + config.path(model).textValue()));
        } catch (Problem unknown) {
            // Then the caller is told what is missing.
            return;
        }
    }

    private static ObjectNode object(JsonNode config, String field) {
        if (config instanceof ObjectNode object) {
            return object.deepCopy();
        }
        throw Problem.unprocessable(field + " must be an object.");
    }

    private static void need(ObjectNode config, String field, String... keys) {
        for (String key : keys) {
            if (!config.hasNonNull(key)) {
                throw Problem.unprocessable(field + " lacks " + key + ".");
            }
        }
    }

    private static void otherwise(ObjectNode config, String key, JsonNode value) {
        if (!config.hasNonNull(key)) {
            config.set(key, value);
        }
    }

    private static LlmConfig checked(ObjectNode tree) {
        LlmConfig config = read(tree, LlmConfig.class);
        if (config.maxTokens() != null && config.maxReasoningTokens() > config.maxTokens()) {
            throw Problem.invalid("Max reasoning tokens (" + config.maxReasoningTokens()
                    + ") must be less than max tokens (" + config.maxTokens() + ")");
        }
        return config;
    }

    private static int positive(int value, String field) {
        if (value <= 0) {
            throw Problem.unprocessable(field + " must be greater than 0, not " + value + ".");
        }
        return value;
    }

    private static ObjectNode tree(Object config) {
        return (ObjectNode) Json.tree(config);
    }

    private static <T> T read(ObjectNode tree, Class<T> type) {
        return NewAgent.bind(tree, type);
    }
}
