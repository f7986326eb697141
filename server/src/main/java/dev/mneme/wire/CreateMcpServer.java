package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A server of the Model Context Protocol to register; config has the keys of {@link McpServerConfig} (contract 11 §1). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateMcpServer(String serverName, ObjectNode config) {}
