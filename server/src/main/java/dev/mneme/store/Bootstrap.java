package dev.mneme.store;

import static dev.mneme.store.gen.Tables.FILE_PASSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.ORGANIZATION;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static dev.mneme.store.gen.Tables.PERSON;
import static dev.mneme.store.gen.Tables.RUN;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static org.jooq.impl.DSL.max;

import org.jooq.Field;
import org.jooq.Table;

/** What every database holds from the first moment. */
final class Bootstrap {
    private Bootstrap() {}

    /** The newest clock mark stored, so that new ones are greater even if the machine's clock went back. */
    static long newestMark(Tx tx) {
        return Math.max(
                Math.max(newest(tx, MESSAGE, MESSAGE.CHANGE_SEQ), newest(tx, PASSAGE, PASSAGE.CHANGE_SEQ)),
                Math.max(
                        newest(tx, FILE_PASSAGE, FILE_PASSAGE.CHANGE_SEQ),
                        Math.max(newest(tx, TOMBSTONE, TOMBSTONE.CHANGE_SEQ), newest(tx, RUN, RUN.CREATED_AT))));
    }

    private static long newest(Tx tx, Table<?> table, Field<Long> column) {
        Long found = tx.sql().select(max(column)).from(table).fetchOneInto(Long.class);
        return found == null ? 0 : found;
    }

    static void defaults(Tx tx, long now) {
        tx.sql()
                .insertInto(ORGANIZATION, ORGANIZATION.ID, ORGANIZATION.NAME, ORGANIZATION.CREATED_AT)
                .values(Db.DEFAULT_ORGANIZATION, "default_org", now)
                .onConflictDoNothing()
                .execute();
        tx.sql()
                .insertInto(PERSON, PERSON.ID, PERSON.ORGANIZATION_ID, PERSON.NAME, PERSON.CREATED_AT)
                .values(Db.DEFAULT_USER, Db.DEFAULT_ORGANIZATION, "default_user", now)
                .onConflictDoNothing()
                .execute();
    }
}
