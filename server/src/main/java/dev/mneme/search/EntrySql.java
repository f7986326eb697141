package dev.mneme.search;

import static dev.mneme.search.ColumnsSql.created;
import static dev.mneme.search.ColumnsSql.id;
import static dev.mneme.search.ColumnsSql.organization;
import static dev.mneme.search.ColumnsSql.owner;
import static dev.mneme.search.ColumnsSql.seq;
import static dev.mneme.store.gen.Tables.FILE_PASSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_VECTOR;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static org.jooq.impl.DSL.inline;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.mneme.base.Json;
import dev.mneme.store.Prepared;
import dev.mneme.store.RowReader;
import dev.mneme.store.Tx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.SelectField;
import org.jspecify.annotations.Nullable;

/** Reads rows by their ids, as the index and the searches want them: thousands at a time, so with prepared statements. */
final class EntrySql {
    /** Ids in one statement; a shorter list is filled up with its last id. */
    private static final int MANY = 100;

    private static final int FEW = 8;

    private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};
    private static final String NO_TAGS = "[]";

    private static final Map<Shape, Prepared> ROWS = new ConcurrentHashMap<>();
    private static final Map<Shape, Prepared> MARKS = new ConcurrentHashMap<>();

    private EntrySql() {}

    /** What varies in a statement's text. */
    private record Shape(Query.Kind kind, int ids, boolean everywhere, boolean vectors) {
        Prepared prepare(Tx tx, List<? extends SelectField<?>> columns) {
            Condition which = id(kind).in(Collections.nCopies(ids, "")).and(tx.own(organization(kind)));
            boolean joined = kind == Query.Kind.MESSAGE && vectors;
            return Prepared.of(sql -> joined
                    ? sql.select(columns)
                            .from(MESSAGE)
                            .leftJoin(MESSAGE_VECTOR)
                            .on(MESSAGE_VECTOR.MESSAGE_ID.eq(MESSAGE.ID))
                            .where(which)
                    : sql.select(columns).from(seq(kind).getTable()).where(which));
        }
    }

    /**
     * The rows of these ids as the index wants them; ids that are gone are left out.
     *
     * @param vectors false leaves them out, which are most of a row
     */
    static List<Entry> rows(Tx tx, Query.Kind kind, List<String> ids, boolean vectors) {
        return each(tx, kind, ids, vectors, ROWS, row -> entry(kind, row));
    }

    /** The marks of those of some rows that are there. */
    static Map<String, Long> marks(Tx tx, Query.Kind kind, List<String> ids) {
        Map<String, Long> marks = new HashMap<>();
        each(tx, kind, ids, false, MARKS, row -> marks.put(row.getString(1), row.getLong(2)));
        return marks;
    }

    private static <T> List<T> each(
            Tx tx,
            Query.Kind kind,
            List<String> ids,
            boolean vectors,
            Map<Shape, Prepared> known,
            RowReader<T> reader) {
        boolean everywhere = tx.everywhere();
        List<T> found = new ArrayList<>(ids.size());
        for (int from = 0; from < ids.size(); from += MANY) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + MANY));
            int size = some.size() <= FEW ? FEW : MANY;
            Prepared statement = known.computeIfAbsent(
                    new Shape(kind, size, everywhere, vectors),
                    shape -> shape.prepare(tx, known == ROWS ? columns(kind, vectors) : List.of(id(kind), seq(kind))));
            Object[] values = new Object[everywhere ? size : size + 1];
            for (int i = 0; i < size; i++) {
                values[i] = some.get(Math.min(i, some.size() - 1));
            }
            if (!everywhere) {
                values[size] = tx.org();
            }
            found.addAll(tx.list(statement, reader, values));
        }
        return found;
    }

    private static List<SelectField<?>> columns(Query.Kind kind, boolean vectors) {
        List<SelectField<?>> columns =
                new ArrayList<>(List.of(id(kind), organization(kind), owner(kind), seq(kind), created(kind)));
        columns.addAll(
                switch (kind) {
                    case PASSAGE -> List.of(PASSAGE.TEXT, PASSAGE.TAGS, nothing());
                    case MESSAGE -> List.of(MESSAGE.CONTENT, MESSAGE.TOOL_CALLS, MESSAGE.ROLE);
                    case FILE_PASSAGE -> List.of(FILE_PASSAGE.TEXT, nothing(), nothing());
                });
        if (vectors) {
            columns.addAll(
                    switch (kind) {
                        case PASSAGE -> List.of(PASSAGE.EMBEDDING_MODEL, PASSAGE.EMBEDDING);
                        case MESSAGE -> List.of(MESSAGE_VECTOR.MODEL, MESSAGE_VECTOR.EMBEDDING);
                        case FILE_PASSAGE -> List.of(FILE_PASSAGE.EMBEDDING_MODEL, FILE_PASSAGE.EMBEDDING);
                    });
        } else {
            columns.addAll(List.of(nothing(), nothing()));
        }
        return columns;
    }

    private static Field<@Nullable String> nothing() {
        return inline((String) null);
    }

    private static Entry entry(Query.Kind kind, ResultSet row) throws SQLException {
        String text = row.getString(6);
        String second = row.getString(7);
        String role = row.getString(8);
        String vectorName = row.getString(9);
        byte[] embedding = vectorName == null ? null : row.getBytes(10);
        float[] vector = embedding == null ? null : vector(embedding);
        boolean message = kind == Query.Kind.MESSAGE;
        return new Entry(
                kind,
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                message ? Said.text(text, second) : text,
                message || second == null || second.equals(NO_TAGS) ? List.of() : Json.read(second, STRINGS),
                role == null ? "" : role,
                vector == null ? null : vectorName,
                vector);
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
