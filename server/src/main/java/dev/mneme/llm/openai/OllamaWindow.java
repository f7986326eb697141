package dev.mneme.llm.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ProviderHttp;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The window of an Ollama model, which its OpenAI-compatible list does not tell but its own language does. */
final class OllamaWindow {
    /** Ollama is near; a model that it cannot describe in this time is taken as unknown. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private OllamaWindow() {}

    static @Nullable Integer of(ProviderHttp http, Endpoint at, String model) {
        String root = at.baseUrl().endsWith("/v1")
                ? at.baseUrl().substring(0, at.baseUrl().length() - 3)
                : at.baseUrl();
        Endpoint own =
                new Endpoint(at.provider(), at.display(), root, null, TIMEOUT, TIMEOUT, at.extras(), at.guarded());
        try (Answer answer = http.post(own, "/api/show", Map.of(), Json.object().put("model", model), false)) {
            for (Map.Entry<String, JsonNode> each :
                    Json.parse(answer.text()).path("model_info").properties()) {
                if (each.getKey().endsWith(".context_length") && each.getValue().asInt() > 0) {
                    return each.getValue().asInt();
                }
            }
        } catch (ModelException | JsonProcessingException e) {
            // an old Ollama, or something that only looks like one: the catalogue knows a window
        }
        return null;
    }
}
