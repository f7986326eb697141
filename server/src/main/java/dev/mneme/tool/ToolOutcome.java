package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a call ended. A failed tool is a message to the model, never an exception. Output is null where nothing can be printed. */
public sealed interface ToolOutcome {
    /** value: what the model gets as {@code message} in the envelope: a text, or any JSON. */
    record Ok(
            JsonNode value,
            @Nullable List<String> stdout,
            @Nullable List<String> stderr) implements ToolOutcome {
        public Ok(JsonNode value) {
            this(value, null, null);
        }
    }

    /** text says what went wrong and what to do instead. */
    record Failed(
            String text,
            @Nullable List<String> stdout,
            @Nullable List<String> stderr) implements ToolOutcome {
        public Failed(String text, @Nullable String stderr) {
            this(text, null, stderr == null ? null : List.of(stderr));
        }
    }
}
