package dev.mneme.testkit;

import static dev.mneme.store.gen.Tables.AGENT;

import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Db;
import dev.mneme.store.gen.tables.records.AgentRecord;
import org.jspecify.annotations.Nullable;

/** Bare agents for rooms below the agent room, which cannot make real ones. */
public final class AgentRows {
    private AgentRows() {}

    /** Stores an agent and returns its id. */
    public static String insert(Db db, String name, @Nullable EmbeddingConfig embedding, String timezone) {
        String id = IdKind.AGENT.next();
        db.of(Db.DEFAULT_ORGANIZATION).write(tx -> {
            AgentRecord row = tx.sql().newRecord(AGENT);
            row.setId(id);
            row.setOrganizationId(tx.org());
            row.setName(name);
            row.setAgentType("letta_v1_agent");
            row.setSystem("You are a test.");
            row.setLlmConfig("{}");
            row.setEmbeddingConfig(embedding == null ? null : Json.write(embedding));
            row.setToolRules("[]");
            row.setTimezone(timezone);
            row.setMessageBufferAutoclear(false);
            row.setCreatedAt(db.clock().next());
            row.setUpdatedAt(row.getCreatedAt());
            return row.insert();
        });
        return id;
    }
}
