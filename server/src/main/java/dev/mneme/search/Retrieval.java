package dev.mneme.search;

import dev.mneme.search.Index.Hit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/** One search: both halves over a view and the rows that are not in it yet, fused. Used once, by one thread. */
final class Retrieval {
    /** Least and most candidates of each half. A candidate of one half gets its score of the other as well. */
    private static final int LEAST = 100;

    private static final int MOST = 1_000;

    /** So many times the candidates where vectors are compared by one bit a dimension; the floats choose among them. */
    private static final int COARSE_FACTOR = 4;

    private final IndexReader reader;
    private final Probe probe;
    private final Check check;
    private final int depth;
    private Backlog backlog;
    private Lexical lexical;

    /** Asks the database about rows that the view holds: {@link Backlog#checked}. */
    interface Check {
        Backlog of(Backlog known, List<String> ids);
    }

    Retrieval(IndexReader reader, Probe probe, Backlog backlog, Check check) {
        this.reader = reader;
        this.probe = probe;
        this.backlog = backlog;
        this.check = check;
        this.lexical = new Lexical(reader, probe, backlog.fresh());
        this.depth = Math.clamp(probe.query().limit() * 3L, LEAST, MOST);
    }

    /** What is known of an entry that one of the halves found. */
    private static final class Candidate {
        final int doc;
        String id;
        float text = Float.NaN;
        float cosine = Float.NaN;
        boolean nearest;
        int textRank;
        int vectorRank;

        Candidate(int doc, String id) {
            this.doc = doc;
            this.id = id;
        }
    }

    List<Hit> hits() throws IOException {
        List<Candidate> found = candidates(Set.of());
        check(found);
        if (!backlog.stale().isEmpty() && found.stream().anyMatch(this::stale)) {
            found = candidates(backlog.stale());
            check(found);
            found.removeIf(this::stale);
        }
        return fuse(found);
    }

    /** Where not every changed row is known, those that were found are asked about. */
    private void check(List<Candidate> found) {
        List<String> held = new ArrayList<>();
        for (Candidate candidate : found) {
            if (candidate.doc >= 0) {
                held.add(candidate.id);
            }
        }
        if (!backlog.whole() && !held.isEmpty()) {
            backlog = check.of(backlog, held);
            lexical = new Lexical(reader, probe, backlog.fresh());
        }
    }

    private boolean stale(Candidate candidate) {
        return candidate.doc >= 0 && backlog.stale().contains(candidate.id);
    }

    private List<Candidate> candidates(Set<String> stale) throws IOException {
        IndexSearcher searcher = lexical.searcher();
        var filter = Sieve.of(probe.query(), backlog.gone(), stale, reader);
        Map<Integer, Candidate> byDoc = new HashMap<>();
        for (ScoreDoc hit : lexical.find(filter, depth)) {
            at(byDoc, hit.doc).text = hit.score;
        }
        Nearest nearest = null;
        if (probe.field() != null && probe.target() != null) {
            Weight weight = filter == null
                    ? null
                    : searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
            nearest = new Nearest(probe.field(), probe.target(), weight);
            int wanted = Layout.coarse(probe.field()) ? depth * COARSE_FACTOR : depth;
            for (ScoreDoc hit : nearest.find(reader.leaves(), wanted)) {
                at(byDoc, hit.doc).nearest = true;
            }
        }
        List<Candidate> all = new ArrayList<>(byDoc.values());
        all.sort(Comparator.comparingInt(candidate -> candidate.doc));
        complete(all, nearest);
        float[] scores = lexical.freshScores();
        for (int i = 0; i < scores.length; i++) {
            Backlog.Fresh row = backlog.fresh().get(i);
            if (scores[i] > 0 || !Float.isNaN(row.cosine())) {
                Candidate candidate = new Candidate(-1, row.id());
                candidate.text = scores[i];
                candidate.cosine = row.cosine();
                candidate.nearest = !Float.isNaN(row.cosine());
                all.add(candidate);
            }
        }
        return all;
    }

    private static Candidate at(Map<Integer, Candidate> byDoc, int doc) {
        return byDoc.computeIfAbsent(doc, key -> new Candidate(key, ""));
    }

    /** Fills in ids and the scores of the other half; the candidates come in order of document. */
    private void complete(List<Candidate> sorted, @Nullable Nearest nearest) throws IOException {
        int from = 0;
        while (from < sorted.size()) {
            LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(sorted.get(from).doc, reader.leaves()));
            int end = from;
            while (end < sorted.size()
                    && sorted.get(end).doc < leaf.docBase + leaf.reader().maxDoc()) {
                end++;
            }
            List<Candidate> here = sorted.subList(from, end);
            int[] docs = here.stream()
                    .mapToInt(candidate -> candidate.doc - leaf.docBase)
                    .toArray();
            float[] texts = lexical.scores(leaf, docs);
            float[] cosines = nearest == null ? null : nearest.cosines(leaf.reader(), docs);
            BinaryDocValues ids = leaf.reader().getBinaryDocValues(Layout.ID);
            for (int i = 0; i < docs.length; i++) {
                Candidate candidate = here.get(i);
                candidate.text = texts[i];
                candidate.cosine = cosines == null ? Float.NaN : cosines[i];
                if (ids.advanceExact(docs[i])) {
                    candidate.id = ids.binaryValue().utf8ToString();
                }
            }
            from = end;
        }
    }

    private List<Hit> fuse(List<Candidate> found) throws IOException {
        List<Candidate> byText = new ArrayList<>(found);
        byText.removeIf(candidate -> !(candidate.text > 0));
        byText.sort(Comparator.comparingDouble((Candidate candidate) -> -candidate.text)
                .thenComparing(c -> c.id));
        List<Candidate> byVector = new ArrayList<>(found);
        byVector.removeIf(candidate -> !candidate.nearest);
        byVector.sort(Comparator.comparingDouble((Candidate candidate) -> -candidate.cosine)
                .thenComparing(c -> c.id));
        for (int i = 0; i < Math.min(depth, byText.size()); i++) {
            byText.get(i).textRank = i + 1;
        }
        for (int i = 0; i < Math.min(depth, byVector.size()); i++) {
            byVector.get(i).vectorRank = i + 1;
        }
        Fusion fusion = new Fusion(
                !probe.terms().isEmpty(),
                probe.target() != null,
                lexical.ideal(),
                byVector.stream().mapToDouble(candidate -> candidate.cosine));
        List<Hit> hits = new ArrayList<>();
        for (Candidate candidate : found) {
            if (candidate.textRank > 0 || candidate.vectorRank > 0) {
                hits.add(new Hit(
                        candidate.id,
                        fusion.score(Math.max(0, candidate.text), candidate.cosine),
                        candidate.textRank,
                        candidate.vectorRank));
            }
        }
        hits.sort(Comparator.comparingDouble((Hit hit) -> -hit.score()).thenComparing(Hit::id));
        return hits.size() > probe.query().limit()
                ? List.copyOf(hits.subList(0, probe.query().limit()))
                : hits;
    }
}
