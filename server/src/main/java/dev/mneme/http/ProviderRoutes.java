package dev.mneme.http;

import dev.mneme.account.ProviderKey;
import dev.mneme.account.ProviderKeys;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.Models;
import dev.mneme.llm.OwnProvider;
import dev.mneme.wire.CreateProvider;
import dev.mneme.wire.ModifyProvider;
import dev.mneme.wire.ProviderView;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Providers with keys of an organisation's own (contract 09 §2, decision 0027). */
final class ProviderRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderRoutes.class);

    private static final String ALL = "/v1/providers";
    private static final String ONE = ALL + "/{provider_id:provider}";

    /** The types of the contract (openapi.json). */
    static final List<String> TYPES = List.of(
            "anthropic",
            "azure",
            "baseten",
            "bedrock",
            "cerebras",
            "chatgpt_oauth",
            "deepseek",
            "fireworks",
            "google_ai",
            "google_vertex",
            "groq",
            "hugging-face",
            "letta",
            "lmstudio_openai",
            "minimax",
            "mistral",
            "ollama",
            "openai",
            "together",
            "vllm",
            "sglang",
            "openrouter",
            "xai",
            "zai",
            "zai_coding");

    /** Letters of a name: it stands in every handle. */
    private static final int LONGEST_NAME = 100;

    private static final Param<Integer> LIMIT = Paging.limit(50);
    private static final Param<String> NAME = Param.text("name", "exactly this name");
    private static final Param<String> TYPE = Param.text("provider_type", "exactly this type");

    private final ProviderKeys keys;
    private final Models models;

    ProviderRoutes(ProviderKeys keys, Models models) {
        this.keys = keys;
        this.models = models;
    }

    List<Route> routes() {
        return List.of(
                Route.get(ALL, "Providers with keys of your own, newest first; keys are never shown")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY, NAME, TYPE)
                        .givesList(ProviderView.class)
                        .by(this::list),
                Route.post(ALL, "Stores a provider with a key of your own; its models get the handles name/model")
                        .reach(Route.Reach.ADMIN)
                        .body(CreateProvider.class)
                        .gives(ProviderView.class)
                        .by(this::create),
                Route.post(ALL + "/check", "Tries a key without storing it")
                        .reach(Route.Reach.ADMIN)
                        .body(CreateProvider.class)
                        .by(this::check),
                Route.get(ONE, "One provider, without its key")
                        .gives(ProviderView.class)
                        .by(call -> Answer.ok(view(keys.get(call.org(), id(call))))),
                Route.patch(ONE, "Changes the key of a provider, and where it is called")
                        .reach(Route.Reach.ADMIN)
                        .body(ModifyProvider.class)
                        .gives(ProviderView.class)
                        .by(this::change),
                Route.delete(ONE, "Deletes a provider and its key for good")
                        .reach(Route.Reach.ADMIN)
                        .by(this::delete),
                Route.post(ONE + "/check", "Tries the stored key")
                        .reach(Route.Reach.ADMIN)
                        .by(call -> {
                            ProviderKey.Opened stored = keys.open(call.org(), id(call));
                            models.check(own(stored));
                            return valid(stored.provider().type());
                        }),
                Route.patch(ONE + "/refresh", "Lists the models of a provider anew")
                        .reach(Route.Reach.ADMIN)
                        .gives(ProviderView.class)
                        .by(call -> Answer.ok(view(synced(call.org(), id(call))))));
    }

    /** What a call needs of a stored provider. */
    public static OwnProvider own(ProviderKey.Opened stored) {
        ProviderKey provider = stored.provider();
        return new OwnProvider(
                provider.id(),
                provider.name(),
                provider.type(),
                stored.apiKey(),
                provider.baseUrl(),
                provider.apiVersion(),
                provider.updatedAt());
    }

    private Answer list(Call call) {
        return Answer.ok(keys
                .list(
                        call.org(),
                        call.maybe(NAME),
                        call.maybe(TYPE),
                        call.maybe(Paging.BEFORE),
                        call.maybe(Paging.AFTER),
                        Paging.ascending(call, Paging.DESC),
                        call.at(LIMIT))
                .stream()
                .map(ProviderRoutes::view)
                .toList());
    }

    private Answer create(Call call) {
        CreateProvider body = call.closedBody(CreateProvider.class);
        if (body.name() == null) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "name")));
        }
        String name = body.name().strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.contains("/")) {
            throw Problem.unprocessable(
                    "name must have 1 to " + LONGEST_NAME + " letters and no slash: handles are name/model.");
        }
        if (OwnProvider.isBaseName(name)) {
            throw new Problem(
                    ProblemCode.INVALID_ARGUMENT,
                    "Provider name '" + name
                            + "' conflicts with an existing base provider. Please choose a different name.");
        }
        ProviderKey.Wish wish = wish(body);
        ProviderKey made = keys.create(call.org(), name, body.providerType(), wish);
        synced(call.org(), made.id());
        return Answer.ok(view(made));
    }

    private Answer check(Call call) {
        CreateProvider body = call.body(CreateProvider.class);
        if (body.apiKey().isBlank()) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "API key is required!");
        }
        ProviderKey.Wish wish = wish(body);
        models.check(
                new OwnProvider("", "check", body.providerType(), wish.apiKey(), wish.baseUrl(), wish.apiVersion(), 0));
        return valid(body.providerType());
    }

    private Answer change(Call call) {
        ModifyProvider body = call.closedBody(ModifyProvider.class);
        sendable(body.apiKey());
        return Answer.ok(view(keys.change(
                call.org(),
                id(call),
                new ProviderKey.Wish(
                        body.apiKey(), body.accessKey(), body.baseUrl(), body.region(), body.apiVersion()))));
    }

    private Answer delete(Call call) {
        keys.delete(call.org(), id(call));
        return Answer.ok(Json.object().put("message", "Provider id=" + id(call) + " successfully deleted"));
    }

    /** Lists its models. One that cannot be reached stays as it is: it may be up later. */
    private ProviderKey synced(String org, String id) {
        try {
            models.check(own(keys.open(org, id)));
            return keys.synced(org, id);
        } catch (ModelException | Problem e) {
            ProviderKey known = keys.get(org, id);
            LOG.info("Provider {} lists no models: {}", known.name(), e.getMessage());
            return known;
        }
    }

    private static ProviderKey.Wish wish(CreateProvider body) {
        if (!TYPES.contains(body.providerType())) {
            throw new Invalid(Param.notOneOf(List.of("body", "provider_type"), body.providerType(), TYPES));
        }
        sendable(body.apiKey());
        String baseUrl = body.baseUrl() == null || body.baseUrl().isBlank()
                ? OwnProvider.publicUrl(body.providerType())
                : body.baseUrl();
        if (!OwnProvider.canBe(body.providerType(), baseUrl)) {
            throw Problem.invalid("provider_type=" + body.providerType()
                    + (OwnProvider.publicUrl(body.providerType()) == null && OwnProvider.canBe(body.providerType(), "x")
                            ? " needs base_url: it has no public address."
                            : " cannot have a key of your own here; set it up in the server's environment."));
        }
        return new ProviderKey.Wish(body.apiKey(), body.accessKey(), baseUrl, body.region(), body.apiVersion());
    }

    /** A key travels in a header, where nothing but printable ASCII may stand. */
    private static void sendable(@Nullable String key) {
        if (key != null && key.chars().anyMatch(each -> each < ' ' || each > '~')) {
            throw Problem.unprocessable(
                    "api_key: letters, digits and signs of ASCII only; was something else pasted along?");
        }
    }

    private static Answer valid(String type) {
        return Answer.ok(Json.object().put("message", "Valid api key for provider_type=" + type));
    }

    private static String id(Call call) {
        return call.at("provider_id");
    }

    private static ProviderView view(ProviderKey key) {
        return new ProviderView(
                key.id(),
                key.name(),
                key.type(),
                "byok",
                null,
                key.baseUrl(),
                null,
                key.region(),
                key.apiVersion(),
                key.organizationId(),
                Times.zulu(key.updatedAt()),
                Times.zuluOrNull(key.lastSyncedAt()),
                null,
                null);
    }
}
