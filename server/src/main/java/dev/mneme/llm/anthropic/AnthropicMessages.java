package dev.mneme.llm.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.llm.Sse;
import dev.mneme.llm.Vendor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /** A body with the betas that it needs. */
    public record Body(ObjectNode json, List<String> betas) {}

    /** Where the events of a stream come from. One thread. */
    public interface Events {
        /** The data of the next event; null when the stream has ended. */
        @Nullable
        String next();

        /** What the provider said when it sent no stream at all; empty: nothing. */
        String stray();
    }

    /** The body of a call, for a place that wraps it. */
    public static Body body(ModelRequest request) {
        MessagesRequest.Built built = MessagesRequest.of(request);
        return new Body(built.body(), built.betas());
    }

    /** The answer to such a call, its events read in the place's own way. */
    public static ModelStream reading(Answer answer, boolean streamed, boolean deltas, Events events) {
        return new MessagesStream(answer, events, streamed, deltas);
    }

    @Override
    public ModelStream open(ModelRequest request, Endpoint at) {
        MessagesRequest.Built built = MessagesRequest.of(request);
        Map<String, String> headers = headers(at);
        if (!built.betas().isEmpty()) {
            headers.put("anthropic-beta", String.join(",", built.betas()));
        }
        boolean streamed = built.body().path("stream").asBoolean();
        Answer answer = http.post(at, "/messages", headers, built.body(), streamed);
        return new MessagesStream(answer, new Lines(answer), streamed, request.stream());
    }

    /** Events as the provider itself sends them. */
    private static final class Lines implements Events {
        private final Sse sse;

        Lines(Answer answer) {
            this.sse = new Sse(answer);
        }

        @Override
        public @Nullable String next() {
            Sse.Event event = sse.next();
            return event == null ? null : event.data();
        }

        @Override
        public String stray() {
            return sse.stray();
        }
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
