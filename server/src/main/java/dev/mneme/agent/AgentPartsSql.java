package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT_SECRET;
import static dev.mneme.store.gen.Tables.AGENT_TAG;
import static dev.mneme.store.gen.Tables.CONTEXT_ENTRY;
import static dev.mneme.store.gen.Tables.TOMBSTONE;

import dev.mneme.base.IdKind;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tags and secrets of agents, and what is left behind by deleted ones. */
final class AgentPartsSql {
    private AgentPartsSql() {}

    static List<String> tags(Tx tx, String agentId) {
        return tx.sql()
                .select(AGENT_TAG.TAG)
                .from(AGENT_TAG)
                .where(AGENT_TAG.AGENT_ID.eq(agentId))
                .orderBy(AGENT_TAG.TAG)
                .fetch(AGENT_TAG.TAG);
    }

    static void setTags(Tx tx, String agentId, Collection<String> tags) {
        tx.sql().deleteFrom(AGENT_TAG).where(AGENT_TAG.AGENT_ID.eq(agentId)).execute();
        for (String tag : new TreeSet<>(tags)) {
            tx.sql()
                    .insertInto(AGENT_TAG, AGENT_TAG.AGENT_ID, AGENT_TAG.TAG)
                    .values(agentId, AgentSql.clean(tag))
                    .onConflictDoNothing()
                    .execute();
        }
    }

    /** The secrets with masks for values, by name. */
    static List<AgentSecret> secrets(Tx tx, String agentId) {
        return tx.sql()
                .selectFrom(AGENT_SECRET)
                .where(AGENT_SECRET.AGENT_ID.eq(agentId))
                .orderBy(AGENT_SECRET.CREATED_AT, AGENT_SECRET.SECRET_KEY)
                .fetch(row -> new AgentSecret(
                        row.getId(),
                        row.getAgentId(),
                        row.getOrganizationId(),
                        row.getSecretKey(),
                        AgentSecret.MASK,
                        row.getDescription()));
    }

    /** The sealed values by name. */
    static Map<String, String> sealedValues(Tx tx, String agentId) {
        Map<String, String> out = new LinkedHashMap<>();
        tx.sql()
                .selectFrom(AGENT_SECRET)
                .where(AGENT_SECRET.AGENT_ID.eq(agentId))
                .orderBy(AGENT_SECRET.CREATED_AT, AGENT_SECRET.SECRET_KEY)
                .forEach(row -> out.put(row.getSecretKey(), row.getValueEnc()));
        return out;
    }

    /**
     * Makes the secrets exactly these; one whose name stays keeps its id. A null value keeps what is stored under that name, so that an
     * agent that was read with masked values can be written back; where nothing is stored, nothing is made.
     */
    static void setSecrets(
            Tx tx,
            String agentId,
            Map<String, ? extends @Nullable String> sealedValues,
            long now,
            @Nullable String userId) {
        tx.sql()
                .deleteFrom(AGENT_SECRET)
                .where(AGENT_SECRET.AGENT_ID.eq(agentId), AGENT_SECRET.SECRET_KEY.notIn(sealedValues.keySet()))
                .execute();
        sealedValues.forEach((key, value) -> {
            if (value != null) {
                setSecret(tx, agentId, key, value, now, userId);
            }
        });
    }

    private static void setSecret(Tx tx, String agentId, String key, String value, long now, @Nullable String userId) {
        tx.sql()
                .insertInto(
                        AGENT_SECRET,
                        AGENT_SECRET.ID,
                        AGENT_SECRET.AGENT_ID,
                        AGENT_SECRET.ORGANIZATION_ID,
                        AGENT_SECRET.SECRET_KEY,
                        AGENT_SECRET.VALUE_ENC,
                        AGENT_SECRET.CREATED_AT,
                        AGENT_SECRET.UPDATED_AT,
                        AGENT_SECRET.CREATED_BY_ID,
                        AGENT_SECRET.LAST_UPDATED_BY_ID)
                .values(IdKind.AGENT_ENV.next(), agentId, tx.org(), key, value, now, now, userId, userId)
                .onConflict(AGENT_SECRET.AGENT_ID, AGENT_SECRET.SECRET_KEY)
                .doUpdate()
                .set(AGENT_SECRET.VALUE_ENC, value)
                .set(AGENT_SECRET.UPDATED_AT, now)
                .set(AGENT_SECRET.LAST_UPDATED_BY_ID, userId)
                .execute();
    }

    /** Tells the index to forget an agent's messages. */
    static void tombstone(Tx tx, String agentId, long mark) {
        tx.sql()
                .insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                .values(mark, "agent", agentId)
                .execute();
    }

    /** The ids in the context of each agent's default thread, in order; agents without any are absent. */
    static Map<String, List<String>> contexts(Tx tx, Collection<String> agentIds) {
        Map<String, List<String>> out = new LinkedHashMap<>();
        tx.sql()
                .select(CONTEXT_ENTRY.THREAD_ID, CONTEXT_ENTRY.MESSAGE_ID)
                .from(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.in(agentIds))
                .orderBy(CONTEXT_ENTRY.THREAD_ID, CONTEXT_ENTRY.POSITION)
                .forEach(row -> out.computeIfAbsent(row.value1(), id -> new ArrayList<>())
                        .add(row.value2()));
        return out;
    }
}
