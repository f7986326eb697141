package dev.mneme.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Clock;
import dev.mneme.base.Scope;
import dev.mneme.search.RowsSql.Passage;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database is the truth: whatever happens to the index folder, searches are right and the index comes back. */
class IndexDamageTest {
    private static final SearchOptions EAGER = new SearchOptions(16, 10, 50, 20);
    private static final int ROWS = 500;

    @TempDir
    Path home;

    /** A server's life between start and end. */
    private record Life(Db db, RowsSql rows, Scope scope, Index index) implements AutoCloseable {
        static Life begin(Path data) {
            Db db = Db.open(new StoreOptions(data, null, 1), Clock.system());
            Scope scope = new Scope("test");
            return new Life(db, new RowsSql(db), scope, LuceneIndex.open(db, data.resolve("index"), EAGER, scope));
        }

        @Override
        public void close() {
            index.close();
            scope.close();
            db.close();
        }
    }

    private Path data() throws IOException {
        return Files.createDirectories(home.resolve("data"));
    }

    private static List<Passage> fill(Life life) throws InterruptedException {
        String archive = life.rows().archive();
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            passages.add(Passage.of(archive, "story number n" + i).with(i, ROWS - i, 1));
        }
        life.rows().passages(passages);
        life.index().nudge();
        IndexContract.await(life.index());
        return passages;
    }

    private static void check(Index index, List<Passage> passages) {
        for (int i : new int[] {0, 7, 499}) {
            assertThat(Ask.passages("n" + i).in(index))
                    .containsExactly(passages.get(i).id());
            assertThat(Ask.passages("").near(i, ROWS - i, 1).in(index))
                    .first()
                    .isEqualTo(passages.get(i).id());
        }
        assertThat(Ask.passages("story").limit(1000).in(index)).hasSize(ROWS);
    }

    @Test
    void whatVanishedBehindItsBackIsCountedAndMendedByARebuild() throws Exception {
        try (Life life = Life.begin(data())) {
            List<Passage> passages = fill(life);
            assertThat(life.index().amiss()).isZero();
            life.db()
                    .everywhere()
                    .write(tx -> tx.sql()
                            .execute("delete from passage where id = '"
                                    + passages.get(3).id() + "'"));
            assertThat(life.index().amiss()).isEqualTo(1);
            life.index().rebuild();
            assertThat(life.index().amiss()).isZero();
            while (life.index().status().rebuilding()) {
                Thread.onSpinWait();
            }
            IndexContract.await(life.index());
            assertThat(life.index().amiss()).isZero();
            assertThat(Ask.passages("n3").in(life.index())).isEmpty();
            assertThat(Ask.passages("n4").in(life.index())).hasSize(1);
        }
    }

    @Test
    void isTakenUpAgainAfterAnOrderlyEnd() throws Exception {
        List<Passage> passages;
        try (Life life = Life.begin(data())) {
            passages = fill(life);
        }
        try (Life life = Life.begin(data())) {
            assertThat(life.index().status().held()).isEqualTo(ROWS);
            IndexContract.await(life.index());
            check(life.index(), passages);
        }
    }

    @Test
    void isRebuiltWhenMissing() throws Exception {
        List<Passage> passages;
        try (Life life = Life.begin(data())) {
            passages = fill(life);
        }
        Shelf.wipe(data().resolve("index"));
        try (Life life = Life.begin(data())) {
            check(life.index(), passages);
            IndexContract.await(life.index());
            assertThat(life.index().status().held()).isEqualTo(ROWS);
            check(life.index(), passages);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"segments", ".cfs", ".si", ".cfe"})
    void isRebuiltWhenAByteIsWrong(String which) throws Exception {
        List<Passage> passages;
        try (Life life = Life.begin(data())) {
            passages = fill(life);
        }
        for (Path file : files(data().resolve("index"))) {
            if (file.toString().contains(which)) {
                flip(file, Files.size(file) / 2);
            }
        }
        try (Life life = Life.begin(data())) {
            check(life.index(), passages);
            IndexContract.await(life.index());
            check(life.index(), passages);
            assertThat(life.index().status().held()).isEqualTo(ROWS);
        }
    }

    @Test
    void isRebuiltWhenFilesAreCutOrGone() throws Exception {
        List<Passage> passages;
        try (Life life = Life.begin(data())) {
            passages = fill(life);
        }
        boolean cut = false;
        for (Path file : files(data().resolve("index"))) {
            if (file.toString().endsWith(".cfs") || file.toString().endsWith(".vec")) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(channel.size() / 3);
                    cut = true;
                }
            }
        }
        assertThat(cut).isTrue();
        try (Life life = Life.begin(data())) {
            check(life.index(), passages);
        }
        for (Path file : files(data().resolve("index"))) {
            if (!file.getFileName().toString().startsWith("segments")) {
                Files.delete(file);
            }
        }
        try (Life life = Life.begin(data())) {
            check(life.index(), passages);
        }
    }

    @Test
    void goesOnAfterAKillAtAnyMoment() throws Exception {
        try (Life life = Life.begin(data())) {
            String archive = life.rows().archive();
            List<Passage> written = new ArrayList<>();
            for (int kill = 0; kill < 8; kill++) {
                for (int i = 0; i < 40; i++) {
                    Passage passage = Passage.of(archive, "entry k" + kill + "x" + i);
                    life.rows().passage(passage);
                    life.index().nudge();
                    written.add(passage);
                }
                life.rows().deletePassage(written.remove(kill).id());
                Path copy = home.resolve("killed-" + kill);
                copy(data(), copy);
                try (Life after = Life.begin(copy)) {
                    assertThat(Ask.passages("entry").limit(1000).in(after.index()))
                            .containsExactlyInAnyOrderElementsOf(
                                    written.stream().map(Passage::id).toList());
                    IndexContract.await(after.index());
                    assertThat(Ask.passages("entry").limit(1000).in(after.index()))
                            .hasSize(written.size());
                }
            }
        }
    }

    @Test
    void noticesRowsThatWentWithoutATombstone() throws Exception {
        List<Passage> passages;
        try (Life life = Life.begin(data())) {
            passages = fill(life);
        }
        try (Db db = Db.open(new StoreOptions(data(), null, 1), Clock.system())) {
            new RowsSql(db).deletePassageWithoutTombstone(passages.get(7).id());
        }
        try (Life life = Life.begin(data())) {
            waitFor(() -> Ask.passages("n7").in(life.index()).isEmpty());
        }
    }

    @Test
    void noticesAnotherDatabase() throws Exception {
        try (Life life = Life.begin(data())) {
            fill(life);
        }
        for (Path file : files(data())) {
            if (file.getFileName().toString().startsWith("mneme.db")) {
                Files.delete(file);
            }
        }
        try (Life life = Life.begin(data())) {
            assertThat(Ask.passages("story").in(life.index())).isEmpty();
            List<Passage> passages = fill(life);
            check(life.index(), passages);
        }
    }

    @Test
    void survivesTheLossOfItsFolderWhileItRuns() throws Exception {
        try (Life life = Life.begin(data())) {
            List<Passage> passages = fill(life);
            Shelf.wipe(data().resolve("index"));
            Files.delete(data().resolve("index"));
            check(life.index(), passages);
            String late = life.rows().passage(Passage.of(passages.getFirst().archive(), "latecomer"));
            life.index().nudge();
            assertThat(Ask.passages("latecomer").in(life.index())).containsExactly(late);
            waitFor(() -> files(data().resolve("index")).stream()
                    .anyMatch(file -> file.getFileName().toString().startsWith("segments")));
            IndexContract.await(life.index());
            check(life.index(), passages);
            assertThat(Ask.passages("latecomer").in(life.index())).containsExactly(late);
        }
    }

    @Test
    void tombstonesThatTheIndexHasLongTakenInAreForgotten() throws Exception {
        try (Life life = Life.begin(data())) {
            long now = life.db().clock().now();
            life.rows().tombstone(now - 9 * 86_400_000_000L);
            life.rows().tombstone(now - 8 * 86_400_000_000L);
            life.rows().tombstone(now - 1_000_000);
            fill(life);
            waitFor(() -> life.rows().tombstones().equals(List.of(now - 1_000_000)));
        }
        try (Life life = Life.begin(data())) {
            life.rows().passages(List.of(Passage.of(life.rows().archive(), "one more")));
            life.index().nudge();
            IndexContract.await(life.index());
            assertThat(life.rows().tombstones()).hasSize(1);
            assertThat(life.index().status().rebuilding()).isFalse();
        }
    }

    private interface Check {
        boolean holds() throws Exception;
    }

    private static void waitFor(Check check) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!check.holds()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolve("index"));
        // The index first: a database that is newer than its index is what a kill leaves behind.
        for (Path folder : List.of(from.resolve("index"), from)) {
            for (Path file : files(folder)) {
                Path target = to.resolve(from.relativize(file).toString());
                try {
                    Files.copy(file, target);
                } catch (java.nio.file.NoSuchFileException merged) {
                    // deleted since it was listed, as at a kill
                }
            }
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) ~one.get(0));
            one.flip();
            channel.write(one, at);
        }
    }
}
