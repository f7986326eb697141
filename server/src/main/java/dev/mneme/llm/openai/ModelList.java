package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.llm.Vendor.Listed;
import dev.mneme.llm.openai.Quirks.Trait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an OpenAI-like provider lists, each in its own words (contract 09 §4). */
final class ModelList {
    /** A list that takes longer is not worth waiting for: names work without it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    /** Tokens; models below it cannot hold an agent's prompt (contract 09 §4, Together). */
    private static final int LEAST_WINDOW = 4_096;

    /** What kinds of models can chat, where a list tells kinds. */
    private static final Set<String> CHATS = Set.of("chat", "language", "code", "llm", "vlm");

    /** The Azure version that still lists deployments; the newer ones list only what could be deployed. */
    private static final String AZURE_DEPLOYMENTS = "/deployments?api-version=2023-03-15-preview";

    private ModelList() {}

    static List<Listed> of(ProviderHttp http, Endpoint at) {
        if (at.provider().equals("lmstudio_openai")) {
            return lmStudio(http, at);
        }
        if (Place.deployments(at)) {
            return read(http, Place.of(at, AZURE_DEPLOYMENTS), at);
        }
        return read(http, Place.of(at, Quirks.of(at.provider()).list()), at);
    }

    /** Its own list tells windows and kinds; older and newer versions lack it. */
    private static List<Listed> lmStudio(ProviderHttp http, Endpoint at) {
        String root = at.baseUrl().endsWith("/v1")
                ? at.baseUrl().substring(0, at.baseUrl().length() - "/v1".length())
                : at.baseUrl();
        Endpoint own = new Endpoint(
                at.provider(),
                at.display(),
                root,
                at.apiKey(),
                at.requestTimeout(),
                at.streamTimeout(),
                at.extras(),
                at.guarded());
        try {
            return read(http, Place.of(own, "/api/v0/models"), at);
        } catch (ModelException e) {
            if (!OpenAi.answered(e, 404)) {
                throw e;
            }
            return read(http, Place.of(at, "/models"), at);
        }
    }

    private static List<Listed> read(ProviderHttp http, Place place, Endpoint at) {
        JsonNode answer = http.get(place.at(), place.path(), place.headers(), TIMEOUT);
        List<Listed> models = new ArrayList<>();
        for (JsonNode model : answer.isArray() ? answer : answer.path("data")) {
            Listed listed = listed(model, Quirks.of(at.provider()));
            if (listed != null) {
                models.add(listed);
            }
        }
        return models;
    }

    /** One line of a list; null: it cannot be used here. */
    static @Nullable Listed listed(JsonNode model, Quirks quirks) {
        String id = model.path("id").asText();
        Integer window = window(model);
        String kind = model.path("type").asText();
        boolean embeds = kind.startsWith("embedding");
        boolean asleep =
                model.path("active").isBoolean() && !model.path("active").asBoolean();
        boolean cannotChat = no(model.path("capabilities").path("completion_chat"))
                || no(model.path("supports_chat"))
                || (!kind.isEmpty() && !kind.equals("model") && !embeds && !CHATS.contains(kind))
                || (quirks.has(Trait.LISTS_WINDOWS) && window == null)
                || (quirks.has(Trait.LISTS_SMALL) && window != null && window <= LEAST_WINDOW);
        if (id.isEmpty() || asleep || (cannotChat && !embeds && !id.contains("embed"))) {
            return null;
        }
        String compatibility = model.path("compatibility_type").asText("");
        return new Listed(
                id.startsWith("models/") ? id.substring("models/".length()) : id,
                embeds ? null : window,
                embeds ? Integer.valueOf(0) : null,
                compatibility.isEmpty() ? null : compatibility);
    }

    private static boolean no(JsonNode flag) {
        return flag.isBoolean() && !flag.asBoolean();
    }

    /** Where a list says it: each has its own word. What is loaded counts before what could be. */
    private static @Nullable Integer window(JsonNode model) {
        for (String name : List.of(
                "loaded_context_length", "max_model_len", "context_window", "context_length", "max_context_length")) {
            if (model.path(name).asInt() > 0) {
                return model.path(name).asInt();
            }
        }
        return null;
    }
}
