package dev.mneme.memory;

import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Vectors as they are stored (little-endian float32) and how many texts are embedded at once. Pure but for the embedder. */
public final class Vectors {
    /** Texts in one call of an embedder at most; providers take 32 to 2,048, and a config may ask for fewer. */
    private static final int MOST_AT_ONCE = 256;

    private Vectors() {}

    public static byte[] bytes(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(vector);
        return buffer.array();
    }

    public static float[] floats(byte[] bytes) {
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }

    /** One vector per text, in calls of batchSize texts. */
    public static List<float[]> embed(Embedder embedder, List<String> texts, int batchSize) {
        int batch = Math.clamp(batchSize, 1, MOST_AT_ONCE);
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += batch) {
            vectors.addAll(embedder.embed(texts.subList(from, Math.min(texts.size(), from + batch))));
        }
        if (vectors.size() != texts.size()) {
            throw new ModelException(
                    ProblemCode.LLM_ERROR,
                    "The embedding provider answered with " + vectors.size() + " vectors for " + texts.size()
                            + " texts.",
                    embedder.name(),
                    null);
        }
        return vectors;
    }
}
