package dev.mneme.llm.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.llm.Vendor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Messages at Anthropic and what speaks like it. Thread-safe. */
public final class AnthropicMessages implements Vendor {
    /** The version of the language that this codec speaks; the provider keeps old ones alive. */
    private static final String VERSION = "2023-06-01";

    /** A list that takes longer is not worth waiting for: names work without it. */
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(3);

    private final ProviderHttp http;

    public AnthropicMessages(ProviderHttp http) {
        this.http = http;
    }

    @Override
    public ModelStream open(ModelRequest request, Endpoint at) {
        MessagesRequest.Built built = MessagesRequest.of(request);
        Map<String, String> headers = headers(at);
        if (!built.betas().isEmpty()) {
            headers.put("anthropic-beta", String.join(",", built.betas()));
        }
        return new MessagesStream(
                http.post(at, "/messages", headers, built.body(), request.stream()), request.stream());
    }

    @Override
    public JsonNode preview(ModelRequest request, Endpoint at) {
        return MessagesRequest.of(request).body();
    }

    @Override
    public List<Listed> list(Endpoint at) {
        List<Listed> models = new ArrayList<>();
        for (JsonNode model :
                http.get(at, "/models?limit=1000", headers(at), LIST_TIMEOUT).path("data")) {
            String id = model.path("id").asText();
            if (!id.isEmpty()) {
                models.add(new Listed(id, null));
            }
        }
        return models;
    }

    private static Map<String, String> headers(Endpoint at) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("anthropic-version", VERSION);
        if (at.apiKey() != null) {
            headers.put("x-api-key", at.apiKey());
        }
        return headers;
    }
}
