package dev.mneme.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Clock;
import dev.mneme.store.gen.DefaultSchema;
import dev.mneme.store.gen.Tables;
import dev.mneme.testkit.TestDb;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What backups rely on: an order of tables, a text of rows, migrations that only add (decision 0029). */
class DumpTest {
    @TempDir
    Path folder;

    @Test
    void everyTableOfTheSchemaIsInABackupBehindThoseThatItRefersTo() {
        try (Db db = TestDb.open(folder)) {
            List<String> tables = db.everywhere().read(Dump::tables);
            Set<String> all = new TreeSet<>();
            DefaultSchema.DEFAULT_SCHEMA.getTables().forEach(table -> all.add(table.getName()));
            all.removeAll(Set.of("setting", "lease", "tombstone"));
            assertThat(tables).containsExactlyInAnyOrderElementsOf(all);
            List<References.Reference> references = db.everywhere().read(References::all);
            assertThat(references).hasSizeGreaterThan(40);
            assertThat(references)
                    .allSatisfy(key -> assertThat(tables.indexOf(key.parent()))
                            .as(key.toString())
                            .isNotNegative()
                            .isLessThan(tables.indexOf(key.table())));
            assertThat(references)
                    .contains(new References.Reference("conversation_block", "block_id", "block", "id", true))
                    .contains(new References.Reference("agent_tag", "agent_id", "agent", "id", false));
        }
    }

    @Test
    void tablesThatReferToEachOtherInACircleAreTold() {
        assertThatThrownBy(() -> References.parentsFirst(
                        Set.of("a", "b"),
                        List.of(
                                new References.Reference("a", "x", "b", "id", false),
                                new References.Reference("b", "y", "a", "id", false))))
                .hasMessageContaining("circle");
    }

    @Test
    void columnsThatAnOlderBackupLacksKeepTheirStandardValueAndUnknownOnesAreRefused() {
        Clock clock = Clock.system();
        try (Db db = TestDb.open(folder)) {
            String rows = "[\"id\",\"name\",\"created_at\"]\n[\"org-1\",\"one\",7]\n";
            assertThat(read(db, clock, "organization", rows)).isEqualTo(1);
            assertThatThrownBy(() -> read(db, clock, "organization", "[\"id\",\"colour\"]\n[\"org-2\",\"red\"]\n"))
                    .isInstanceOf(Dump.Unreadable.class)
                    .hasMessageContaining("colour");
            assertThatThrownBy(() -> read(db, clock, "organization", "[\"id\",\"name\",\"created_at\"]\n[\"org-3\"]\n"))
                    .isInstanceOf(Dump.Unreadable.class);
            assertThatThrownBy(() -> read(db, clock, "organization", "{\"id\":3}"))
                    .isInstanceOf(Dump.Unreadable.class);
            int organizations = db.everywhere().read(tx -> tx.sql().fetchCount(Tables.ORGANIZATION));
            assertThat(organizations).isEqualTo(2);
        }
    }

    private static long read(Db db, Clock clock, String table, String rows) {
        return db.everywhere()
                .write(tx -> Dump.read(
                        tx,
                        clock,
                        table,
                        new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8)),
                        secret -> secret));
    }

    /**
     * A restore puts rows of an older schema into the newest tables, so a migration that changes rows, or takes something away, would be
     * missed by them. An index holds nothing of its own. Who needs such a one teaches {@link Dump} to do the same to rows that are read.
     */
    @Test
    void migrationsOnlyAdd() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db"))) {
            List<String> changing = files.filter(
                            file -> read(file)
                                    .replaceAll("--[^\n]*", "")
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .matches(
                                            "(?s).*(^|;)\\s*(update|insert|delete|drop (?!index)|alter table \\w+ (rename|drop))\\b.*"))
                    .map(file -> file.getFileName().toString())
                    .toList();
            assertThat(changing).isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
