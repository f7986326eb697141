package dev.mneme.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;

import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** Rows whose parent is missing: a database that was changed by hand, or copied while it was written. */
final class OrphanRows {
    private OrphanRows() {}

    static long count(Tx tx, References.Reference key) {
        return tx.sql().fetchCount(child(key), orphaned(key));
    }

    static void mend(Tx tx, References.Reference key) {
        if (key.emptied()) {
            tx.sql()
                    .update(child(key))
                    .setNull(column(key))
                    .where(orphaned(key))
                    .execute();
        } else {
            tx.sql().deleteFrom(child(key)).where(orphaned(key)).execute();
        }
    }

    private static Table<Record> child(References.Reference key) {
        return table(name(key.table()));
    }

    private static Field<Object> column(References.Reference key) {
        return field(name(key.table(), key.column()));
    }

    private static Condition orphaned(References.Reference key) {
        Table<Record> parent = table(name(key.parent())).as("parent");
        return column(key)
                .isNotNull()
                .and(notExists(selectOne()
                        .from(parent)
                        .where(field(name("parent", key.parentColumn())).eq(column(key)))));
    }
}
