package dev.mneme.search;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.ARCHIVE;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_VECTOR;
import static dev.mneme.store.gen.Tables.ORGANIZATION;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static dev.mneme.store.gen.Tables.TOMBSTONE;

import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the rows that an index follows, as the rooms do that own them. */
final class RowsSql {
    static final String EMBEDDER = "test/embedder";

    private final Db db;
    private final String org;

    RowsSql(Db db) {
        this(db, Db.DEFAULT_ORGANIZATION);
    }

    RowsSql(Db db, String org) {
        this.db = db;
        this.org = org;
    }

    /** A passage to be stored. */
    record Passage(
            String id,
            String archive,
            String text,
            List<String> tags,
            float @Nullable [] vector,
            @Nullable String vectorName,
            long createdAt) {
        static Passage of(String archive, String text) {
            return new Passage(IdKind.PASSAGE.next(), archive, text, List.of(), null, null, 1);
        }

        Passage tagged(String... more) {
            return new Passage(id, archive, text, List.of(more), vector, vectorName, createdAt);
        }

        Passage with(float... numbers) {
            return new Passage(id, archive, text, tags, numbers, EMBEDDER, createdAt);
        }

        Passage named(String name) {
            return new Passage(id, archive, text, tags, vector, name, createdAt);
        }

        Passage at(long micros) {
            return new Passage(id, archive, text, tags, vector, vectorName, micros);
        }

        Passage saying(String other) {
            return new Passage(id, archive, other, tags, vector, vectorName, createdAt);
        }
    }

    void organization() {
        db.everywhere()
                .write(tx -> tx.sql()
                        .insertInto(ORGANIZATION, ORGANIZATION.ID, ORGANIZATION.NAME, ORGANIZATION.CREATED_AT)
                        .values(org, "another", 1L)
                        .execute());
    }

    String archive() {
        String id = IdKind.ARCHIVE.next();
        db.of(org)
                .write(tx -> tx.sql()
                        .insertInto(
                                ARCHIVE,
                                ARCHIVE.ID,
                                ARCHIVE.ORGANIZATION_ID,
                                ARCHIVE.NAME,
                                ARCHIVE.VECTOR_DB_PROVIDER,
                                ARCHIVE.CREATED_AT,
                                ARCHIVE.UPDATED_AT)
                        .values(id, org, "test", "native", 1L, 1L)
                        .execute());
        return id;
    }

    String agent() {
        String id = IdKind.AGENT.next();
        db.of(org)
                .write(tx -> tx.sql()
                        .insertInto(AGENT)
                        .set(AGENT.ID, id)
                        .set(AGENT.ORGANIZATION_ID, org)
                        .set(AGENT.NAME, "test")
                        .set(AGENT.AGENT_TYPE, "letta_v1_agent")
                        .set(AGENT.SYSTEM, "")
                        .set(AGENT.LLM_CONFIG, "{}")
                        .set(AGENT.TOOL_RULES, "[]")
                        .set(AGENT.TIMEZONE, "UTC")
                        .set(AGENT.MESSAGE_BUFFER_AUTOCLEAR, false)
                        .set(AGENT.CREATED_AT, 1L)
                        .set(AGENT.UPDATED_AT, 1L)
                        .execute());
        return id;
    }

    /** In one transaction. */
    void passages(List<Passage> passages) {
        db.of(org).write(tx -> {
            passages.forEach(passage -> insert(tx, passage));
            return true;
        });
    }

    String passage(Passage passage) {
        passages(List.of(passage));
        return passage.id();
    }

    private void insert(Tx tx, Passage passage) {
        tx.sql()
                .insertInto(PASSAGE)
                .set(PASSAGE.ID, passage.id())
                .set(PASSAGE.ORGANIZATION_ID, org)
                .set(PASSAGE.ARCHIVE_ID, passage.archive())
                .set(PASSAGE.TEXT, passage.text())
                .set(PASSAGE.TAGS, Json.write(passage.tags()))
                .set(PASSAGE.METADATA, "{}")
                .set(PASSAGE.EMBEDDING, passage.vector() == null ? null : bytes(passage.vector()))
                .set(PASSAGE.EMBEDDING_MODEL, passage.vectorName())
                .set(PASSAGE.CREATED_AT, passage.createdAt())
                .set(PASSAGE.UPDATED_AT, passage.createdAt())
                .set(PASSAGE.CHANGE_SEQ, db.clock().next())
                .execute();
    }

    void change(Passage passage) {
        db.of(org)
                .write(tx -> tx.sql()
                        .update(PASSAGE)
                        .set(PASSAGE.TEXT, passage.text())
                        .set(PASSAGE.TAGS, Json.write(passage.tags()))
                        .set(PASSAGE.CHANGE_SEQ, db.clock().next())
                        .where(PASSAGE.ID.eq(passage.id()))
                        .execute());
    }

    String message(String agent, String role, String text, long createdAt) {
        return message(agent, role, Json.write(List.of(Map.of("type", "text", "text", text))), null, createdAt);
    }

    String message(String agent, String role, String content, @Nullable String toolCalls, long createdAt) {
        return db.of(org).write(tx -> insert(tx, agent, role, content, toolCalls, createdAt));
    }

    /** What the user said, in one transaction. */
    void messages(String agent, List<String> texts) {
        db.of(org).write(tx -> {
            texts.forEach(text ->
                    insert(tx, agent, "user", Json.write(List.of(Map.of("type", "text", "text", text))), null, 1L));
            return true;
        });
    }

    private String insert(
            Tx tx, String agent, String role, String content, @Nullable String toolCalls, long createdAt) {
        String id = IdKind.MESSAGE.next();
        tx.sql()
                .insertInto(MESSAGE)
                .set(MESSAGE.ID, id)
                .set(MESSAGE.ORGANIZATION_ID, org)
                .set(MESSAGE.AGENT_ID, agent)
                .set(MESSAGE.ROLE, role)
                .set(MESSAGE.CONTENT, content)
                .set(MESSAGE.TOOL_CALLS, toolCalls)
                .set(MESSAGE.IS_INPUT, true)
                .set(MESSAGE.CREATED_AT, createdAt)
                .set(MESSAGE.UPDATED_AT, createdAt)
                .set(MESSAGE.CHANGE_SEQ, db.clock().next())
                .execute();
        return id;
    }

    void messageVector(String message, float... vector) {
        db.of(org).write(tx -> {
            tx.sql()
                    .insertInto(
                            MESSAGE_VECTOR, MESSAGE_VECTOR.MESSAGE_ID, MESSAGE_VECTOR.MODEL, MESSAGE_VECTOR.EMBEDDING)
                    .values(message, EMBEDDER, bytes(vector))
                    .execute();
            return tx.sql()
                    .update(MESSAGE)
                    .set(MESSAGE.CHANGE_SEQ, db.clock().next())
                    .where(MESSAGE.ID.eq(message))
                    .execute();
        });
    }

    void deletePassage(String id) {
        db.of(org).write(tx -> {
            tx.sql().deleteFrom(PASSAGE).where(PASSAGE.ID.eq(id)).execute();
            return grave(tx, "passage", id);
        });
    }

    /** As somebody would who does not know the rules. */
    void deletePassageWithoutTombstone(String id) {
        db.of(org)
                .write(tx ->
                        tx.sql().deleteFrom(PASSAGE).where(PASSAGE.ID.eq(id)).execute());
    }

    void deleteArchive(String id) {
        db.of(org).write(tx -> {
            tx.sql().deleteFrom(PASSAGE).where(PASSAGE.ARCHIVE_ID.eq(id)).execute();
            tx.sql().deleteFrom(ARCHIVE).where(ARCHIVE.ID.eq(id)).execute();
            return grave(tx, "archive", id);
        });
    }

    void deleteAgent(String id) {
        db.of(org).write(tx -> {
            tx.sql().deleteFrom(AGENT).where(AGENT.ID.eq(id)).execute();
            return grave(tx, "agent", id);
        });
    }

    private int grave(Tx tx, String kind, String id) {
        return tx.sql()
                .insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                .values(db.clock().next(), kind, id)
                .execute();
    }

    static byte[] bytes(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(vector);
        return buffer.array();
    }

    /** Notes that something was deleted at that moment. */
    void tombstone(long mark) {
        db.of(Db.DEFAULT_ORGANIZATION)
                .write(tx -> tx.sql()
                        .insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                        .values(mark, "passage", "passage-" + mark)
                        .execute());
    }

    /** The marks of all tombstones, oldest first. */
    List<Long> tombstones() {
        return db.everywhere()
                .read(tx -> tx.sql()
                        .select(TOMBSTONE.CHANGE_SEQ)
                        .from(TOMBSTONE)
                        .orderBy(TOMBSTONE.CHANGE_SEQ)
                        .fetch(TOMBSTONE.CHANGE_SEQ));
    }
}
