package dev.mneme.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an agent file is to be taken in (contract 10 §4).
 *
 * @param copySuffix {@code _copy} behind every name, unless there is a new name
 * @param name the new name of the file's first agent
 * @param overwriteTools whether tools of the same name get the file's source; otherwise they stay as they are
 * @param stripMessages leave the messages out: the agents begin anew
 * @param secrets values for environment keys; keys that the file does not have are added
 * @param model handle that replaces every agent's model
 * @param embedding handle that replaces every agent's embedder
 */
public record ImportWish(
        boolean copySuffix,
        @Nullable String name,
        boolean overwriteTools,
        boolean stripMessages,
        Map<String, String> secrets,
        @Nullable String model,
        @Nullable String embedding,
        @Nullable String projectId) {
    /** What counts when nobody says anything. */
    public static final ImportWish PLAIN = new ImportWish(true, null, true, false, Map.of(), null, null, null);

    public ImportWish {
        secrets = Map.copyOf(secrets);
    }

    /** Reads the schema of a tool that comes without one from its source; throws a Problem when it cannot be read. */
    @FunctionalInterface
    public interface SchemaOf {
        ObjectNode read(String source, @Nullable String sourceType);
    }
}
