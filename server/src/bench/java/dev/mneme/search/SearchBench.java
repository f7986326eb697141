package dev.mneme.search;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Scope;
import dev.mneme.base.Scratch;
import dev.mneme.search.RowsSql.Passage;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * Measures ingest, search while the index catches up, search after, recall, rebuild.
 *
 * <pre>SearchBench FOLDER OWNERS PASSAGES_EACH DIMENSIONS</pre>
 */
final class SearchBench {
    private static final int BATCH = 100;
    private static final int SAMPLES = 400;
    private static final int TEXT_WORDS = 60;
    private static final int NEIGHBOURS = 10;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Path data;
    private final int owners;
    private final int each;
    private final int dimensions;
    private final Corpus corpus;
    private final List<String> archives = new ArrayList<>();
    private final Map<String, Integer> rowOf = new HashMap<>();

    private SearchBench(Path data, int owners, int each, int dimensions) {
        this.data = data;
        this.owners = owners;
        this.each = each;
        this.dimensions = dimensions;
        this.corpus = new Corpus(dimensions, 42);
    }

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        SearchBench bench =
                new SearchBench(data, Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        Scratch.remove(data);
        Files.createDirectories(data);
        try (Db db = Db.open(new StoreOptions(data, null, 1), Clock.system());
                Scope scope = new Scope("bench")) {
            bench.ingestAndSearch(db, scope);
            bench.rebuild(db, scope);
        }
        Scratch.remove(data);
        System.exit(0);
    }

    private void ingestAndSearch(Db db, Scope scope) throws Exception {
        LuceneIndex index = LuceneIndex.open(db, data.resolve("index"), SearchOptions.usual(), scope);
        RowsSql rows = new RowsSql(db);
        for (int owner = 0; owner < owners; owner++) {
            archives.add(rows.archive());
        }
        int total = owners * each;
        long begin = System.nanoTime();
        long lagRows = 0;
        double worstFind = 0;
        long making = 0;
        for (int from = 0; from < total; from += BATCH) {
            long t = System.nanoTime();
            List<Passage> batch = batch(from, Math.min(total, from + BATCH));
            making += System.nanoTime() - t;
            rows.passages(batch);
            index.nudge();
            if (from / BATCH % 50 == 49) {
                long asked = System.nanoTime();
                Passage last = batch.getLast();
                boolean found = index
                                .search(Ask.passages(last.text())
                                        .of(last.archive())
                                        .query())
                                .stream()
                                .anyMatch(hit -> hit.id().equals(last.id()))
                        && index.search(Ask.passages("")
                                        .near(last.vector())
                                        .of(last.archive())
                                        .query())
                                .getFirst()
                                .id()
                                .equals(last.id());
                if (!found) {
                    throw new IllegalStateException("a committed row was not found");
                }
                worstFind = Math.max(worstFind, (System.nanoTime() - asked) / 1e6);
                lagRows = Math.max(lagRows, index.status().waiting());
            }
        }
        double seconds = (System.nanoTime() - begin - making) / 1e9;
        System.out.printf(
                "ingest %d x %d dims: %.0f/s durable; last row found at once (both halves, worst %.0f ms); most rows behind %d%n",
                total, dimensions, total / seconds, worstFind, lagRows);
        report("at once", index, 100);
        long wait = System.nanoTime();
        while (index.status().waiting() > 0) {
            Thread.sleep(20);
        }
        System.out.printf("all rows taken in %.1f s after the last write%n", (System.nanoTime() - wait) / 1e9);
        report("while linking", index, 200);
        while (index.status().linking()) {
            Thread.sleep(100);
        }
        System.out.printf("linked %.1f s after the last write%n", (System.nanoTime() - wait) / 1e9);
        Thread.sleep(1_000);
        report("warm up", index, SAMPLES);
        report("caught up", index, SAMPLES);
        System.out.printf("recall@%d of the vector half: %.4f%n", NEIGHBOURS, recall(index));
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.out.printf("heap in use %d MB%n", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
        long closing = System.nanoTime();
        index.close();
        System.out.printf(
                "closed in %.2f s, index %d MB on disk%n",
                (System.nanoTime() - closing) / 1e9, size(data.resolve("index")) >> 20);
        long opening = System.nanoTime();
        LuceneIndex again = LuceneIndex.open(db, data.resolve("index"), SearchOptions.usual(), scope);
        double returned = (System.nanoTime() - opening) / 1e6;
        again.status();
        System.out.printf(
                "opened: returned after %.1f ms, ready after %.0f ms%n", returned, (System.nanoTime() - opening) / 1e6);
        again.close();
    }

    private void rebuild(Db db, Scope scope) throws Exception {
        Scratch.remove(data.resolve("index"));
        long begin = System.nanoTime();
        LuceneIndex index = LuceneIndex.open(db, data.resolve("index"), SearchOptions.usual(), scope);
        report("rebuild begins", index, 5);
        while (index.status().waiting() > 0 || index.status().rebuilding()) {
            report("rebuilding", index, 5);
            Thread.sleep(1_000);
        }
        System.out.printf("rebuilt %.1f s after opening%n", (System.nanoTime() - begin) / 1e9);
        report("rebuilt", index, 200);
        index.close();
    }

    private List<Passage> batch(int from, int to) {
        List<Passage> batch = new ArrayList<>();
        for (int row = from; row < to; row++) {
            String id = IdKind.PASSAGE.next();
            rowOf.put(id, row);
            batch.add(new Passage(
                    id,
                    archives.get(row / each),
                    corpus.text(row, TEXT_WORDS),
                    List.of(),
                    corpus.vector(row),
                    RowsSql.EMBEDDER,
                    row));
        }
        return batch;
    }

    private Query hybrid(int sample) {
        return Ask.passages(corpus.text(-1 - sample, 4))
                .near(corpus.vector(-1 - sample))
                .of(archives.get(Math.floorMod(sample * 7919, owners)))
                .query();
    }

    private void report(String when, Index index, int samples) {
        double[] ms = new double[samples];
        double[] cpu = new double[samples];
        Query[] queries = new Query[samples];
        for (int i = 0; i < samples; i++) {
            queries[i] = hybrid(i);
        }
        for (int i = 0; i < samples; i++) {
            long begin = System.nanoTime();
            long worked = THREADS.getCurrentThreadCpuTime();
            index.search(queries[i]);
            ms[i] = (System.nanoTime() - begin) / 1e6;
            cpu[i] = (THREADS.getCurrentThreadCpuTime() - worked) / 1e6;
        }
        Arrays.sort(ms);
        Arrays.sort(cpu);
        Index.IndexStatus status = index.status();
        System.out.printf(
                "%-14s hybrid search: p50 %.2f ms, p95 %.2f ms, max %.1f ms; of it processor time p50 %.2f ms, p95 %.2f ms (held %d, waiting %d%s)%n",
                when,
                ms[samples / 2],
                ms[samples * 95 / 100],
                ms[samples - 1],
                cpu[samples / 2],
                cpu[samples * 95 / 100],
                status.held(),
                status.waiting(),
                status.linking() ? ", linking" : "");
    }

    /** Against exact comparison of full vectors; ties count as hits. */
    private double recall(Index index) {
        int queries = 100;
        double found = 0;
        for (int q = 0; q < queries; q++) {
            int owner = Math.floorMod(q * 7919, owners);
            float[] target = corpus.vector(-1 - q);
            PriorityQueue<Float> best = new PriorityQueue<>();
            for (int row = owner * each; row < (owner + 1) * each; row++) {
                best.add(Entry.cosine(target, vector(row)));
                if (best.size() > NEIGHBOURS) {
                    best.poll();
                }
            }
            float least = best.peek() - 1e-5f;
            found +=
                    index
                            .search(Ask.passages("")
                                    .near(target)
                                    .of(archives.get(owner))
                                    .limit(NEIGHBOURS)
                                    .query())
                            .stream()
                            .filter(hit -> Entry.cosine(target, vector(rowOf.get(hit.id()))) >= least)
                            .count();
        }
        return found / (queries * NEIGHBOURS);
    }

    private final Map<Integer, float[]> kept = new HashMap<>();

    private float[] vector(int row) {
        return kept.computeIfAbsent(row, corpus::vector);
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
