package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A new text for a message of a group. reasoning: only for a reasoning_message, content for all others. */
public record ModifyMessage(
        @Nullable String messageType,
        @Nullable JsonNode content,
        @Nullable String reasoning) {}
