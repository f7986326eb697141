package dev.mneme.tool.mcp;

import static dev.mneme.store.gen.Tables.MCP_SERVER;
import static dev.mneme.store.gen.Tables.MCP_TOOL;

import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.McpServerRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** Rows of servers and of the tools that came from them. */
final class McpSql {
    private final Sealing sealing;

    McpSql(Sealing sealing) {
        this.sealing = sealing;
    }

    /** Oldest first. */
    List<McpServer> list(Tx tx, int most) {
        return tx.sql()
                .selectFrom(MCP_SERVER)
                .where(tx.own(MCP_SERVER.ORGANIZATION_ID))
                .orderBy(MCP_SERVER.CREATED_AT, MCP_SERVER.ID)
                .limit(most)
                .fetch(this::server);
    }

    @Nullable
    McpServer find(Tx tx, String id) {
        return one(tx, MCP_SERVER.ID.eq(id));
    }

    @Nullable
    McpServer named(Tx tx, String name) {
        return one(tx, MCP_SERVER.SERVER_NAME.eq(name));
    }

    private @Nullable McpServer one(Tx tx, Condition which) {
        return tx.sql()
                .selectFrom(MCP_SERVER)
                .where(which, tx.own(MCP_SERVER.ORGANIZATION_ID))
                .fetchOne(this::server);
    }

    private McpServer server(McpServerRecord row) {
        String config = sealing.open().apply(row.getConfigEnc());
        return new McpServer(
                row.getId(),
                row.getServerName(),
                // Empty: it was lost with its key when a backup was restored.
                config.isEmpty() ? McpConfig.unknown(row.getServerType()) : Json.read(config, McpConfig.class),
                row.getFailure(),
                row.getCreatedAt());
    }

    void insert(Tx tx, McpServer server, @Nullable String userId) {
        tx.sql()
                .insertInto(MCP_SERVER)
                .set(MCP_SERVER.ID, server.id())
                .set(MCP_SERVER.ORGANIZATION_ID, tx.org())
                .set(MCP_SERVER.SERVER_NAME, server.name())
                .set(MCP_SERVER.SERVER_TYPE, server.config().type().word())
                .set(MCP_SERVER.CONFIG_ENC, sealing.seal().apply(Json.write(server.config())))
                .set(MCP_SERVER.CREATED_AT, server.createdAt())
                .set(MCP_SERVER.UPDATED_AT, server.createdAt())
                .set(MCP_SERVER.CREATED_BY_ID, userId)
                .set(MCP_SERVER.LAST_UPDATED_BY_ID, userId)
                .execute();
    }

    void update(Tx tx, McpServer server, long now, @Nullable String userId) {
        tx.sql()
                .update(MCP_SERVER)
                .set(MCP_SERVER.SERVER_NAME, server.name())
                .set(MCP_SERVER.CONFIG_ENC, sealing.seal().apply(Json.write(server.config())))
                .set(MCP_SERVER.UPDATED_AT, now)
                .set(MCP_SERVER.LAST_UPDATED_BY_ID, userId)
                .where(MCP_SERVER.ID.eq(server.id()), tx.own(MCP_SERVER.ORGANIZATION_ID))
                .execute();
    }

    static void fail(Tx tx, String id, @Nullable String failure) {
        tx.sql()
                .update(MCP_SERVER)
                .set(MCP_SERVER.FAILURE, failure)
                .where(MCP_SERVER.ID.eq(id), tx.own(MCP_SERVER.ORGANIZATION_ID))
                .execute();
    }

    static void delete(Tx tx, String id) {
        tx.sql()
                .deleteFrom(MCP_SERVER)
                .where(MCP_SERVER.ID.eq(id), tx.own(MCP_SERVER.ORGANIZATION_ID))
                .execute();
    }

    static void map(Tx tx, String serverId, String toolId, String remoteName) {
        tx.sql()
                .insertInto(MCP_TOOL)
                .set(MCP_TOOL.SERVER_ID, serverId)
                .set(MCP_TOOL.TOOL_ID, toolId)
                .set(MCP_TOOL.ORGANIZATION_ID, tx.org())
                .set(MCP_TOOL.REMOTE_NAME, remoteName)
                .onConflictDoNothing()
                .execute();
    }

    /** The server's own name of each tool, to our id. */
    static Map<String, String> mapped(Tx tx, String serverId) {
        Map<String, String> out = new LinkedHashMap<>();
        tx.sql()
                .selectFrom(MCP_TOOL)
                .where(MCP_TOOL.SERVER_ID.eq(serverId), tx.own(MCP_TOOL.ORGANIZATION_ID))
                .orderBy(MCP_TOOL.REMOTE_NAME)
                .forEach(row -> out.put(row.getRemoteName(), row.getToolId()));
        return out;
    }
}
