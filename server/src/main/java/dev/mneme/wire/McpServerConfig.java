package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a server is reached: {@code type} in the older routes, {@code mcp_server_type} in the newer: stdio, sse or streamable_http. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record McpServerConfig(
        @Nullable String serverName,
        @Nullable String type,
        @Nullable String mcpServerType,
        @Nullable String serverUrl,
        @Nullable String authHeader,
        @Nullable String authToken,
        @Nullable String token,
        @Nullable Map<String, String> customHeaders,
        @Nullable String command,
        @Nullable List<String> args,
        @Nullable Map<String, String> env,
        @Nullable McpProgram stdioConfig) {}
