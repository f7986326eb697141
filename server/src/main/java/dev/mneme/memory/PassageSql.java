package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.ARCHIVE;
import static dev.mneme.store.gen.Tables.ARCHIVE_TAG;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.position;
import static org.jooq.impl.DSL.row;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Keyset;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.PassageRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Archival}. */
final class PassageSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(PASSAGE, PASSAGE.CREATED_AT, PASSAGE.ID, PASSAGE.ORGANIZATION_ID);

    private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};

    private PassageSql() {}

    /** Stores passages of one archive and counts them and their tags. */
    static void insert(
            Tx tx, String archiveId, List<Passage> passages, @Nullable String embedder, LongSupplier changes) {
        List<PassageRecord> rows = new ArrayList<>(passages.size());
        Map<String, Integer> tags = new TreeMap<>();
        for (Passage passage : passages) {
            rows.add(record(tx, passage, embedder, changes.getAsLong()));
            if (passage.tags() != null) {
                passage.tags().forEach(tag -> tags.merge(tag, 1, Integer::sum));
            }
        }
        tx.sql().batchInsert(rows).execute();
        count(tx, archiveId, passages.size(), tags);
    }

    private static PassageRecord record(Tx tx, Passage passage, @Nullable String embedder, long change) {
        PassageRecord row = tx.sql().newRecord(PASSAGE);
        row.setId(passage.id());
        row.setOrganizationId(tx.org());
        row.setArchiveId(passage.archiveId());
        row.setText(passage.text());
        row.setTags(passage.tags() == null ? null : Json.write(passage.tags()));
        row.setMetadata(Json.write(passage.metadata()));
        float[] embedding = passage.embedding();
        row.setEmbedding(embedding == null ? null : Vectors.bytes(embedding));
        row.setEmbeddingModel(embedding == null ? null : embedder);
        row.setCreatedAt(passage.createdAt());
        row.setUpdatedAt(passage.updatedAt());
        row.setChangeSeq(change);
        row.setCreatedById(passage.createdById());
        row.setLastUpdatedById(passage.lastUpdatedById());
        return row;
    }

    private static void count(Tx tx, String archiveId, int more, Map<String, Integer> tags) {
        tx.sql()
                .update(ARCHIVE)
                .set(ARCHIVE.PASSAGE_COUNT, ARCHIVE.PASSAGE_COUNT.plus((long) more))
                .where(ARCHIVE.ID.eq(archiveId))
                .and(tx.own(ARCHIVE.ORGANIZATION_ID))
                .execute();
        tags.forEach((tag, uses) -> tx.sql()
                .insertInto(ARCHIVE_TAG, ARCHIVE_TAG.ARCHIVE_ID, ARCHIVE_TAG.TAG, ARCHIVE_TAG.PASSAGES)
                .values(archiveId, tag, uses.longValue())
                .onConflict(ARCHIVE_TAG.ARCHIVE_ID, ARCHIVE_TAG.TAG)
                .doUpdate()
                .set(ARCHIVE_TAG.PASSAGES, ARCHIVE_TAG.PASSAGES.plus(uses.longValue()))
                .execute());
    }

    static @Nullable Passage find(Tx tx, String id) {
        return byIds(tx, List.of(id)).get(id);
    }

    static Map<String, Passage> byIds(Tx tx, Collection<String> ids) {
        Map<String, Passage> found = new HashMap<>();
        for (Passage passage :
                list(tx, Keyset.from(ORDER, true), PASSAGE.ID.in(ids).and(tx.own(PASSAGE.ORGANIZATION_ID)), 0)) {
            found.put(passage.id(), passage);
        }
        return found;
    }

    static void delete(Tx tx, Passage passage, long change) {
        int rows = tx.sql()
                .deleteFrom(PASSAGE)
                .where(PASSAGE.ID.eq(passage.id()))
                .and(tx.own(PASSAGE.ORGANIZATION_ID))
                .execute();
        if (rows > 0) {
            Map<String, Integer> tags = new TreeMap<>();
            if (passage.tags() != null) {
                passage.tags().forEach(tag -> tags.put(tag, -1));
            }
            count(tx, passage.archiveId(), -1, tags);
            bury(tx, change, "passage", passage.id());
        }
    }

    /** Tells the index what is gone. */
    static void bury(Tx tx, long change, String kind, String id) {
        tx.sql()
                .insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                .values(change, kind, id)
                .execute();
    }

    /** Passages of an archive with cursors in time, whatever the order; an unknown cursor is ignored. */
    static List<Passage> page(
            Tx tx,
            String archiveId,
            @Nullable String containing,
            @Nullable String after,
            @Nullable String before,
            int limit,
            boolean ascending) {
        Condition where = tx.own(PASSAGE.ORGANIZATION_ID)
                .and(PASSAGE.ARCHIVE_ID.eq(archiveId))
                .and(Texts.contains(PASSAGE.TEXT, containing));
        return list(tx, Keyset.inTime(tx, ORDER, after, before, ascending), where, limit);
    }

    /** Passages by their filters alone, and by a piece of their text if asked; archiveId null: of the organisation. Oldest first. */
    static List<Passage> filtered(Tx tx, @Nullable String archiveId, PassageQuery query) {
        Condition where = tx.own(PASSAGE.ORGANIZATION_ID)
                .and(archiveId == null ? noCondition() : PASSAGE.ARCHIVE_ID.eq(archiveId))
                .and(query.from() == null ? noCondition() : PASSAGE.CREATED_AT.ge(query.from()))
                .and(query.until() == null ? noCondition() : PASSAGE.CREATED_AT.le(query.until()))
                .and(query.isBlank() ? noCondition() : Texts.contains(PASSAGE.TEXT, query.text()))
                .and(tagged(query));
        return list(tx, Keyset.from(ORDER, true), where, query.limit());
    }

    /** A tag as JSON text, quotes included, occurs in the stored list only where the list has that very tag. */
    private static Condition tagged(PassageQuery query) {
        Condition any = null;
        for (String tag : query.tags()) {
            Condition one = position(PASSAGE.TAGS, Json.write(tag)).gt(0);
            any = any == null ? one : query.allTags() ? any.and(one) : any.or(one);
        }
        return any == null ? noCondition() : any;
    }

    private static List<Passage> list(Tx tx, Keyset keyset, Condition where, int limit) {
        List<PassageRecord> rows =
                keyset.page(tx.sql().selectFrom(PASSAGE).where(where), limit == 0 ? Keyset.ALL : limit);
        Map<String, @Nullable EmbeddingConfig> configs = configs(tx, rows);
        List<Passage> passages = new ArrayList<>(rows.size());
        for (PassageRecord row : rows) {
            passages.add(passage(row, configs.get(row.getArchiveId())));
        }
        return passages;
    }

    private static Map<String, @Nullable EmbeddingConfig> configs(Tx tx, List<PassageRecord> rows) {
        List<String> archives =
                rows.stream().map(PassageRecord::getArchiveId).distinct().toList();
        Map<String, @Nullable EmbeddingConfig> configs = new HashMap<>();
        if (!archives.isEmpty()) {
            tx.sql()
                    .select(ARCHIVE.ID, ARCHIVE.EMBEDDING_CONFIG)
                    .from(ARCHIVE)
                    .where(ARCHIVE.ID.in(archives))
                    .forEach(row -> configs.put(row.value1(), ArchiveSql.config(row.value2())));
        }
        return configs;
    }

    static List<ArchiveRows.Row> after(Tx tx, String archiveId, @Nullable Passage last, int limit) {
        Condition where = PASSAGE.ARCHIVE_ID.eq(archiveId).and(tx.own(PASSAGE.ORGANIZATION_ID));
        if (last != null) {
            where = where.and(row(PASSAGE.CREATED_AT, PASSAGE.ID).gt(last.createdAt(), last.id()));
        }
        return tx.sql()
                .selectFrom(PASSAGE)
                .where(where)
                .orderBy(PASSAGE.CREATED_AT, PASSAGE.ID)
                .limit(limit)
                .fetch(row -> new ArchiveRows.Row(passage(row, null), row.getEmbeddingModel()));
    }

    private static Passage passage(PassageRecord row, @Nullable EmbeddingConfig config) {
        byte[] embedding = row.getEmbedding();
        return new Passage(
                row.getId(),
                row.getText(),
                row.getArchiveId(),
                row.getTags() == null ? null : Json.read(row.getTags(), STRINGS),
                Json.read(row.getMetadata(), JsonNode.class),
                embedding == null ? null : Vectors.floats(embedding),
                config,
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById(),
                null);
    }
}
