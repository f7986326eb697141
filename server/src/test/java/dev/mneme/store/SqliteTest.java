package dev.mneme.store;

import static dev.mneme.store.gen.Tables.PERSON;
import static dev.mneme.store.gen.Tables.SETTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.noCondition;

import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jooq.Condition;
import org.jooq.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is true of SQLite only: the one writer, its groups, and the failures of a file. */
class SqliteTest {
    @TempDir
    Path folder;

    Db db;

    @BeforeEach
    void open() {
        db = Db.open(new StoreOptions(folder, null, 1), Clock.system());
    }

    @AfterEach
    void close() {
        db.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            select * from passage where id in ('a', 'b', 'c') and organization_id = 'o' | sqlite_autoindex_passage_1 (id=?)
            select * from message where id in ('a', 'b', 'c') and organization_id = 'o' | sqlite_autoindex_message_1 (id=?)
            select * from message where agent_id = 'a' and id in ('a', 'b', 'c')        | sqlite_autoindex_message_1 (id=?)
            select * from block where id in ('a', 'b', 'c') and organization_id = 'o'   | sqlite_autoindex_block_1 (id=?)
            select * from message where agent_id = 'a' and organization_id = 'o' order by created_at, id limit 5 | message_by_agent (agent_id=?)
            select * from passage where archive_id = 'a' and organization_id = 'o' and change_seq > 5 order by change_seq desc limit 5 | passage_by_archive_change (archive_id=? AND change_seq>?)
            select * from agent where organization_id = 'o' and name = 'n'              | agent_by_name (organization_id=? AND name=?)
            select * from agent where organization_id = 'o' order by created_at limit 5 | agent_listed (organization_id=?)
            select * from agent where organization_id = 'o' and (hidden is null or hidden = 0) and name like '%a%' order by created_at, id limit 5 | agent_listed (organization_id=?)
            select * from agent where organization_id = 'o' order by coalesce(agent.last_run_completion, -1) desc, id desc limit 5 | agent_by_last_run (organization_id=?)
            select count(*) from agent where organization_id = 'o' and (hidden is null or hidden = 0) | agent_listed (organization_id=?)
            """)
    void looksUpWhatIsAskedForAndReadsNotAllOfAnOrganisation(String query, String index) {
        assertThat(plan(query)).containsPattern("USING (COVERING )?INDEX " + Pattern.quote(index));
        db.close();
        open();
        assertThat(plan(query)).containsPattern("USING (COVERING )?INDEX " + Pattern.quote(index));
    }

    private String plan(String query) {
        return db.everywhere()
                .read(tx -> tx.sql().fetch("explain query plan " + query).getValues("detail", String.class))
                .toString();
    }

    private int count(Table<?> table, Condition condition) {
        return db.everywhere().read(tx -> tx.sql().fetchCount(table, condition));
    }

    private static String value(Tx tx, String name) {
        return tx.sql()
                .select(SETTING.VALUE)
                .from(SETTING)
                .where(SETTING.NAME.eq(name))
                .fetchOne(SETTING.VALUE);
    }

    private static int put(Tx tx, String name, String value) {
        return tx.sql()
                .insertInto(SETTING, SETTING.NAME, SETTING.VALUE)
                .values(name, value)
                .execute();
    }

    @Test
    void aFailingWriteTakesNothingWithItAndHarmsNoNeighbour() {
        List<Callable<Boolean>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int n = i;
            writes.add(() -> {
                try {
                    db.everywhere().write(tx -> {
                        put(tx, "k" + n, "v");
                        if (n % 3 == 0) {
                            throw new IllegalStateException("planned");
                        }
                        return true;
                    });
                    return true;
                } catch (IllegalStateException planned) {
                    return false;
                }
            });
        }
        try (Scope scope = new Scope("test")) {
            assertThat(scope.all(writes).stream().filter(ok -> ok)).hasSize(133);
        }
        assertThat(count(SETTING, SETTING.NAME.like("k%"))).isEqualTo(133);
        assertThat(count(SETTING, SETTING.NAME.eq("k3"))).isZero();
    }

    @Test
    void afterCommitRunsOnlyAfterACommit() {
        AtomicBoolean ran = new AtomicBoolean();
        assertThatThrownBy(() -> db.everywhere().write(tx -> {
                    tx.afterCommit(() -> ran.set(true));
                    throw new IllegalStateException("planned");
                }))
                .hasMessage("planned");
        assertThat(ran).isFalse();
        db.everywhere().write(tx -> {
            tx.afterCommit(() -> ran.set(true));
            return true;
        });
        assertThat(ran).isTrue();
    }

    @Test
    void aViolatedConstraintIsAConflict() {
        db.everywhere().write(tx -> put(tx, "once", "a"));
        assertThatThrownBy(() -> db.everywhere().write(tx -> put(tx, "once", "b")))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo(ProblemCode.CONFLICT));
        assertThat(db.everywhere().<String>read(tx -> value(tx, "once"))).isEqualTo("a");
    }

    @Test
    void aFullDiskIsSaidAndNothingIsHalfStored() {
        db.everywhere().write(tx -> {
            int pages = tx.sql().fetchOne("pragma page_count").get(0, Integer.class);
            return tx.sql().fetch("pragma max_page_count = " + (pages + 2));
        });
        assertThatThrownBy(() -> db.everywhere().write(tx -> {
                    put(tx, "first", "small");
                    return put(tx, "big", "x".repeat(1 << 20));
                }))
                .isInstanceOfSatisfying(Problem.class, p -> {
                    assertThat(p.code()).isEqualTo(ProblemCode.STORAGE_FULL);
                    assertThat(p.detail()).contains("full", "free some space");
                });
        assertThat(count(SETTING, SETTING.NAME.eq("first"))).isZero();
        db.everywhere().write(tx -> put(tx, "later", "fits again"));
        assertThat(db.everywhere().<String>read(tx -> value(tx, "later"))).isEqualTo("fits again");
    }

    /** The driver closes a kept statement that failed so: the reason must come through, and the statement must not be used again. */
    @Test
    void aFullDiskIsSaidByKeptStatementsTooAndTheyWorkAgain() {
        Prepared insert = Prepared.of(
                sql -> sql.insertInto(SETTING, SETTING.NAME, SETTING.VALUE).values("", ""));
        db.everywhere().write(tx -> {
            int pages = tx.sql().fetchOne("pragma page_count").get(0, Integer.class);
            tx.sql().fetch("pragma max_page_count = " + (pages + 2));
            return tx.run(insert, "kept", "small");
        });
        assertThatThrownBy(() -> db.everywhere().write(tx -> tx.run(insert, "big", "x".repeat(1 << 20))))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo(ProblemCode.STORAGE_FULL));
        db.everywhere().write(tx -> tx.run(insert, "later", "fits again"));
        assertThat(db.everywhere().<String>read(tx -> value(tx, "later"))).isEqualTo("fits again");
        assertThat(db.everywhere().<String>read(tx -> value(tx, "kept"))).isEqualTo("small");
        assertThatThrownBy(() -> db.everywhere().write(tx -> tx.run(insert, "later", "once more")))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo(ProblemCode.CONFLICT));
    }

    @Test
    void aDatabaseLockedByAnotherProcessIsSaid() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("mneme.db"))) {
            other.createStatement().execute("begin exclusive");
            assertThatThrownBy(() -> db.everywhere().write(tx -> put(tx, "a", "b")))
                    .isInstanceOfSatisfying(Problem.class, p -> {
                        assertThat(p.code()).isEqualTo(ProblemCode.UNAVAILABLE);
                        assertThat(p.detail()).contains("locked by another process");
                    });
            other.createStatement().execute("rollback");
        }
        db.everywhere().write(tx -> put(tx, "a", "b"));
        assertThat(db.everywhere().<String>read(tx -> value(tx, "a"))).isEqualTo("b");
    }

    @Test
    void whatWasAcknowledgedIsThereAfterReopening() {
        db.everywhere().write(tx -> put(tx, "kept", "yes"));
        db.close();
        db = Db.open(new StoreOptions(folder, null, 1), Clock.system());
        assertThat(db.everywhere().<String>read(tx -> value(tx, "kept"))).isEqualTo("yes");
        assertThat(count(PERSON, noCondition())).isEqualTo(1);
        assertThat(Files.exists(folder.resolve("mneme.db"))).isTrue();
    }

    @Test
    void afterClosingWritesAreRefused() {
        db.close();
        assertThatThrownBy(() -> db.everywhere().write(tx -> put(tx, "a", "b")))
                .isInstanceOfSatisfying(
                        Problem.class, p -> assertThat(p.detail()).contains("shutting down"));
    }
}
