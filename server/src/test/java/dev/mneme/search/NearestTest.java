package dev.mneme.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Scope;
import dev.mneme.search.RowsSql.Passage;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recall of the vector half against exact comparison, on seeded clusters great enough that a graph is built. */
class NearestTest {
    private static final int ROWS = 14_000;
    private static final int OWNERS = 4;
    private static final int DIMENSIONS = 48;
    private static final int CLUSTERS = 60;
    private static final int NEIGHBOURS = 10;

    @TempDir
    Path data;

    private final SplittableRandom random = new SplittableRandom(5);
    private final List<float[]> centres = new ArrayList<>();

    @Test
    void findsNearlyAllOfTheNearest() throws Exception {
        for (int i = 0; i < CLUSTERS; i++) {
            centres.add(around(new float[DIMENSIONS]));
        }
        try (Db db = Db.open(new StoreOptions(data, null, 1), Clock.system());
                Scope scope = new Scope("test")) {
            RowsSql rows = new RowsSql(db);
            List<String> archives = new ArrayList<>();
            for (int i = 0; i < OWNERS; i++) {
                archives.add(rows.archive());
            }
            List<Passage> all = new ArrayList<>();
            Map<String, float[]> vectors = new HashMap<>();
            for (int i = 0; i < ROWS; i++) {
                // The first owner has most: its share is found by way of the graph, the others' by comparing.
                String archive = archives.get(i % 10 < 7 ? 0 : 1 + i % (OWNERS - 1));
                Passage passage =
                        new Passage(IdKind.PASSAGE.next(), archive, "", List.of(), member(), RowsSql.EMBEDDER, i);
                all.add(passage);
                vectors.put(passage.id(), passage.vector());
            }
            rows.passages(all);
            Index index = LuceneIndex.open(db, data.resolve("index"), SearchOptions.usual(), scope);
            IndexContract.await(index);
            assertThat(recall(index, archives, all, vectors)).isGreaterThanOrEqualTo(0.97);
            index.close();
        }
    }

    private double recall(Index index, List<String> archives, List<Passage> all, Map<String, float[]> vectors) {
        int asked = 0;
        int found = 0;
        for (int q = 0; q < 60; q++) {
            String archive = archives.get(q % OWNERS);
            float[] target = Entry.unit(member());
            List<Float> best = all.stream()
                    .filter(passage -> passage.archive().equals(archive))
                    .map(passage -> Entry.cosine(target, vectors.get(passage.id())))
                    .sorted(Comparator.reverseOrder())
                    .limit(NEIGHBOURS)
                    .toList();
            List<String> ids =
                    Ask.passages("").near(target).of(archive).limit(NEIGHBOURS).in(index);
            asked += NEIGHBOURS;
            for (String id : ids) {
                found += Entry.cosine(target, vectors.get(id)) >= best.getLast() - 1e-5 ? 1 : 0;
            }
        }
        return found / (double) asked;
    }

    private float[] member() {
        return Entry.unit(around(centres.get(random.nextInt(CLUSTERS))));
    }

    private float[] around(float[] centre) {
        float[] vector = new float[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            vector[i] = (float) (centre[i] + random.nextGaussian() * 0.5);
        }
        return vector;
    }
}
