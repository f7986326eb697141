package dev.mneme.search;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.CharArrayMap;
import org.jspecify.annotations.Nullable;

/**
 * What a query looks for, ready to be compared. Immutable.
 *
 * @param terms distinct terms of the text after analysis; empty when the keyword half is not used
 * @param places of the terms in their list
 * @param field the vector field to compare with; null when the vector half is not used
 * @param target the query's vector, unit length; null as field
 */
record Probe(
        Query query,
        List<String> terms,
        CharArrayMap<Integer> places,
        @Nullable String field,
        float @Nullable [] target) {
    /** Distinct terms compared, the first ones of a longer text: beyond, a query names no subject any more. */
    private static final int MAX_TERMS = 128;

    /** Without a usable vector every mode is keyword search; without text every mode is vector search. */
    static Probe of(Query query, Words words) {
        float[] raw = query.vector();
        float[] target = raw == null || query.mode() == Query.Mode.TEXT ? null : Entry.unit(raw);
        String name = query.vectorName();
        if (name == null) {
            target = null;
        }
        boolean useText = target == null || query.mode() != Query.Mode.VECTOR;
        List<String> terms = new ArrayList<>();
        if (useText) {
            terms.addAll(words.count(query.text()).terms().keySet());
        }
        String field = target == null || name == null ? null : Layout.vector(query.kind(), name, target.length);
        List<String> first = List.copyOf(terms.size() > MAX_TERMS ? terms.subList(0, MAX_TERMS) : terms);
        CharArrayMap<Integer> places = new CharArrayMap<>(first.size(), false);
        for (int i = 0; i < first.size(); i++) {
            places.put(first.get(i), i);
        }
        return new Probe(query, first, places, field, target);
    }

    /** The cosine to an entry's vector; NaN when the two cannot be compared. */
    float cosine(Entry entry) {
        float[] vector = entry.vector();
        if (target == null || vector == null || vector.length != target.length) {
            return Float.NaN;
        }
        return entry.vectorName() != null && entry.vectorName().equals(query.vectorName())
                ? Entry.cosine(target, vector)
                : Float.NaN;
    }
}
