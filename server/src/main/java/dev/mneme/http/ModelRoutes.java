package dev.mneme.http;

import dev.mneme.llm.Models;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.wire.EmbeddingModelView;
import dev.mneme.wire.ModelView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What models and embedding models there are (contract 09 §3). */
final class ModelRoutes {
    private static final Param<List<String>> CATEGORY = Param.manyOf(
            "provider_category",
            List.of("base", "byok"),
            "configured on the server, or with a key of the caller's own");
    private static final Param<String> PROVIDER = Param.text("provider_name", "exactly this provider");
    private static final Param<String> TYPE =
            Param.maybeChoice("provider_type", types(), "exactly this kind of endpoint");
    private static final String BASE = "base";

    private final Models models;

    ModelRoutes(Models models) {
        this.models = models;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/models", "Models that agents can use")
                        .reach(Route.Reach.EVERYBODY)
                        .takes(CATEGORY, PROVIDER, TYPE)
                        .givesList(ModelView.class)
                        .by(this::list),
                Route.get("/v1/models/embedding", "Embedding models that agents and archives can use")
                        .reach(Route.Reach.EVERYBODY)
                        .givesList(EmbeddingModelView.class)
                        .by(call -> Answer.ok(models.of(call.org()).listEmbeddings().stream()
                                .map(ModelRoutes::view)
                                .toList())));
    }

    /** Those of the contract, and the models that are built in. */
    private static List<String> types() {
        List<String> out = new ArrayList<>(ProviderRoutes.TYPES);
        out.add("demo");
        return List.copyOf(out);
    }

    private Answer list(Call call) {
        List<String> categories = call.at(CATEGORY);
        String provider = call.maybe(PROVIDER);
        String type = call.maybe(TYPE);
        return Answer.ok(models.of(call.org()).list().stream()
                .filter(card -> categories.isEmpty() || categories.contains(category(card.config())))
                .filter(card ->
                        provider == null || provider.equals(card.config().providerName()))
                .filter(card -> type == null || type.equals(card.config().modelEndpointType()))
                .map(ModelRoutes::view)
                .toList());
    }

    private static String category(LlmConfig config) {
        return Objects.requireNonNullElse(config.providerCategory(), BASE);
    }

    private static ModelView view(Models.ModelCard card) {
        LlmConfig config = card.config();
        return new ModelView(
                config.handle(),
                config.model(),
                Objects.requireNonNullElse(config.displayName(), config.model()),
                config.modelEndpointType(),
                Objects.requireNonNullElse(config.providerName(), config.modelEndpointType()),
                "llm",
                card.maxContextWindow(),
                config.model(),
                config.modelEndpointType(),
                config.modelEndpoint(),
                category(config),
                config.modelWrapper(),
                config.contextWindow(),
                config.putInnerThoughtsInKwargs(),
                config.temperature(),
                config.maxTokens(),
                config.enableReasoner(),
                config.reasoningEffort(),
                config.maxReasoningTokens(),
                config.effort(),
                config.frequencyPenalty(),
                config.compatibilityType(),
                config.verbosity(),
                config.tier(),
                config.parallelToolCalls(),
                config.responseFormat(),
                config.strict(),
                config.returnLogprobs(),
                config.topLogprobs(),
                config.returnTokenIds(),
                config.toolCallParser());
    }

    private static EmbeddingModelView view(EmbeddingConfig config) {
        return new EmbeddingModelView(
                config.handle(),
                config.embeddingModel(),
                config.embeddingModel(),
                config.embeddingEndpointType(),
                provider(config.handle(), config.embeddingEndpointType()),
                "embedding",
                config.embeddingEndpointType(),
                config.embeddingEndpoint(),
                config.embeddingModel(),
                config.embeddingDim(),
                config.embeddingChunkSize(),
                config.batchSize(),
                config.azureEndpoint(),
                config.azureVersion(),
                config.azureDeployment());
    }

    private static String provider(@Nullable String handle, String type) {
        int slash = handle == null ? -1 : handle.indexOf('/');
        return handle == null || slash < 0 ? type : handle.substring(0, slash);
    }
}
