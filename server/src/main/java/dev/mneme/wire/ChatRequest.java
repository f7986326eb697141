package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request in OpenAI's chat language (contract 12.5). model names an agent; of the messages the last one of the user counts. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ChatRequest(
        String model,
        List<JsonNode> messages,
        @Nullable Boolean stream,
        @Nullable JsonNode streamOptions) {}
