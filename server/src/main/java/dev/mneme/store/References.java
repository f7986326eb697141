package dev.mneme.store;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which table refers to which, as the database itself says. */
final class References {
    /** SQLite's own catalogue. */
    private static final String SQLITE = """
            select m.name, f."from", f."table", f."to", f.on_delete = 'SET NULL'
            from sqlite_master m, pragma_foreign_key_list(m.name) f
            where m.type = 'table' order by 1, 2""";

    /** PostgreSQL's; every foreign key of ours has one column. */
    private static final String POSTGRES = """
            select child.relname, mine.attname, parent.relname, theirs.attname, k.confdeltype = 'n'
            from pg_constraint k
            join pg_class child on child.oid = k.conrelid
            join pg_class parent on parent.oid = k.confrelid
            join pg_attribute mine on mine.attrelid = child.oid and mine.attnum = k.conkey[1]
            join pg_attribute theirs on theirs.attrelid = parent.oid and theirs.attnum = k.confkey[1]
            where k.contype = 'f'
              and child.relnamespace = (select oid from pg_namespace where nspname = current_schema())
            order by 1, 2""";

    private References() {}

    /**
     * A foreign key.
     *
     * @param emptied whether the column becomes null when its parent goes; otherwise the row goes along
     */
    record Reference(String table, String column, String parent, String parentColumn, boolean emptied) {}

    static List<Reference> all(Tx tx) {
        boolean sqlite = tx.sql().family() == org.jooq.SQLDialect.SQLITE;
        List<Reference> out = new ArrayList<>();
        for (var row : tx.sql().fetch(sqlite ? SQLITE : POSTGRES)) {
            out.add(new Reference(
                    row.get(0, String.class),
                    row.get(1, String.class),
                    row.get(2, String.class),
                    row.get(3, String.class),
                    row.get(4, boolean.class)));
        }
        return out;
    }

    /** These tables so that each stands behind those that it refers to; by name where that leaves a choice. */
    static List<String> parentsFirst(Set<String> tables, List<Reference> references) {
        Map<String, Set<String>> parents = new TreeMap<>();
        tables.forEach(table -> parents.put(table, new TreeSet<>()));
        for (Reference each : references) {
            Set<String> known = parents.get(each.table());
            if (known != null
                    && tables.contains(each.parent())
                    && !each.parent().equals(each.table())) {
                known.add(each.parent());
            }
        }
        Set<String> out = new LinkedHashSet<>();
        while (out.size() < parents.size()) {
            int before = out.size();
            parents.forEach((table, needs) -> {
                if (out.containsAll(needs)) {
                    out.add(table);
                }
            });
            if (out.size() == before) {
                throw new IllegalStateException("tables refer to each other in a circle: " + parents.keySet());
            }
        }
        return List.copyOf(out);
    }
}
