package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** How a call ended. A failed tool is a message to the model, never an exception. */
public sealed interface ToolOutcome {
    /** value: what the model gets as {@code message} in the envelope: a text, or any JSON. */
    record Ok(JsonNode value) implements ToolOutcome {}

    /** text says what went wrong and what to do instead. */
    record Failed(String text, @Nullable String stderr) implements ToolOutcome {}
}
