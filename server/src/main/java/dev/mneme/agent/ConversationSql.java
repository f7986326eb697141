package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.CONVERSATION;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.SHARED_MESSAGE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.position;
import static org.jooq.impl.DSL.select;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ConversationRecord;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Conversations}. Deleted conversations are seen by none of them. */
final class ConversationSql {
    private ConversationSql() {}

    static void insert(Tx tx, Conversation made) {
        ConversationRecord row = record(made);
        row.setOrganizationId(tx.org());
        tx.sql().insertInto(CONVERSATION).set(row).execute();
    }

    static void update(Tx tx, Conversation changed) {
        tx.sql()
                .update(CONVERSATION)
                .set(record(changed))
                .where(CONVERSATION.ID.eq(changed.id()), tx.own(CONVERSATION.ORGANIZATION_ID))
                .execute();
    }

    private static ConversationRecord record(Conversation of) {
        ConversationRecord row = new ConversationRecord();
        row.setId(of.id());
        row.setAgentId(of.agentId());
        row.setSummary(of.summary() == null ? null : AgentSql.clean(of.summary()));
        row.setModel(of.model());
        row.setModelSettings(of.modelSettings() == null ? null : Json.write(of.modelSettings()));
        row.setLastMessageAt(of.lastMessageAt());
        row.setLastRunCompletion(of.lastRunCompletion());
        row.setCreatedAt(of.createdAt());
        row.setUpdatedAt(of.updatedAt());
        row.setCreatedById(of.createdById());
        row.setLastUpdatedById(of.lastUpdatedById());
        return row;
    }

    private static final Prepared FIND = Prepared.of(sql -> sql.select(CONVERSATION.fields())
            .from(CONVERSATION)
            .where(CONVERSATION.ID.eq(""))
            .and(CONVERSATION.ORGANIZATION_ID.eq(""))
            .and(CONVERSATION.DELETED_AT.isNull()));

    static @Nullable Conversation find(Tx tx, String id) {
        ConversationRecord row = tx.record(FIND, CONVERSATION, id, tx.org());
        return row == null ? null : conversation(row);
    }

    static List<Conversation> list(Tx tx, Conversation.Filter filter) {
        Condition where = tx.own(CONVERSATION.ORGANIZATION_ID).and(CONVERSATION.DELETED_AT.isNull());
        if (filter.agentId() != null) {
            where = where.and(CONVERSATION.AGENT_ID.eq(filter.agentId()));
        }
        if (filter.contained() != null) {
            where = where.and(position(CONVERSATION.SUMMARY, filter.contained()).gt(0));
        }
        return Keyset.of(tx, columns(filter), filter.after(), null, filter.ascending())
                .page(tx.sql().selectFrom(CONVERSATION).where(where), filter.limit())
                .stream()
                .map(ConversationSql::conversation)
                .toList();
    }

    /** Conversations without the time that is asked for stand at the end of either order. */
    private static Keyset.Columns columns(Conversation.Filter filter) {
        Field<Long> missing = inline(filter.ascending() ? Long.MAX_VALUE : Long.MIN_VALUE);
        Field<Long> time = switch (filter.order()) {
            case CREATED_AT -> CONVERSATION.CREATED_AT;
            case LAST_MESSAGE_AT -> coalesce(CONVERSATION.LAST_MESSAGE_AT, missing);
            case LAST_RUN_COMPLETION -> coalesce(CONVERSATION.LAST_RUN_COMPLETION, missing);
        };
        return new Keyset.Columns(CONVERSATION, time, CONVERSATION.ID, CONVERSATION.ORGANIZATION_ID);
    }

    static void markDeleted(Tx tx, String id, long now, @Nullable String userId) {
        tx.sql()
                .update(CONVERSATION)
                .set(CONVERSATION.DELETED_AT, now)
                .set(CONVERSATION.UPDATED_AT, now)
                .set(CONVERSATION.LAST_UPDATED_BY_ID, userId)
                .where(CONVERSATION.ID.eq(id), tx.own(CONVERSATION.ORGANIZATION_ID))
                .execute();
    }

    /** The messages that nobody can see any more once a conversation goes: its own, and those it took over, unless others have them. */
    static List<String> lastSeenIn(Tx tx, String id) {
        Condition ownThread = MESSAGE.CONVERSATION_ID
                .eq(id)
                .or(MESSAGE.ID
                        .in(select(SHARED_MESSAGE.MESSAGE_ID)
                                .from(SHARED_MESSAGE)
                                .where(SHARED_MESSAGE.CONVERSATION_ID.eq(id)))
                        .and(MESSAGE.CONVERSATION_ID.in(select(CONVERSATION.ID)
                                .from(CONVERSATION)
                                .where(CONVERSATION.DELETED_AT.isNotNull()))));
        return tx.sql()
                .select(MESSAGE.ID)
                .from(MESSAGE)
                .where(tx.own(MESSAGE.ORGANIZATION_ID))
                .and(ownThread)
                .and(MESSAGE.ID.notIn(select(SHARED_MESSAGE.MESSAGE_ID)
                        .from(SHARED_MESSAGE)
                        .where(SHARED_MESSAGE.CONVERSATION_ID.ne(id))))
                .fetchInto(String.class);
    }

    private static final Prepared SHARE =
            Prepared.of(sql -> sql.insertInto(SHARED_MESSAGE, SHARED_MESSAGE.CONVERSATION_ID, SHARED_MESSAGE.MESSAGE_ID)
                    .values("", ""));

    static void share(Tx tx, String conversationId, List<String> messageIds) {
        messageIds.forEach(message -> tx.run(SHARE, conversationId, message));
    }

    static List<String> shared(Tx tx, String conversationId) {
        return tx.sql()
                .select(SHARED_MESSAGE.MESSAGE_ID)
                .from(SHARED_MESSAGE)
                .join(MESSAGE)
                .on(MESSAGE.ID.eq(SHARED_MESSAGE.MESSAGE_ID))
                .where(SHARED_MESSAGE.CONVERSATION_ID.eq(conversationId))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .orderBy(MESSAGE.CREATED_AT, MESSAGE.ID)
                .fetchInto(String.class);
    }

    static void unshare(Tx tx, String conversationId) {
        tx.sql()
                .deleteFrom(SHARED_MESSAGE)
                .where(SHARED_MESSAGE.CONVERSATION_ID.eq(conversationId))
                .execute();
    }

    private static Conversation conversation(ConversationRecord row) {
        return new Conversation(
                row.getId(),
                row.getAgentId(),
                row.getSummary(),
                row.getModel(),
                row.getModelSettings() == null ? null : Json.read(row.getModelSettings(), JsonNode.class),
                row.getLastMessageAt(),
                row.getLastRunCompletion(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById());
    }
}
