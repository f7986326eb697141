package dev.mneme.llm.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.message.EmbeddingConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Embeddings at OpenAI and everything that speaks like it, in batches. Thread-safe. */
public final class OpenAiEmbedder implements Embedder {
    /** Texts of one request: every server takes this many. */
    private static final int MOST_TEXTS = 256;

    /** Characters of one request, well under OpenAI's 300,000 tokens. */
    private static final int MOST_CHARS = 400_000;

    /** Characters of one text, about 8,000 tokens: what the common models read; the rest is cut off. */
    private static final int LONGEST_TEXT = 24_000;

    private final ProviderHttp http;
    private final Endpoint at;
    private final EmbeddingConfig config;

    public OpenAiEmbedder(ProviderHttp http, Endpoint at, EmbeddingConfig config) {
        this.http = http;
        this.at = at;
        this.config = config;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        List<float[]> vectors = new ArrayList<>(texts.size());
        int from = 0;
        while (from < texts.size()) {
            ArrayNode input = Json.array();
            int chars = 0;
            for (int i = from;
                    i < texts.size() && input.size() < MOST_TEXTS && (input.isEmpty() || chars < MOST_CHARS);
                    i++) {
                String text = fit(texts.get(i));
                chars += text.length();
                input.add(text);
            }
            vectors.addAll(batch(input));
            from += input.size();
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

    private List<float[]> batch(ArrayNode input) {
        ObjectNode body = Json.object().put("model", config.embeddingModel());
        body.set("input", input);
        if (at.provider().equals("openai")) {
            body.put("encoding_format", "base64"); // a third of the bytes; servers that ignore it send numbers
        }
        Place place = Place.of(at, config.embeddingModel(), "/embeddings");
        try (Answer answer = http.post(place.at(), place.path(), place.headers(), body, false)) {
            String text = answer.text();
            float[][] vectors = new float[input.size()][];
            int position = 0;
            for (JsonNode item : parsed(text).path("data")) {
                int index = item.path("index").asInt(position++);
                if (index >= 0 && index < vectors.length) {
                    vectors[index] = vector(item.path("embedding"), text);
                }
            }
            for (float[] vector : vectors) {
                if (vector == null) {
                    throw Failures.garbage(at, text);
                }
            }
            return List.of(vectors);
        }
    }

    private JsonNode parsed(String text) {
        try {
            return Json.parse(text);
        } catch (JsonProcessingException e) {
            throw Failures.garbage(at, text);
        }
    }

    private float[] vector(JsonNode embedding, String body) {
        float[] vector;
        if (embedding.isTextual()) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(embedding.asText()))
                        .order(ByteOrder.LITTLE_ENDIAN);
                vector = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(vector);
            } catch (IllegalArgumentException e) {
                throw Failures.garbage(at, body);
            }
        } else {
            vector = new float[embedding.size()];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) embedding.get(i).asDouble();
            }
        }
        // 0: the size is being found out
        if (config.embeddingDim() > 0 && vector.length != config.embeddingDim()) {
            throw new ModelException(
                    ProblemCode.LLM_ERROR,
                    "An error occurred with the LLM request.",
                    "INTERNAL_SERVER_ERROR: The embedding model " + name() + " gives vectors of " + vector.length
                            + " numbers, but the config says embedding_dim " + config.embeddingDim()
                            + ". Set embedding_dim to " + vector.length + " or choose another embedding model.",
                    null);
        }
        return vector;
    }

    private static String fit(String text) {
        String cut = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
        return cut.isEmpty() ? " " : cut;
    }
}
