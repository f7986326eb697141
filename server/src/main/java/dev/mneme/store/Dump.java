package dev.mneme.store;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.ARCHIVE;
import static dev.mneme.store.gen.Tables.CONTEXT_HEAD;
import static dev.mneme.store.gen.Tables.FOLDER;
import static dev.mneme.store.gen.Tables.FOLDER_FILE;
import static dev.mneme.store.gen.Tables.LEASE;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.ORGANIZATION;
import static dev.mneme.store.gen.Tables.PERSON;
import static dev.mneme.store.gen.Tables.SETTING;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static dev.mneme.store.gen.Tables.TOOL;
import static org.jooq.impl.DSL.max;

import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.store.gen.DefaultSchema;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.Table;

/** All rows of a database taken out and put in, in a form that SQLite and PostgreSQL share (decision 0029). */
public final class Dump {
    /** What belongs to a server and not to its data: its password, who works now, what its index must forget. */
    private static final Set<String> STAYS = Set.of(SETTING.getName(), LEASE.getName(), TOMBSTONE.getName());

    /** What a server holds that nobody has used: the first organisation and user, and the tools that come with it. */
    private static final Set<String> FROM_THE_START = Set.of(ORGANIZATION.getName(), PERSON.getName(), TOOL.getName());

    private Dump() {}

    /** The tables that a dump holds, each behind those that it refers to. */
    public static List<String> tables(Tx tx) {
        Set<String> names = new TreeSet<>();
        DefaultSchema.DEFAULT_SCHEMA.getTables().forEach(table -> names.add(table.getName()));
        names.removeAll(STAYS);
        return References.parentsFirst(names, References.all(tx));
    }

    /** The versions of the schema that this program knows. */
    public static Set<String> versions() {
        return new TreeSet<>(Migrations.versions());
    }

    /** Gives out the rows of a table; answers how many. */
    public static long write(Tx tx, String table, OutputStream out) {
        return new TableText(named(table)).write(tx, out);
    }

    private static Table<?> named(String name) {
        return DefaultSchema.DEFAULT_SCHEMA.getTables().stream()
                .filter(table -> table.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no table " + name));
    }

    /** Uploads that wait in the data folder to be read. */
    public static List<String> uploads(Tx tx) {
        return tx.sql()
                .select(FOLDER_FILE.ID)
                .from(FOLDER_FILE)
                .where(FOLDER_FILE.SPOOLED.isTrue())
                .fetch(FOLDER_FILE.ID);
    }

    /** Whether nobody has made anything in this database yet. */
    public static boolean untouched(Tx tx) {
        for (String table : tables(tx)) {
            if (!FROM_THE_START.contains(table) && tx.sql().fetchExists(named(table))) {
                return false;
            }
        }
        return !tx.sql().fetchExists(TOOL, TOOL.SOURCE_CODE.isNotNull());
    }

    /**
     * Empties every table that a dump fills, and tells indexes to forget what was in them. Other writers wait from here on until the end of
     * the transaction.
     *
     * @throws Problem 409 when another server works on a run in this database
     */
    public static void clear(Tx tx, Clock clock, String owner) {
        List<String> names = tables(tx);
        if (tx.sql().family() == SQLDialect.POSTGRES) {
            tx.sql().execute("lock table " + String.join(", ", names) + ", lease in exclusive mode");
        }
        if (tx.sql().fetchExists(LEASE, LEASE.OWNER.ne(owner).and(LEASE.UNTIL.gt(clock.now())))) {
            throw new Problem(
                    ProblemCode.BUSY,
                    "Another server on this database is working on runs. Stop it, then restore again. Nothing was changed.");
        }
        bury(tx, clock, AGENT, AGENT.ID, "agent");
        bury(tx, clock, ARCHIVE, ARCHIVE.ID, "archive");
        bury(tx, clock, FOLDER, FOLDER.ID, "folder");
        tx.sql().deleteFrom(LEASE).execute();
        for (String name : names.reversed()) {
            tx.sql().deleteFrom(named(name)).execute();
        }
    }

    private static void bury(Tx tx, Clock clock, Table<?> table, Field<String> id, String kind) {
        for (String gone : tx.sql().select(id).from(table).fetch(id)) {
            tx.sql()
                    .insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                    .values(clock.next(), kind, gone)
                    .execute();
        }
    }

    /**
     * Puts rows into an empty table; answers how many. What indexes and memories follow gets new marks, so that they take it in.
     *
     * @param sealed makes a secret of this server of one of the dump's
     * @throws Unreadable when the text is not what {@link #write} gives out for this table
     */
    public static long read(Tx tx, Clock clock, String table, InputStream in, UnaryOperator<String> sealed) {
        return new TableText(named(table)).read(tx, in, (column, value) -> {
            if (column.equals("change_seq") || (table.equals(CONTEXT_HEAD.getName()) && column.equals("revision"))) {
                return clock.next();
            }
            return column.endsWith("_enc") && value instanceof String text ? sealed.apply(text) : value;
        });
    }

    /** The text of a table that is not what a dump gives out. */
    public static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Makes what was put in this server's own: uploads that wait are its to read, and its clock goes on behind the newest row.
     *
     * @param owner the id of this installation
     */
    public static void adopt(Tx tx, Clock clock, String owner) {
        tx.sql()
                .update(FOLDER_FILE)
                .set(FOLDER_FILE.OWNER, owner)
                .set(FOLDER_FILE.LEASE_UNTIL, 0L)
                .execute();
        Long newest = tx.sql().select(max(MESSAGE.CREATED_AT)).from(MESSAGE).fetchOneInto(Long.class);
        clock.after(Math.max(Bootstrap.newestMark(tx), newest == null ? 0 : newest));
        Bootstrap.defaults(tx, clock.next());
    }

    /** Rows that refer to something that is gone, for each foreign key; mend: and takes them away, or the reference from them. */
    public static List<Orphans> orphans(Tx tx, boolean mend) {
        List<Orphans> out = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<References.Reference> all = References.all(tx);
        for (String table : tables(tx)) {
            for (References.Reference key : all) {
                if (key.table().equals(table) && seen.add(table + '.' + key.column())) {
                    long rows = OrphanRows.count(tx, key);
                    if (rows > 0) {
                        out.add(new Orphans(table, key.parent(), rows));
                        if (mend) {
                            OrphanRows.mend(tx, key);
                        }
                    }
                }
            }
        }
        return out;
    }

    /** So many rows of a table refer to rows of a parent that are not there. */
    public record Orphans(String table, String parent, long rows) {}
}
