package dev.mneme.search;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** A query's filters in Lucene's words. They work inside the search, never after its limit. */
final class Sieve {
    private Sieve() {}

    /** Null when every entry of the reader fits. stale: ids not to take. */
    static org.apache.lucene.search.@Nullable Query of(
            Query query, Set<String> goneOwners, Set<String> stale, IndexReader reader) throws IOException {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        int clauses = 0;
        if (!everythingIsOf(query.organizationId(), reader)) {
            all.add(one(Layout.ORGANIZATION, List.of(query.organizationId())), Occur.FILTER);
            clauses++;
        }
        if (!query.owners().isEmpty()) {
            all.add(one(Layout.OWNER, query.owners()), Occur.FILTER);
            clauses++;
        }
        if (!query.roles().isEmpty()) {
            all.add(one(Layout.ROLE, query.roles()), Occur.FILTER);
            clauses++;
        }
        if (!query.tags().isEmpty()) {
            for (List<String> group :
                    query.allTags() ? query.tags().stream().map(List::of).toList() : List.of(query.tags())) {
                all.add(one(Layout.TAG, group), Occur.FILTER);
                clauses++;
            }
        }
        if (query.from() != null || query.until() != null) {
            all.add(
                    LongField.newRangeQuery(
                            Layout.CREATED,
                            query.from() == null ? Long.MIN_VALUE : query.from(),
                            query.until() == null ? Long.MAX_VALUE : query.until()),
                    Occur.FILTER);
            clauses++;
        }
        if (!goneOwners.isEmpty() || !stale.isEmpty()) {
            if (clauses == 0) {
                all.add(one(Layout.ORGANIZATION, List.of(query.organizationId())), Occur.FILTER);
            }
            clauses++;
            if (!goneOwners.isEmpty()) {
                all.add(one(Layout.OWNER, goneOwners), Occur.MUST_NOT);
            }
            if (!stale.isEmpty()) {
                all.add(one(Layout.ID, stale), Occur.MUST_NOT);
            }
        }
        return clauses == 0 ? null : all.build();
    }

    private static org.apache.lucene.search.Query one(String field, Collection<String> values) {
        if (values.size() == 1) {
            return new TermQuery(new Term(field, Layout.term(values.iterator().next())));
        }
        return new TermInSetQuery(
                field,
                values.stream().map(value -> new BytesRef(Layout.term(value))).toList());
    }

    /** The usual case, one organisation: then a filter that lets all through would only cost time. */
    private static boolean everythingIsOf(String organizationId, IndexReader reader) throws IOException {
        Term term = new Term(Layout.ORGANIZATION, Layout.term(organizationId));
        for (LeafReaderContext leaf : reader.leaves()) {
            if (leaf.reader().docFreq(term) != leaf.reader().maxDoc()) {
                return false;
            }
        }
        return true;
    }
}
