package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a blocking send (contract 03 §4). messages holds LettaMessages. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record LettaResponse(
        List<JsonNode> messages,
        StopView stopReason,
        UsageView usage,
        @Nullable JsonNode logprobs,
        @Nullable JsonNode turns) {}
