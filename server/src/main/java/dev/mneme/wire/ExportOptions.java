package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What to put into an agent file. complete: every message, conversations, the archive with its vectors, identities. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ExportOptions(
        @Nullable List<JsonNode> skills,
        @Nullable String conversationId,
        @Nullable Boolean scrubMessages,
        @Nullable Boolean complete) {}
