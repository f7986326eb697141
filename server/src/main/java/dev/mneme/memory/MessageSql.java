package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_COUNT;
import static dev.mneme.store.gen.Tables.SHARED_MESSAGE;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.MessageRecord;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Recall} on the table of messages. Whoever changes or deletes a row tells {@link ContextSql#changed}. */
final class MessageSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(MESSAGE, MESSAGE.CREATED_AT, MESSAGE.ID, MESSAGE.ORGANIZATION_ID);

    private static final TypeReference<List<Content>> CONTENT = new TypeReference<>() {};
    private static final TypeReference<List<ToolCall>> CALLS = new TypeReference<>() {};
    private static final TypeReference<List<ToolReturn>> RETURNS = new TypeReference<>() {};
    // Typed, because an erased list would lose the `type` of its parts.
    private static final ObjectWriter CONTENT_WRITER = Json.MAPPER.writerFor(CONTENT);
    private static final ObjectReader CONTENT_READER = Json.MAPPER.readerFor(CONTENT);
    private static final ObjectReader CALLS_READER = Json.MAPPER.readerFor(CALLS);
    private static final ObjectReader RETURNS_READER = Json.MAPPER.readerFor(RETURNS);

    /** Ids in one IN list; SQLite allows 32,766 parameters. */
    private static final int IDS_AT_ONCE = 5_000;

    private MessageSql() {}

    private static final Prepared INSERT = Prepared.of(sql -> sql.insertInto(
                    MESSAGE,
                    MESSAGE.ID,
                    MESSAGE.ORGANIZATION_ID,
                    MESSAGE.AGENT_ID,
                    MESSAGE.CONVERSATION_ID,
                    MESSAGE.ROLE,
                    MESSAGE.CONTENT,
                    MESSAGE.TOOL_CALLS,
                    MESSAGE.TOOL_RETURNS,
                    MESSAGE.APPROVAL,
                    MESSAGE.NAME,
                    MESSAGE.OTID,
                    MESSAGE.SENDER_ID,
                    MESSAGE.GROUP_ID,
                    MESSAGE.MODEL,
                    MESSAGE.STEP_ID,
                    MESSAGE.RUN_ID,
                    MESSAGE.IS_INPUT,
                    MESSAGE.IS_ERR,
                    MESSAGE.CREATED_AT,
                    MESSAGE.UPDATED_AT,
                    MESSAGE.CHANGE_SEQ)
            .values("", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", false, false, 0L, 0L, 0L));

    private static final Prepared COUNT =
            Prepared.of(sql -> sql.insertInto(MESSAGE_COUNT, MESSAGE_COUNT.AGENT_ID, MESSAGE_COUNT.MESSAGES)
                    .values("", 0L)
                    .onConflict(MESSAGE_COUNT.AGENT_ID)
                    .doUpdate()
                    .set(MESSAGE_COUNT.MESSAGES, MESSAGE_COUNT.MESSAGES.plus(0L)));

    static void insert(Tx tx, List<Message> messages, java.util.function.LongSupplier changes) {
        Map<String, Long> perAgent = new HashMap<>();
        for (Message message : messages) {
            insert(tx, message, changes.getAsLong());
            perAgent.merge(message.agentId(), 1L, Long::sum);
        }
        perAgent.forEach((agent, added) -> tx.run(COUNT, agent, added, added));
    }

    private static void insert(Tx tx, Message message, long change) {
        tx.run(
                INSERT,
                message.id(),
                tx.org(),
                message.agentId(),
                message.conversationId(),
                message.role().word(),
                contentJson(message.content()),
                message.toolCalls().isEmpty() ? null : clean(Json.write(message.toolCalls())),
                message.toolReturns().isEmpty() ? null : clean(Json.write(message.toolReturns())),
                message.approval(),
                message.name(),
                message.otid(),
                message.senderId(),
                message.groupId(),
                message.model(),
                message.stepId(),
                message.runId(),
                message.input(),
                message.isErr(),
                message.createdAt(),
                message.createdAt(),
                change);
    }

    private static String contentJson(List<Content> content) {
        try {
            return clean(CONTENT_WRITER.writeValueAsString(content));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON without NUL characters, which JSON text can only hold as an escape. */
    private static String clean(String json) {
        return json.contains("\\u0000") ? json.replaceAll("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000", "$1") : json;
    }

    static void replaceContent(Tx tx, String id, List<Content> content, long change) {
        int rows = tx.sql()
                .update(MESSAGE)
                .set(MESSAGE.CONTENT, contentJson(content))
                .set(MESSAGE.UPDATED_AT, change)
                .set(MESSAGE.CHANGE_SEQ, change)
                .where(MESSAGE.ID.eq(id))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .execute();
        if (rows == 0) {
            throw Problem.notFound("Message with id " + id + " not found.");
        }
        ContextSql.changed(tx, id, change);
    }

    static @Nullable Message find(Tx tx, String id) {
        MessageRecord row = tx.sql()
                .selectFrom(MESSAGE)
                .where(MESSAGE.ID.eq(id))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : message(row);
    }

    /** The messages with these ids; missing ones are absent. */
    static Map<String, Message> byIds(Tx tx, Collection<String> ids) {
        Map<String, Message> found = new HashMap<>();
        List<String> all = List.copyOf(ids);
        for (int start = 0; start < all.size(); start += IDS_AT_ONCE) {
            tx.sql()
                    .selectFrom(MESSAGE)
                    .where(MESSAGE.ID.in(all.subList(start, Math.min(all.size(), start + IDS_AT_ONCE))))
                    .and(tx.own(MESSAGE.ORGANIZATION_ID))
                    .forEach(row -> found.put(row.getId(), message(row)));
        }
        return found;
    }

    static List<String> ids(Tx tx, String agentId) {
        return tx.sql()
                .select(MESSAGE.ID)
                .from(MESSAGE)
                .where(MESSAGE.AGENT_ID.eq(agentId))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .orderBy(MESSAGE.CREATED_AT, MESSAGE.ID)
                .fetchInto(String.class);
    }

    static List<Message> list(Tx tx, MessageQuery query) {
        if (query.limit() == 0) {
            return List.of();
        }
        if (query.style() != MessageQuery.Style.CONVERSATION) {
            mustExist(tx, query, query.after());
            mustExist(tx, query, query.before());
        }
        Keyset keyset = query.style() == MessageQuery.Style.RUN
                ? Keyset.of(tx, ORDER, query.after(), query.before(), query.ascending())
                : Keyset.inTime(tx, ORDER, query.after(), query.before(), query.ascending());
        List<Message> page = messages(keyset.page(tx.sql().selectFrom(MESSAGE).where(where(tx, query)), query.limit()));
        if (query.style() == MessageQuery.Style.AGENT && !query.ascending()) {
            Collections.reverse(page);
        }
        return page;
    }

    private static void mustExist(Tx tx, MessageQuery query, @Nullable String cursor) {
        if (cursor != null && ORDER.mark(tx, cursor) == null) {
            String agent = query.agentId() == null ? "None" : query.agentId();
            throw Problem.notFound("No message found with id '" + cursor + "' for agent '" + agent + "'.");
        }
    }

    private static Condition where(Tx tx, MessageQuery query) {
        Condition all = tx.own(MESSAGE.ORGANIZATION_ID);
        if (query.agentId() != null) {
            all = all.and(MESSAGE.AGENT_ID.eq(query.agentId()));
        }
        if (MessageQuery.DEFAULT_CONVERSATION.equals(query.conversation())) {
            all = all.and(MESSAGE.CONVERSATION_ID.isNull());
        } else if (query.conversation() != null) {
            all = all.and(inConversation(tx, query.conversation()));
        }
        if (query.groupId() != null) {
            all = all.and(MESSAGE.GROUP_ID.eq(query.groupId()));
            if (query.agentId() == null) {
                all = all.and(saidOnce());
            }
        }
        return query.runId() == null ? all : all.and(MESSAGE.RUN_ID.eq(query.runId()));
    }

    /** The rows of a conversation, with those that it took over from another thread when it was forked. */
    private static Condition inConversation(Tx tx, String conversation) {
        Condition own = MESSAGE.CONVERSATION_ID.eq(conversation);
        boolean forked = tx.sql()
                .fetchExists(selectOne().from(SHARED_MESSAGE).where(SHARED_MESSAGE.CONVERSATION_ID.eq(conversation)));
        return forked
                ? own.or(MESSAGE.ID.in(select(SHARED_MESSAGE.MESSAGE_ID)
                        .from(SHARED_MESSAGE)
                        .where(SHARED_MESSAGE.CONVERSATION_ID.eq(conversation))))
                : own;
    }

    /** In a group's own list everything stands once: what each member was told of the others' words and of the user's is left out. */
    private static Condition saidOnce() {
        var earlier = MESSAGE.as("earlier");
        Condition relayed = MESSAGE.ROLE.eq(Role.SYSTEM.word()).and(MESSAGE.SENDER_ID.isNotNull());
        Condition repeated = exists(selectOne()
                .from(earlier)
                .where(earlier.GROUP_ID.eq(MESSAGE.GROUP_ID))
                .and(earlier.OTID.eq(MESSAGE.OTID))
                .and(row(earlier.CREATED_AT, earlier.ID).lt(MESSAGE.CREATED_AT, MESSAGE.ID)));
        return MESSAGE.IS_INPUT.isFalse().or(not(relayed).and(not(repeated)));
    }

    static List<Message> ofRun(Tx tx, String runId) {
        return messages(tx.sql()
                .selectFrom(MESSAGE)
                .where(MESSAGE.RUN_ID.eq(runId))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .orderBy(MESSAGE.CREATED_AT, MESSAGE.ID)
                .fetch());
    }

    static void stampGroup(Tx tx, String runId, String groupId) {
        tx.sql()
                .update(MESSAGE)
                .set(MESSAGE.GROUP_ID, groupId)
                .where(MESSAGE.RUN_ID.eq(runId))
                .and(MESSAGE.GROUP_ID.isNull())
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .execute();
    }

    /** The ids of what was said in a group, by agent. */
    static Map<String, List<String>> ofGroup(Tx tx, String groupId) {
        Map<String, List<String>> out = new HashMap<>();
        tx.sql()
                .select(MESSAGE.AGENT_ID, MESSAGE.ID)
                .from(MESSAGE)
                .where(MESSAGE.GROUP_ID.eq(groupId))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .forEach(row -> out.computeIfAbsent(row.value1(), id -> new ArrayList<>())
                        .add(row.value2()));
        return out;
    }

    static List<Message> ofRuns(Tx tx, List<String> runIds, @Nullable String agentId, Page page) {
        Condition where = tx.own(MESSAGE.ORGANIZATION_ID)
                .and(MESSAGE.RUN_ID.in(runIds))
                .and(agentId == null ? noCondition() : MESSAGE.AGENT_ID.eq(agentId));
        return messages(Keyset.of(tx, ORDER, page.after(), page.before(), page.ascending())
                .page(tx.sql().selectFrom(MESSAGE).where(where), page.rows()));
    }

    static List<Message> ofStep(Tx tx, String stepId) {
        return messages(tx.sql()
                .selectFrom(MESSAGE)
                .where(MESSAGE.STEP_ID.eq(stepId))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .orderBy(MESSAGE.CREATED_AT, MESSAGE.ID)
                .fetch());
    }

    /** A stretch of an agent's history for a search without an index: newest first, older than the mark. */
    static List<Message> newest(
            Tx tx,
            @Nullable String agentId,
            @Nullable String conversation,
            Set<String> roles,
            @Nullable Long from,
            @Nullable Long until,
            @Nullable String contained,
            Keyset.@Nullable Mark olderThan,
            int limit) {
        Condition where = tx.own(MESSAGE.ORGANIZATION_ID)
                .and(agentId == null ? noCondition() : MESSAGE.AGENT_ID.eq(agentId))
                .and(conversation == null ? noCondition() : MESSAGE.CONVERSATION_ID.eq(conversation))
                .and(roles.isEmpty() ? noCondition() : MESSAGE.ROLE.in(roles))
                .and(from == null ? noCondition() : MESSAGE.CREATED_AT.ge(from))
                .and(until == null ? noCondition() : MESSAGE.CREATED_AT.le(until))
                .and(Texts.contains(MESSAGE.CONTENT, contained))
                .and(ORDER.earlier(olderThan));
        return messages(
                Keyset.from(ORDER, false).page(tx.sql().selectFrom(MESSAGE).where(where), limit));
    }

    private static final Prepared COUNTED = Prepared.of(
            sql -> sql.select(MESSAGE_COUNT.MESSAGES).from(MESSAGE_COUNT).where(MESSAGE_COUNT.AGENT_ID.eq("")));

    static long count(Tx tx, String agentId) {
        Long found = tx.one(COUNTED, row -> row.getLong(1), agentId);
        return found == null ? 0 : found;
    }

    static List<Message> messages(List<MessageRecord> rows) {
        List<Message> messages = new ArrayList<>(rows.size());
        for (MessageRecord row : rows) {
            messages.add(message(row));
        }
        return messages;
    }

    /** A list that this server wrote; the reader says of what. */
    private static <T> List<T> parse(ObjectReader reader, String json) {
        try {
            return reader.readValue(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The columns of {@link #read}, in its order. */
    static final List<Field<?>> READ = List.of(
            MESSAGE.ID,
            MESSAGE.AGENT_ID,
            MESSAGE.CONVERSATION_ID,
            MESSAGE.ROLE,
            MESSAGE.CONTENT,
            MESSAGE.TOOL_CALLS,
            MESSAGE.TOOL_RETURNS,
            MESSAGE.APPROVAL,
            MESSAGE.NAME,
            MESSAGE.OTID,
            MESSAGE.SENDER_ID,
            MESSAGE.GROUP_ID,
            MESSAGE.MODEL,
            MESSAGE.STEP_ID,
            MESSAGE.RUN_ID,
            MESSAGE.IS_INPUT,
            MESSAGE.IS_ERR,
            MESSAGE.CREATED_AT);

    /** A message from a row that has the columns of {@link #READ} after others. */
    static Message read(ResultSet row, int others) throws SQLException {
        boolean wrong = row.getBoolean(others + 17);
        Boolean isErr = row.wasNull() ? null : wrong;
        String calls = row.getString(others + 6);
        String returns = row.getString(others + 7);
        return new Message(
                row.getString(others + 1),
                row.getString(others + 2),
                row.getString(others + 3),
                Role.of(row.getString(others + 4)),
                parse(CONTENT_READER, row.getString(others + 5)),
                calls == null ? List.of() : parse(CALLS_READER, calls),
                returns == null ? List.of() : parse(RETURNS_READER, returns),
                row.getString(others + 8),
                row.getString(others + 9),
                row.getString(others + 10),
                row.getString(others + 11),
                row.getString(others + 12),
                row.getString(others + 13),
                row.getString(others + 14),
                row.getString(others + 15),
                row.getBoolean(others + 16),
                isErr,
                row.getLong(others + 18));
    }

    static Message message(MessageRecord row) {
        return new Message(
                row.getId(),
                row.getAgentId(),
                row.getConversationId(),
                Role.of(row.getRole()),
                parse(CONTENT_READER, row.getContent()),
                row.getToolCalls() == null ? List.of() : parse(CALLS_READER, row.getToolCalls()),
                row.getToolReturns() == null ? List.of() : parse(RETURNS_READER, row.getToolReturns()),
                row.getApproval(),
                row.getName(),
                row.getOtid(),
                row.getSenderId(),
                row.getGroupId(),
                row.getModel(),
                row.getStepId(),
                row.getRunId(),
                row.getIsInput(),
                row.getIsErr(),
                row.getCreatedAt());
    }
}
