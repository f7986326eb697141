package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What is to change of a registered server; null inside config leaves as it is. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModifyMcpServer(@Nullable String serverName, ObjectNode config) {}
