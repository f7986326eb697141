package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Locale;
import java.util.SplittableRandom;

/** Vectors for tests: texts that share words are near each other; the same text always gets the same vector of length one. */
public final class FakeVectors {
    private FakeVectors() {}

    public static float[] of(String text, int dimensions) {
        float[] vector = new float[dimensions];
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
            SplittableRandom random = new SplittableRandom(word.hashCode());
            for (int i = 0; i < 4 && !word.isEmpty(); i++) {
                vector[random.nextInt(dimensions)] += random.nextBoolean() ? 1 : -1;
            }
        }
        double length = 0;
        for (float x : vector) {
            length += x * x;
        }
        if (length == 0) {
            vector[0] = 1;
            return vector;
        }
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (vector[i] / Math.sqrt(length));
        }
        return vector;
    }

    static ObjectNode answer(JsonNode body, int dimensions) {
        ObjectNode answer = Json.object()
                .put("object", "list")
                .put("model", body.path("model").asText());
        ArrayNode data = answer.putArray("data");
        JsonNode input = body.path("input").isArray()
                ? body.get("input")
                : Json.array().add(body.path("input").asText());
        int size = body.path("dimensions").asInt(dimensions);
        boolean base64 = body.path("encoding_format").asText().equals("base64");
        int index = 0;
        for (JsonNode text : input) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", index++);
            float[] vector = of(text.asText(), size);
            if (base64) {
                ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                for (float x : vector) {
                    bytes.putFloat(x);
                }
                item.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float x : vector) {
                    numbers.add(x);
                }
            }
        }
        answer.putObject("usage").put("prompt_tokens", 1).put("total_tokens", 1);
        return answer;
    }
}
