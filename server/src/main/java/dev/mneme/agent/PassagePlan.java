package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Problem;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import dev.mneme.memory.Vectors;
import dev.mneme.message.EmbeddingConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which vectors the passages of an agent file get: their own where the archive keeps its embedder, else new ones, made before anything is
 * written because embedders take their time.
 */
final class PassagePlan {
    /** Passages of a file that are embedded anew: some minutes of an embedder; the rest is found by its words. */
    static final int MOST_EMBEDDED = 20_000;

    /** An archive's embedder here; both null: its passages have no vectors. */
    record Target(
            @Nullable EmbeddingConfig config, @Nullable Embedder embedder) {
        @Nullable
        String name() {
            return embedder == null ? null : embedder.name();
        }
    }

    private final List<Target> targets;
    private final Map<Integer, float[]> made = new HashMap<>();

    private PassagePlan(List<Target> targets) {
        this.targets = targets;
    }

    /** targets: by the archives' places in the file. warn: gets what people should know. */
    static PassagePlan of(AgentDocument document, List<Target> targets, Consumer<String> warn) {
        PassagePlan plan = new PassagePlan(targets);
        Map<Integer, Map<Integer, String>> open = new HashMap<>();
        document.read(new AgentDocument.Reader() {
            private int at;
            private int wanting;

            @Override
            public void passage(int archive, JsonNode passage) {
                int place = at++;
                Target target = targets.get(archive);
                if (target.embedder() != null && plan.own(target, passage) == null && wanting++ < MOST_EMBEDDED) {
                    open.computeIfAbsent(archive, key -> new HashMap<>())
                            .put(place, passage.path("text").asText());
                }
            }
        });
        open.forEach((archive, texts) -> plan.embed(targets.get(archive), texts, warn));
        return plan;
    }

    private void embed(Target target, Map<Integer, String> texts, Consumer<String> warn) {
        Embedder embedder = target.embedder();
        EmbeddingConfig config = target.config();
        if (embedder == null || config == null) {
            return;
        }
        List<Integer> places = List.copyOf(texts.keySet());
        List<String> inOrder = new ArrayList<>();
        places.forEach(place -> inOrder.add(texts.get(place)));
        try {
            List<float[]> vectors = Vectors.embed(embedder, inOrder, config.batchSize());
            for (int i = 0; i < places.size(); i++) {
                made.put(places.get(i), vectors.get(i));
            }
        } catch (Problem | ModelException e) {
            warn.accept(texts.size() + " passages could not be embedded by " + embedder.name()
                    + " and are found by their words only: " + e.getMessage());
        }
    }

    Target target(int archive) {
        return targets.get(archive);
    }

    /** The vector of a passage. place: among all passages of the file. */
    float @Nullable [] vector(int archive, int place, JsonNode passage) {
        float[] own = own(target(archive), passage);
        return own == null ? made.get(place) : own;
    }

    private float @Nullable [] own(Target target, JsonNode passage) {
        float[] vector = PassageReading.vector(passage);
        boolean fits = vector != null
                && target.embedder() != null
                && target.config() != null
                && target.embedder()
                        .name()
                        .equals(passage.path("embedding_model").asText())
                && vector.length == target.embedder().dimensions();
        return fits ? vector : null;
    }
}
