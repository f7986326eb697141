package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Many requests at once: each as for sending to one agent, with its agent_id (contract 03 §10).
 *
 * @param callbackUrl where {@code {"job_id","status","completed_at"}} is posted when the batch has ended
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateBatch(List<JsonNode> requests, @Nullable String callbackUrl) {}
