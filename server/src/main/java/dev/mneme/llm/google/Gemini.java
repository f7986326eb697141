package dev.mneme.llm.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/** Gemini in its own language, at Google AI Studio (by key) and at Vertex AI (by access token). Thread-safe. */
public final class Gemini implements Vendor {
    /** A list that takes longer is not worth waiting for: names work without it. */
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(3);

    /** Models of one page of the list; more pages than {@link #MOST_PAGES} are not read. */
    private static final int PAGE = 1_000;

    private static final int MOST_PAGES = 5;

    private final ProviderHttp http;
    private final VertexTokens tokens;

    public Gemini(ProviderHttp http) {
        this.http = http;
        this.tokens = new VertexTokens(http);
    }

    @Override
    public ModelStream open(ModelRequest request, Endpoint at) {
        boolean vertex = isVertex(at);
        ObjectNode body = GenerateRequest.of(request, !vertex);
        String path = (vertex ? "/publishers/google" : "")
                + "/models/" + request.config().model()
                + (request.stream() ? ":streamGenerateContent?alt=sse" : ":generateContent");
        return new GenerateStream(http.post(at, path, headers(at), body, request.stream()), request.stream());
    }

    @Override
    public JsonNode preview(ModelRequest request, Endpoint at) {
        return GenerateRequest.of(request, !isVertex(at));
    }

    @Override
    public List<Listed> list(Endpoint at) {
        return isVertex(at) ? publisherModels(at) : models(at);
    }

    /** The headers that say who calls. */
    Map<String, String> headers(Endpoint at) {
        if (at.apiKey() == null) {
            return Map.of();
        }
        return isVertex(at)
                ? Map.of("authorization", "Bearer " + tokens.of(at))
                : Map.of("x-goog-api-key", at.apiKey());
    }

    static boolean isVertex(Endpoint at) {
        return at.provider().equals("google_vertex");
    }

    private List<Listed> models(Endpoint at) {
        List<Listed> found = new ArrayList<>();
        String page = "";
        for (int i = 0; i < MOST_PAGES; i++) {
            JsonNode answer = http.get(at, "/models?pageSize=" + PAGE + page, headers(at), LIST_TIMEOUT);
            for (JsonNode model : answer.path("models")) {
                String name = model.path("name").asText().replaceFirst("^models/", "");
                if (!name.isEmpty() && isOfUse(model.path("supportedGenerationMethods"))) {
                    found.add(new Listed(name, window(model)));
                }
            }
            String next = answer.path("nextPageToken").asText();
            if (next.isEmpty()) {
                return found;
            }
            page = "&pageToken=" + next;
        }
        return found;
    }

    private static boolean isOfUse(JsonNode methods) {
        boolean use = methods.isMissingNode();
        for (JsonNode method : methods) {
            use |= method.asText().equals("generateContent") || method.asText().equals("embedContent");
        }
        return use;
    }

    private static @Nullable Integer window(JsonNode model) {
        int window = model.path("inputTokenLimit").asInt();
        return window > 0 ? Integer.valueOf(window) : null;
    }

    /** Google's own models of the model garden; their windows are not told there. */
    private List<Listed> publisherModels(Endpoint at) {
        List<Listed> found = new ArrayList<>();
        Endpoint root = new Endpoint(
                at.provider(),
                at.display(),
                at.baseUrl().replaceFirst("/v1/projects/.*$", "/v1beta1"),
                at.apiKey(),
                at.requestTimeout(),
                at.streamTimeout(),
                at.extras(),
                at.guarded());
        for (JsonNode model : http.get(root, "/publishers/google/models?pageSize=" + PAGE, headers(at), LIST_TIMEOUT)
                .path("publisherModels")) {
            String name = model.path("name").asText().replaceFirst("^.*/models/", "");
            if (name.startsWith("gemini-")) {
                found.add(new Listed(name, null));
            }
        }
        return found;
    }
}
