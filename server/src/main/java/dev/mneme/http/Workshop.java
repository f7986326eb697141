package dev.mneme.http;

import dev.mneme.account.SandboxConfigs;
import dev.mneme.memory.ToolSearch;
import dev.mneme.tool.CustomTools;
import dev.mneme.tool.Registrar;
import dev.mneme.tool.mcp.McpServers;
import dev.mneme.tool.mcp.McpTools;
import dev.mneme.tool.mcp.SignIns;
import dev.mneme.turn.DirectCalls;

/** What the routes about tools that people write work with. */
public record Workshop(
        Registrar registrar,
        CustomTools custom,
        DirectCalls calls,
        SandboxConfigs sandboxes,
        ToolSearch search,
        McpServers servers,
        McpTools remote,
        SignIns signIns) {}
