package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.BLOCK_VERSION;

import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.BlockVersionRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The queries of a block's past. */
final class BlockVersionSql {
    /** Versions kept of a block; older ones are forgotten. An agent that rewrites a block in every turn fills it in a day. */
    static final int KEPT = 100;

    private BlockVersionSql() {}

    /** Keeps what the block held, and forgets what is older than {@link #KEPT} versions. */
    static void keep(Tx tx, Block old, long replacedAt, @Nullable String userId) {
        BlockVersionRecord row = tx.sql().newRecord(BLOCK_VERSION);
        row.setBlockId(old.id());
        row.setOrganizationId(tx.org());
        row.setVersion(old.version());
        row.setLabel(old.label());
        row.setValue(old.value());
        row.setCharLimit(old.limit());
        row.setDescription(old.description());
        row.setReplacedAt(replacedAt);
        row.setReplacedById(userId);
        row.insert();
        List<Long> beyond = tx.sql()
                .select(BLOCK_VERSION.VERSION)
                .from(BLOCK_VERSION)
                .where(BLOCK_VERSION.BLOCK_ID.eq(old.id()))
                .and(tx.own(BLOCK_VERSION.ORGANIZATION_ID))
                .orderBy(BLOCK_VERSION.VERSION.desc())
                .limit(1)
                .offset(KEPT)
                .fetchInto(Long.class);
        if (!beyond.isEmpty()) {
            tx.sql()
                    .deleteFrom(BLOCK_VERSION)
                    .where(BLOCK_VERSION.BLOCK_ID.eq(old.id()))
                    .and(tx.own(BLOCK_VERSION.ORGANIZATION_ID))
                    .and(BLOCK_VERSION.VERSION.le(beyond.getFirst()))
                    .execute();
        }
    }

    /** Newest first. */
    static List<BlockVersion> list(Tx tx, String blockId, int limit) {
        return tx.sql()
                .selectFrom(BLOCK_VERSION)
                .where(BLOCK_VERSION.BLOCK_ID.eq(blockId))
                .and(tx.own(BLOCK_VERSION.ORGANIZATION_ID))
                .orderBy(BLOCK_VERSION.VERSION.desc())
                .limit(limit)
                .fetch(row -> new BlockVersion(
                        row.getVersion(),
                        row.getLabel(),
                        row.getValue(),
                        row.getCharLimit(),
                        row.getDescription(),
                        row.getReplacedAt(),
                        row.getReplacedById()));
    }
}
