package dev.mneme.search;

import static dev.mneme.store.gen.Tables.FILE_PASSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_VECTOR;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.mneme.base.Json;
import dev.mneme.search.Position.Cursor;
import dev.mneme.search.Position.Grave;
import dev.mneme.search.Position.Key;
import dev.mneme.store.Tx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Reads from the database what the index follows: passages, messages of users and assistants, pieces of files, tombstones. */
final class FeedSql {
    /** Ids in one IN list: PostgreSQL and SQLite take thousands, but short statements are cached better. */
    private static final int CHUNK = 200;

    /** Who says what people search for. Tool rows, system rows and summaries are left out. */
    static final List<String> ROLES = List.of("user", "assistant");

    /** Kinds of tombstone that stand for all entries of an owner. */
    private static final Set<String> WHOLE_OWNERS = Set.of("archive", "agent", "folder");

    private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};

    private FeedSql() {}

    /** The next rows in order of change, without their contents. */
    static List<Key> keys(Tx tx, Query.Kind kind, Cursor after, int limit) {
        TableField<?, Long> seq = seq(kind);
        TableField<?, String> id = id(kind);
        Condition later = after.id() == null
                ? seq.gt(after.seq())
                : seq.gt(after.seq()).or(seq.eq(after.seq()).and(id.gt(after.id())));
        return tx.sql()
                .select(id, seq)
                .from(seq.getTable())
                .where(seq.ge(after.seq()))
                .and(later)
                .and(searchable(kind))
                .and(tx.own(organization(kind)))
                .orderBy(seq, id)
                .limit(limit)
                .fetch(row -> new Key(row.value1(), row.value2()));
    }

    /**
     * All rows of a query's organisation and owners changed after a mark. Filtered here and not in the statement: given more to
     * choose from, SQLite takes the index on the owner and reads all of an archive to find the few new rows (30 ms at 10,000).
     */
    static List<Key> keys(Tx everywhere, Query query, long after) {
        TableField<?, Long> seq = seq(query.kind());
        TableField<?, String> owner = owner(query.kind());
        TableField<?, String> organization = organization(query.kind());
        List<Key> keys = new ArrayList<>();
        for (var row : everywhere
                .sql()
                .select(id(query.kind()), seq, owner, organization)
                .from(seq.getTable())
                .where(seq.gt(after))
                .and(searchable(query.kind()))
                .fetch()) {
            if (row.value4().equals(query.organizationId())
                    && (query.owners().isEmpty() || query.owners().contains(row.value3()))) {
                keys.add(new Key(row.value1(), row.value2()));
            }
        }
        return keys;
    }

    /** The rows of these ids as the index wants them; ids that are gone are left out. */
    static List<Entry> rows(Tx tx, Query.Kind kind, List<String> ids) {
        List<Entry> found = new ArrayList<>(ids.size());
        for (int from = 0; from < ids.size(); from += CHUNK) {
            List<String> chunk = ids.subList(from, Math.min(ids.size(), from + CHUNK));
            found.addAll(
                    switch (kind) {
                        case PASSAGE -> passages(tx, chunk);
                        case MESSAGE -> messages(tx, chunk);
                        case FILE_PASSAGE -> filePassages(tx, chunk);
                    });
        }
        return found;
    }

    private static List<Entry> passages(Tx tx, List<String> ids) {
        return tx.sql()
                .select(
                        PASSAGE.ID,
                        PASSAGE.ORGANIZATION_ID,
                        PASSAGE.ARCHIVE_ID,
                        PASSAGE.TEXT,
                        PASSAGE.TAGS,
                        PASSAGE.EMBEDDING,
                        PASSAGE.EMBEDDING_MODEL,
                        PASSAGE.CREATED_AT,
                        PASSAGE.CHANGE_SEQ)
                .from(PASSAGE)
                .where(PASSAGE.ID.in(ids))
                .and(tx.own(PASSAGE.ORGANIZATION_ID))
                .fetch(row -> {
                    String tags = row.get(PASSAGE.TAGS);
                    return entry(
                            Query.Kind.PASSAGE,
                            row,
                            PASSAGE.ID,
                            PASSAGE.ORGANIZATION_ID,
                            PASSAGE.ARCHIVE_ID,
                            PASSAGE.CHANGE_SEQ,
                            PASSAGE.CREATED_AT,
                            row.get(PASSAGE.TEXT),
                            tags == null ? List.of() : Json.read(tags, STRINGS),
                            "",
                            row.get(PASSAGE.EMBEDDING_MODEL),
                            row.get(PASSAGE.EMBEDDING));
                });
    }

    private static List<Entry> messages(Tx tx, List<String> ids) {
        return tx.sql()
                .select(
                        MESSAGE.ID,
                        MESSAGE.ORGANIZATION_ID,
                        MESSAGE.AGENT_ID,
                        MESSAGE.ROLE,
                        MESSAGE.CONTENT,
                        MESSAGE.TOOL_CALLS,
                        MESSAGE.CREATED_AT,
                        MESSAGE.CHANGE_SEQ,
                        MESSAGE_VECTOR.MODEL,
                        MESSAGE_VECTOR.EMBEDDING)
                .from(MESSAGE)
                .leftJoin(MESSAGE_VECTOR)
                .on(MESSAGE_VECTOR.MESSAGE_ID.eq(MESSAGE.ID))
                .where(MESSAGE.ID.in(ids))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .fetch(row -> entry(
                        Query.Kind.MESSAGE,
                        row,
                        MESSAGE.ID,
                        MESSAGE.ORGANIZATION_ID,
                        MESSAGE.AGENT_ID,
                        MESSAGE.CHANGE_SEQ,
                        MESSAGE.CREATED_AT,
                        Said.text(row.get(MESSAGE.CONTENT), row.get(MESSAGE.TOOL_CALLS)),
                        List.of(),
                        row.get(MESSAGE.ROLE),
                        row.get(MESSAGE_VECTOR.MODEL),
                        row.get(MESSAGE_VECTOR.EMBEDDING)));
    }

    private static List<Entry> filePassages(Tx tx, List<String> ids) {
        return tx.sql()
                .select(
                        FILE_PASSAGE.ID,
                        FILE_PASSAGE.ORGANIZATION_ID,
                        FILE_PASSAGE.FOLDER_ID,
                        FILE_PASSAGE.TEXT,
                        FILE_PASSAGE.EMBEDDING,
                        FILE_PASSAGE.EMBEDDING_MODEL,
                        FILE_PASSAGE.CREATED_AT,
                        FILE_PASSAGE.CHANGE_SEQ)
                .from(FILE_PASSAGE)
                .where(FILE_PASSAGE.ID.in(ids))
                .and(tx.own(FILE_PASSAGE.ORGANIZATION_ID))
                .fetch(row -> entry(
                        Query.Kind.FILE_PASSAGE,
                        row,
                        FILE_PASSAGE.ID,
                        FILE_PASSAGE.ORGANIZATION_ID,
                        FILE_PASSAGE.FOLDER_ID,
                        FILE_PASSAGE.CHANGE_SEQ,
                        FILE_PASSAGE.CREATED_AT,
                        row.get(FILE_PASSAGE.TEXT),
                        List.of(),
                        "",
                        row.get(FILE_PASSAGE.EMBEDDING_MODEL),
                        row.get(FILE_PASSAGE.EMBEDDING)));
    }

    private static Entry entry(
            Query.Kind kind,
            Record row,
            Field<String> id,
            Field<String> organization,
            Field<String> owner,
            Field<Long> seq,
            Field<Long> createdAt,
            String text,
            List<String> tags,
            String role,
            @Nullable String vectorName,
            byte @Nullable [] embedding) {
        float[] vector = embedding == null || vectorName == null ? null : vector(embedding);
        return new Entry(
                kind,
                row.get(id),
                row.get(organization),
                row.get(owner),
                row.get(seq),
                row.get(createdAt),
                text,
                tags,
                role,
                vector == null ? null : vectorName,
                vector);
    }

    /** What was deleted after a mark. */
    static List<Grave> graves(Tx tx, long after) {
        return tx.sql()
                .select(TOMBSTONE.CHANGE_SEQ, TOMBSTONE.ENTITY_ID, TOMBSTONE.KIND)
                .from(TOMBSTONE)
                .where(TOMBSTONE.CHANGE_SEQ.gt(after))
                .fetch(row -> new Grave(row.value1(), row.value2(), WHOLE_OWNERS.contains(row.value3())));
    }

    /** Forgets tombstones before a mark. The newest stays: its mark says how far the database is. */
    static int dropGraves(Tx tx, long before) {
        return tx.sql().deleteFrom(TOMBSTONE).where(dispensable(before)).execute();
    }

    static boolean hasGraves(Tx tx, long before) {
        return tx.sql().fetchExists(DSL.selectOne().from(TOMBSTONE).where(dispensable(before)));
    }

    private static Condition dispensable(long before) {
        return TOMBSTONE
                .CHANGE_SEQ
                .lt(before)
                .and(TOMBSTONE.CHANGE_SEQ.lt(
                        DSL.select(max(TOMBSTONE.CHANGE_SEQ)).from(TOMBSTONE)));
    }

    /** The newest mark of what the index follows, 0 when there is nothing. */
    static long newest(Tx tx) {
        long newest = newest(tx, TOMBSTONE.CHANGE_SEQ, noCondition());
        for (Query.Kind kind : Query.Kind.values()) {
            newest = Math.max(newest, newest(tx, seq(kind), searchable(kind)));
        }
        return newest;
    }

    private static long newest(Tx tx, TableField<?, Long> seq, Condition which) {
        Long found = tx.sql().select(max(seq)).from(seq.getTable()).where(which).fetchOneInto(Long.class);
        return found == null ? 0 : found;
    }

    /** How many rows of a kind the index should hold. */
    static long count(Tx tx, Query.Kind kind) {
        return tx.sql().fetchCount(tx.sql().selectFrom(seq(kind).getTable()).where(searchable(kind)));
    }

    /** How many rows changed after a mark. */
    static long countAfter(Tx tx, Query.Kind kind, long after) {
        return tx.sql()
                .fetchCount(tx.sql()
                        .selectFrom(seq(kind).getTable())
                        .where(seq(kind).gt(after))
                        .and(searchable(kind)));
    }

    private static Condition searchable(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE, FILE_PASSAGE -> noCondition();
            case MESSAGE -> MESSAGE.ROLE.in(ROLES);
        };
    }

    private static TableField<?, Long> seq(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.CHANGE_SEQ;
            case MESSAGE -> MESSAGE.CHANGE_SEQ;
            case FILE_PASSAGE -> FILE_PASSAGE.CHANGE_SEQ;
        };
    }

    private static TableField<?, String> id(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.ID;
            case MESSAGE -> MESSAGE.ID;
            case FILE_PASSAGE -> FILE_PASSAGE.ID;
        };
    }

    private static TableField<?, String> owner(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.ARCHIVE_ID;
            case MESSAGE -> MESSAGE.AGENT_ID;
            case FILE_PASSAGE -> FILE_PASSAGE.FOLDER_ID;
        };
    }

    private static TableField<?, String> organization(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.ORGANIZATION_ID;
            case MESSAGE -> MESSAGE.ORGANIZATION_ID;
            case FILE_PASSAGE -> FILE_PASSAGE.ORGANIZATION_ID;
        };
    }

    private static float @Nullable [] vector(byte[] littleEndian) {
        float[] raw = new float[littleEndian.length / Float.BYTES];
        ByteBuffer.wrap(littleEndian)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(raw);
        return Entry.unit(raw);
    }
}
