package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A tool as a model wrote it; it is not stored. sampleArgs: arguments to try it with; response: the model's own words about it. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record GeneratedTool(ToolView tool, ObjectNode sampleArgs, String response) {}
