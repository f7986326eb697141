package dev.mneme.search;

import dev.mneme.base.Clock;
import dev.mneme.base.Scope;
import dev.mneme.search.RowsSql.Passage;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures searches while the index has everything still to read: one archive and one agent with many rows, and a bystander with few.
 *
 * <pre>CatchUpBench FOLDER ROWS DIMENSIONS</pre>
 */
final class CatchUpBench {
    private static final int BATCH = 1_000;
    private static final int TEXT_WORDS = 60;
    private static final int BYSTANDER_ROWS = 100;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Corpus corpus;
    private final int rows;
    private String archive = "";
    private String agent = "";
    private String bystander = "";
    private int asked;

    private CatchUpBench(int rows, int dimensions) {
        this.rows = rows;
        this.corpus = new Corpus(dimensions, 42);
    }

    /** A search that is asked again and again, and what it cost. */
    private record Series(String name, List<Double> wall, List<Double> processor) {
        Series(String name) {
            this(name, new ArrayList<>(), new ArrayList<>());
        }

        void print() {
            double[] ms = wall.stream().mapToDouble(d -> d).sorted().toArray();
            double[] cpu = processor.stream().mapToDouble(d -> d).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "%-18s %4d searches: wall p50 %.1f, p95 %.1f, max %.1f ms; processor p50 %.1f, p95 %.1f ms%n",
                    name,
                    ms.length,
                    ms[ms.length / 2],
                    ms[ms.length * 95 / 100],
                    ms[ms.length - 1],
                    cpu[cpu.length / 2],
                    cpu[cpu.length * 95 / 100]);
        }
    }

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        Files.createDirectories(data);
        try (Db db = Db.open(new StoreOptions(data, null, 1), Clock.system());
                Scope scope = new Scope("bench")) {
            CatchUpBench bench = new CatchUpBench(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            bench.fill(db);
            bench.catchUp(db, data.resolve("index"), scope);
        }
        System.exit(0);
    }

    private void fill(Db db) {
        RowsSql sql = new RowsSql(db);
        bystander = sql.archive();
        archive = sql.archive();
        agent = sql.agent();
        sql.passages(batch(bystander, 0, BYSTANDER_ROWS));
        for (int from = 0; from < rows; from += BATCH) {
            sql.passages(batch(archive, from, Math.min(rows, from + BATCH)));
        }
        List<String> said = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            said.add(corpus.text(row, TEXT_WORDS));
        }
        sql.messages(agent, said);
    }

    private List<Passage> batch(String owner, int from, int to) {
        List<Passage> batch = new ArrayList<>();
        for (int row = from; row < to; row++) {
            batch.add(Passage.of(owner, corpus.text(row, TEXT_WORDS)).with(corpus.vector(row)));
        }
        return batch;
    }

    private void catchUp(Db db, Path folder, Scope scope) throws InterruptedException {
        long begin = System.nanoTime();
        LuceneIndex index = LuceneIndex.open(db, folder, SearchOptions.usual(), scope);
        List<Series> behind = series();
        double first = ask(index, behind);
        while (index.status().waiting() > 0 || index.status().rebuilding()) {
            ask(index, behind);
            Thread.sleep(200);
        }
        System.out.printf(
                Locale.ROOT,
                "%d passages and %d messages taken in after %.1f s; the first four searches took %.0f ms%n",
                rows + BYSTANDER_ROWS,
                rows,
                (System.nanoTime() - begin) / 1e9,
                first);
        behind.forEach(Series::print);
        List<Series> after = series();
        for (int i = 0; i < 50; i++) {
            ask(index, after);
        }
        System.out.println("taken in, graphs not awaited:");
        after.forEach(Series::print);
        index.close();
    }

    private static List<Series> series() {
        return List.of(new Series("hybrid"), new Series("words"), new Series("messages"), new Series("bystander"));
    }

    /** Each kind of search once; returns the ms that all took. */
    private double ask(Index index, List<Series> series) {
        asked++;
        String words = corpus.text(-asked, 4);
        Query[] queries = {
            Ask.passages(words).near(corpus.vector(-asked)).of(archive).query(),
            Ask.passages(words).of(archive).query(),
            Ask.messages(words).of(agent).query(),
            Ask.passages(words).near(corpus.vector(-asked)).of(bystander).query()
        };
        double sum = 0;
        for (int i = 0; i < queries.length; i++) {
            long begin = System.nanoTime();
            long worked = THREADS.getCurrentThreadCpuTime();
            index.search(queries[i]);
            series.get(i).processor().add((THREADS.getCurrentThreadCpuTime() - worked) / 1e6);
            double ms = (System.nanoTime() - begin) / 1e6;
            series.get(i).wall().add(ms);
            sum += ms;
        }
        return sum;
    }
}
