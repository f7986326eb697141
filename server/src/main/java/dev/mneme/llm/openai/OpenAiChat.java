package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.llm.Vendor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chat completions at OpenAI and everything that speaks like it. Thread-safe. */
public final class OpenAiChat implements Vendor {
    /** A list that takes longer is not worth waiting for: names work without it. */
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(3);

    private final ProviderHttp http;

    public OpenAiChat(ProviderHttp http) {
        this.http = http;
    }

    @Override
    public ModelStream open(ModelRequest request, Endpoint at) {
        ObjectNode body = ChatRequest.of(request, at.provider());
        Answer answer = http.post(at, "/chat/completions", headers(at), body, request.stream());
        return new ChatStream(answer, request.stream(), request.system().length() + length(body));
    }

    @Override
    public JsonNode preview(ModelRequest request, Endpoint at) {
        return ChatRequest.of(request, at.provider());
    }

    @Override
    public List<Listed> list(Endpoint at) {
        List<Listed> models = new ArrayList<>();
        JsonNode answer = http.get(at, "/models", headers(at), LIST_TIMEOUT);
        for (JsonNode model : answer.isArray() ? answer : answer.path("data")) {
            String id = model.path("id").asText();
            if (!id.isEmpty()) {
                Integer window = at.provider().equals("ollama") ? OllamaWindow.of(http, at, id) : window(model);
                models.add(new Listed(id.startsWith("models/") ? id.substring("models/".length()) : id, window));
            }
        }
        return models;
    }

    static Map<String, String> headers(Endpoint at) {
        return at.apiKey() == null ? Map.of() : Map.of("Authorization", "Bearer " + at.apiKey());
    }

    /** Where a list says it: vLLM, Groq, OpenRouter and Together each have their own word. */
    private static @Nullable Integer window(JsonNode model) {
        for (String name : List.of("max_model_len", "context_window", "context_length", "max_context_length")) {
            if (model.path(name).asInt() > 0) {
                return model.path(name).asInt();
            }
        }
        return null;
    }

    /** Characters of all texts, roughly. */
    private static int length(ObjectNode body) {
        int length = 0;
        for (JsonNode message : body.path("messages")) {
            length += message.path("content").asText().length();
        }
        return length;
    }
}
