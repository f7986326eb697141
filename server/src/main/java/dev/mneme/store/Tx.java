package dev.mneme.store;

import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.TableField;

/**
 * One open transaction, seen as one organisation. Confined to the work that got it: never kept, never handed to another thread.
 */
public final class Tx {
    private final DSLContext sql;
    private final String organizationId;
    private final List<Runnable> afterCommit = new ArrayList<>(2);

    Tx(DSLContext sql, String organizationId) {
        this.sql = sql;
        this.organizationId = organizationId;
    }

    public DSLContext sql() {
        return sql;
    }

    /** The organisation that rows written here belong to. */
    public String org() {
        return organizationId;
    }

    /** The tenant filter: every query on a table with organization_id carries it, except on system work. */
    public Condition own(TableField<?, String> organizationColumn) {
        return organizationId.equals(Db.EVERY_ORGANIZATION)
                ? org.jooq.impl.DSL.noCondition()
                : organizationColumn.eq(organizationId);
    }

    /** Runs after the commit, on the thread that asked for the write; not at all after a rollback. */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
    }
}
