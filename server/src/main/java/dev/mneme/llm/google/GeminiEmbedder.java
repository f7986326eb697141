package dev.mneme.llm.google;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.message.EmbeddingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Embeddings of Google AI Studio, in batches. Thread-safe. */
public final class GeminiEmbedder implements Embedder {
    /** Texts of one request: the most that the provider takes. */
    private static final int MOST_TEXTS = 100;

    /** Characters of one text, about 2,000 tokens: what these models read; the rest is cut off. */
    private static final int LONGEST_TEXT = 8_000;

    private final ProviderHttp http;
    private final Endpoint at;
    private final EmbeddingConfig config;

    public GeminiEmbedder(ProviderHttp http, Endpoint at, EmbeddingConfig config) {
        this.http = http;
        this.at = at;
        this.config = config;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += MOST_TEXTS) {
            vectors.addAll(batch(texts.subList(from, Math.min(texts.size(), from + MOST_TEXTS))));
        }
        return vectors;
    }

    @Override
    public int dimensions() {
        return config.embeddingDim();
    }

    @Override
    public String name() {
        return config.handle() == null ? config.embeddingModel() : config.handle();
    }

    @Override
    public boolean local() {
        return false;
    }

    private List<float[]> batch(List<String> texts) {
        String model = "models/" + config.embeddingModel();
        ObjectNode body = Json.object();
        ArrayNode requests = body.putArray("requests");
        for (String text : texts) {
            ObjectNode request = requests.addObject().put("model", model);
            String cut = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
            request.putObject("content").putArray("parts").addObject().put("text", cut.isBlank() ? " " : cut);
            if (config.embeddingDim() > 0) {
                request.put("outputDimensionality", config.embeddingDim());
            }
        }
        Map<String, String> headers = at.apiKey() == null ? Map.of() : Map.of("x-goog-api-key", at.apiKey());
        try (Answer answer = http.post(at, "/" + model + ":batchEmbedContents", headers, body, false)) {
            String text = answer.text();
            List<float[]> vectors = new ArrayList<>();
            for (JsonNode each : parsed(text).path("embeddings")) {
                JsonNode values = each.path("values");
                float[] vector = new float[values.size()];
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = (float) values.get(i).asDouble();
                }
                vectors.add(vector);
            }
            if (vectors.size() != texts.size()) {
                throw Failures.garbage(at, text);
            }
            return vectors;
        }
    }

    private JsonNode parsed(String text) {
        try {
            return Json.parse(text);
        } catch (JsonProcessingException e) {
            throw Failures.garbage(at, text);
        }
    }
}
