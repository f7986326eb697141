package dev.mneme.llm.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.llm.Vendor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ollama in its own language ({@code /api/chat}): only there can it be told how much context to keep, and otherwise it forgets the
 * beginning of a long prompt without a word. Something that only looks like Ollama is spoken to like OpenAI. Thread-safe.
 */
public final class Ollama implements Vendor {
    /** Ollama is near; a model that it cannot describe in this time is taken as unknown (contract 09 §4). */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final String VERSION = "/v1";

    private final ProviderHttp http;
    private final Vendor likeOpenAi;

    /** Addresses that turned out not to know Ollama's own language. */
    private final Set<String> foreign = ConcurrentHashMap.newKeySet();

    /** @param likeOpenAi speaks to what only looks like Ollama */
    public Ollama(ProviderHttp http, Vendor likeOpenAi) {
        this.http = http;
        this.likeOpenAi = likeOpenAi;
    }

    @Override
    public ModelStream open(ModelRequest request, Endpoint at) {
        if (foreign.contains(at.baseUrl())) {
            return likeOpenAi.open(request, at);
        }
        try {
            return chat(request, at, true);
        } catch (ModelException e) {
            if (refusesThinking(e)) {
                return chat(request, at, false);
            }
            if (!isForeign(e)) {
                throw e;
            }
            ModelStream stream = likeOpenAi.open(request, at);
            foreign.add(at.baseUrl());
            return stream;
        }
    }

    @Override
    public JsonNode preview(ModelRequest request, Endpoint at) {
        return foreign.contains(at.baseUrl()) ? likeOpenAi.preview(request, at) : OllamaRequest.of(request, at, true);
    }

    @Override
    public List<Listed> list(Endpoint at) {
        Endpoint own = own(at);
        JsonNode tags;
        try {
            tags = http.get(own, "/api/tags", headers(at), TIMEOUT);
        } catch (ModelException e) {
            if (!isForeign(e)) {
                throw e;
            }
            return likeOpenAi.list(at);
        }
        List<Listed> models = new ArrayList<>();
        for (JsonNode model : tags.path("models")) {
            Listed listed = described(own, model.path("name").asText());
            if (listed != null) {
                models.add(listed);
            }
        }
        return models;
    }

    private ModelStream chat(ModelRequest request, Endpoint at, boolean thinking) {
        JsonNode body = OllamaRequest.of(request, at, thinking);
        Answer answer = http.post(own(at), "/api/chat", headers(at), body, request.stream());
        return new OllamaStream(
                answer, request.stream(), body.path("messages").toString().length());
    }

    /** A model with its window, or its vectors' size; null: it can neither call tools nor embed. */
    private @Nullable Listed described(Endpoint own, String name) {
        if (name.isEmpty()) {
            return null;
        }
        JsonNode shown;
        try (Answer answer =
                http.post(own, "/api/show", headers(own), Json.object().put("model", name), false)) {
            shown = Json.parse(answer.text());
        } catch (ModelException | JsonProcessingException e) {
            return new Listed(name, null); // it is there, and that is all that is known
        }
        Integer window = number(shown, ".context_length");
        Integer dim = number(shown, ".embedding_length");
        List<String> capabilities = new ArrayList<>();
        shown.path("capabilities").forEach(each -> capabilities.add(each.asText()));
        if (capabilities.contains("embedding")) {
            return new Listed(name, null, dim == null ? 0 : dim, null);
        }
        boolean tells = !capabilities.isEmpty(); // versions before 0.6.4 do not
        return tells && !capabilities.contains("tools") ? null : new Listed(name, kept(own, window));
    }

    /** A window is never larger than what Ollama is told to keep. */
    private static @Nullable Integer kept(Endpoint at, @Nullable Integer window) {
        int limit = OllamaRequest.limit(at);
        return limit <= 0 ? window : Integer.valueOf(window == null ? limit : Math.min(window, limit));
    }

    private static @Nullable Integer number(JsonNode shown, String ending) {
        for (Map.Entry<String, JsonNode> each : shown.path("model_info").properties()) {
            if (each.getKey().endsWith(ending) && each.getValue().asInt() > 0) {
                return each.getValue().asInt();
            }
        }
        return null;
    }

    /** A path that does not exist; a model that does not exist is a 404 too, but says so. */
    private static boolean isForeign(ModelException e) {
        String detail = e.detail();
        boolean noPath = detail.contains("Error code: 404 - ") || detail.contains("Error code: 405 - ");
        return noPath && !(detail.contains("model") && detail.contains("not found"));
    }

    private static boolean refusesThinking(ModelException e) {
        return e.kind() == ProblemCode.LLM_BAD_REQUEST && e.detail().contains("does not support thinking");
    }

    private static Endpoint own(Endpoint at) {
        String root = at.baseUrl().endsWith(VERSION)
                ? at.baseUrl().substring(0, at.baseUrl().length() - VERSION.length())
                : at.baseUrl();
        return new Endpoint(
                at.provider(),
                at.display(),
                root,
                at.apiKey(),
                at.requestTimeout(),
                at.streamTimeout(),
                at.extras(),
                at.guarded());
    }

    private static Map<String, String> headers(Endpoint at) {
        return at.apiKey() == null ? Map.of() : Map.of("Authorization", "Bearer " + at.apiKey());
    }
}
