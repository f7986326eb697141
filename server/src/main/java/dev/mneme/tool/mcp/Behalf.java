package dev.mneme.tool.mcp;

import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a server is spoken to.
 *
 * @param userId whose signing in is used, null: nobody's
 * @param agentId told to the server, null: no agent
 */
record Behalf(String org, @Nullable String userId, @Nullable String agentId) {}
