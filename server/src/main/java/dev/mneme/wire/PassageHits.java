package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answer of a search in archival memory (contract 07 §2). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record PassageHits(List<Hit> results, int count) {
    /** One hit; timestamp in the agent's zone. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Hit(
            String id,
            String timestamp,
            String content,
            List<String> tags,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            JsonNode relevance) {}
}
