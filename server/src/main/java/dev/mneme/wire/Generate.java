package dev.mneme.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** One bare call of a model. responseSchema: what the answer must be, as JSON. */
public record Generate(
        String prompt,
        @Nullable String systemPrompt,
        @Nullable String overrideModel,
        @Nullable ObjectNode responseSchema) {}
