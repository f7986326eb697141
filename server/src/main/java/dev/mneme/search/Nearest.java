package dev.mneme.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ConjunctionUtils;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** The entries of a reader whose vectors are nearest to one vector. Chooses between graph and scan in each segment. */
final class Nearest {
    /**
     * Entries that fit up to which they are compared one by one (0.5 ms at 1,536 dimensions): finding the few that fit by way of a
     * graph would cost more. So an owner of 1,000 entries costs the same among a million as alone.
     */
    private static final long SCAN = 4_000;

    private final String field;
    private final float[] target;
    private final @Nullable Weight filter;

    /** filter: null when everything fits. */
    Nearest(String field, float[] unitTarget, @Nullable Weight filter) {
        this.field = field;
        this.target = unitTarget;
        this.filter = filter;
    }

    /** The best {@code count} by the cosine of their compact forms, best first; scores are Lucene's (1 + cosine) / 2. */
    List<ScoreDoc> find(List<LeafReaderContext> leaves, int count) throws IOException {
        List<ScoreDoc> all = new ArrayList<>();
        for (LeafReaderContext leaf : leaves) {
            for (ScoreDoc hit : find(leaf.reader(), leaf, count)) {
                all.add(new ScoreDoc(hit.doc + leaf.docBase, hit.score));
            }
        }
        all.sort(Comparator.comparingDouble((ScoreDoc hit) -> -hit.score).thenComparingInt(hit -> hit.doc));
        return all.size() > count ? all.subList(0, count) : all;
    }

    private ScoreDoc[] find(LeafReader reader, LeafReaderContext leaf, int count) throws IOException {
        FloatVectorValues values = reader.getFloatVectorValues(field);
        if (values == null || values.size() == 0) {
            return new ScoreDoc[0];
        }
        if (filter == null) {
            TopKnnCollector best = new TopKnnCollector(count, Integer.MAX_VALUE);
            reader.searchNearestVectors(
                    field, target, best, AcceptDocs.fromLiveDocs(reader.getLiveDocs(), reader.maxDoc()));
            return best.topDocs().scoreDocs;
        }
        ScorerSupplier fits = filter.scorerSupplier(leaf);
        if (fits == null) {
            return new ScoreDoc[0];
        }
        long cost = fits.cost();
        if (cost > SCAN) {
            TopKnnCollector best = new TopKnnCollector(count, (int) Math.min(cost, Integer.MAX_VALUE));
            AcceptDocs accepted = AcceptDocs.fromIteratorSupplier(
                    () -> iterator(filter.scorer(leaf)), reader.getLiveDocs(), reader.maxDoc());
            reader.searchNearestVectors(field, target, best, accepted);
            if (!best.earlyTerminated()) {
                return best.topDocs().scoreDocs;
            }
            fits = filter.scorerSupplier(leaf);
        }
        return fits == null ? new ScoreDoc[0] : scan(values, fits.get(cost).iterator(), reader.getLiveDocs(), count);
    }

    private static DocIdSetIterator iterator(@Nullable Scorer scorer) {
        return scorer == null ? DocIdSetIterator.empty() : scorer.iterator();
    }

    private ScoreDoc[] scan(FloatVectorValues values, DocIdSetIterator fits, @Nullable Bits live, int count)
            throws IOException {
        TopKnnCollector best = new TopKnnCollector(count, Integer.MAX_VALUE);
        VectorScorer scorer = values.scorer(target);
        DocIdSetIterator both = ConjunctionUtils.intersectIterators(List.of(fits, scorer.iterator()));
        for (int doc = both.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = both.nextDoc()) {
            if (live == null || live.get(doc)) {
                best.collect(doc, scorer.score());
            }
        }
        return best.topDocs().scoreDocs;
    }

    /** Exact cosines of some documents of one segment (ascending); NaN where there is no vector. */
    float[] cosines(LeafReader reader, int[] docs) throws IOException {
        float[] cosines = new float[docs.length];
        Arrays.fill(cosines, Float.NaN);
        FloatVectorValues values = reader.getFloatVectorValues(field);
        if (values == null || values.size() == 0) {
            return cosines;
        }
        VectorScorer scorer = values.rescorer(target);
        DocIdSetIterator at = scorer.iterator();
        for (int i = 0; i < docs.length; i++) {
            if ((at.docID() < docs[i] ? at.advance(docs[i]) : at.docID()) == docs[i]) {
                cosines[i] = 2 * scorer.score() - 1;
            }
        }
        return cosines;
    }
}
