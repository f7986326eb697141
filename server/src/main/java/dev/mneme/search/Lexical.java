package dev.mneme.search;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.search.Weight;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.util.SmallFloat;
import org.jspecify.annotations.Nullable;

/** BM25 over a view and the rows that are not in it yet, scored alike: both count in the word statistics. */
final class Lexical {
    /** BM25's saturation and length parameters (decision 0010). */
    static final float K1 = 1.2f;

    static final float B = 0.75f;

    private final String field;
    private final List<String> terms;
    private final List<Backlog.Fresh> fresh;
    private final Searcher searcher;
    private final org.apache.lucene.search.Query query;
    private @Nullable Weight weight;

    Lexical(IndexReader reader, Probe probe, List<Backlog.Fresh> fresh) {
        this.field = Layout.text(probe.query().kind());
        this.terms = probe.terms();
        this.fresh = fresh;
        this.searcher = new Searcher(reader);
        searcher.setSimilarity(new BM25Similarity(K1, B));
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        for (String term : terms) {
            any.add(new TermQuery(new Term(field, term)), Occur.SHOULD);
        }
        this.query = any.build();
    }

    IndexSearcher searcher() {
        return searcher;
    }

    /** The best of the view, best first. filter: null when everything fits. */
    List<ScoreDoc> find(org.apache.lucene.search.@Nullable Query filter, int count) throws IOException {
        if (terms.isEmpty()) {
            return List.of();
        }
        org.apache.lucene.search.Query filtered = filter == null
                ? query
                : new BooleanQuery.Builder()
                        .add(query, Occur.MUST)
                        .add(filter, Occur.FILTER)
                        .build();
        return List.of(searcher.search(filtered, count).scoreDocs);
    }

    /** Scores of some documents of one segment (ascending); 0 where no term occurs. */
    float[] scores(LeafReaderContext leaf, int[] docs) throws IOException {
        float[] scores = new float[docs.length];
        if (terms.isEmpty()) {
            return scores;
        }
        if (weight == null) {
            weight = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE, 1);
        }
        Scorer scorer = weight.scorer(leaf);
        if (scorer == null) {
            return scores;
        }
        DocIdSetIterator at = scorer.iterator();
        for (int i = 0; i < docs.length; i++) {
            if ((at.docID() < docs[i] ? at.advance(docs[i]) : at.docID()) == docs[i]) {
                scores[i] = scorer.score();
            }
        }
        return scores;
    }

    /** Scores of the rows that are not in the view, in their order; by Lucene's formula. */
    float[] freshScores() throws IOException {
        float[] scores = new float[fresh.size()];
        if (terms.isEmpty() || fresh.isEmpty()) {
            return scores;
        }
        CollectionStatistics all = searcher.collectionStatistics(field);
        if (all == null) {
            return scores;
        }
        float average = (float) (all.sumTotalTermFreq() / (double) all.docCount());
        for (int t = 0; t < terms.size(); t++) {
            double idf = rarity(t, all.docCount());
            for (int i = 0; i < scores.length; i++) {
                int count = fresh.get(i).counts()[t];
                if (count > 0) {
                    int length = SmallFloat.byte4ToInt(
                            SmallFloat.intToByte4(fresh.get(i).length()));
                    scores[i] += (float) (idf * count / (count + K1 * (1 - B + B * length / average)));
                }
            }
        }
        return scores;
    }

    /** The score that no text surpasses: every term of the query, very often. 0 when nothing has text. */
    double ideal() throws IOException {
        CollectionStatistics all = searcher.collectionStatistics(field);
        double sum = 0;
        for (int t = 0; all != null && t < terms.size(); t++) {
            sum += rarity(t, all.docCount());
        }
        return sum;
    }

    /** BM25's idf of a term. */
    private double rarity(int term, long docs) throws IOException {
        long frequency = searcher.getIndexReader().docFreq(new Term(field, terms.get(term))) + searcher.freshDocs(term);
        return Math.log(1 + (docs - frequency + 0.5) / (frequency + 0.5));
    }

    /** Counts the fresh rows into the statistics of words. */
    private final class Searcher extends IndexSearcher {
        Searcher(IndexReader reader) {
            super(reader);
        }

        int freshDocs(int term) {
            int docs = 0;
            for (Backlog.Fresh row : fresh) {
                docs += row.typical() && row.counts()[term] > 0 ? 1 : 0;
            }
            return docs;
        }

        @Override
        public TermStatistics termStatistics(Term term, int docFreq, long totalTermFreq) throws IOException {
            int at = term.field().equals(field) ? terms.indexOf(term.text()) : -1;
            int more = at < 0 ? 0 : freshDocs(at);
            return super.termStatistics(term, docFreq + more, totalTermFreq + more);
        }

        @Override
        public @Nullable CollectionStatistics collectionStatistics(String name) throws IOException {
            CollectionStatistics base = super.collectionStatistics(name);
            if (!name.equals(field)) {
                return base;
            }
            long docs = 0;
            long tokens = 0;
            for (Backlog.Fresh row : fresh) {
                if (row.typical()) {
                    docs += row.length() > 0 ? 1 : 0;
                    tokens += row.tokens();
                }
            }
            if (docs == 0) {
                return base;
            }
            return base == null
                    ? new CollectionStatistics(name, docs, docs, tokens, tokens)
                    : new CollectionStatistics(
                            name,
                            base.maxDoc() + docs,
                            base.docCount() + docs,
                            base.sumTotalTermFreq() + tokens,
                            base.sumDocFreq() + tokens);
        }
    }
}
