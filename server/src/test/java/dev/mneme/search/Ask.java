package dev.mneme.search;

import dev.mneme.search.Query.Kind;
import dev.mneme.search.Query.Mode;
import dev.mneme.store.Db;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A query, put together step by step. */
record Ask(
        Kind kind,
        String org,
        Set<String> owners,
        String text,
        float @Nullable [] vector,
        String vectorName,
        Mode mode,
        List<String> tags,
        boolean allTags,
        Set<String> roles,
        @Nullable Long from,
        @Nullable Long until,
        int limit) {
    static Ask passages(String text) {
        return ask(Kind.PASSAGE, text);
    }

    static Ask messages(String text) {
        return ask(Kind.MESSAGE, text);
    }

    private static Ask ask(Kind kind, String text) {
        return new Ask(
                kind,
                Db.DEFAULT_ORGANIZATION,
                Set.of(),
                text,
                null,
                RowsSql.EMBEDDER,
                Mode.HYBRID,
                List.of(),
                false,
                Set.of(),
                null,
                null,
                10);
    }

    Ask org(String id) {
        return new Ask(kind, id, owners, text, vector, vectorName, mode, tags, allTags, roles, from, until, limit);
    }

    Ask of(String... ids) {
        return new Ask(
                kind, org, Set.of(ids), text, vector, vectorName, mode, tags, allTags, roles, from, until, limit);
    }

    Ask near(float... numbers) {
        return new Ask(kind, org, owners, text, numbers, vectorName, mode, tags, allTags, roles, from, until, limit);
    }

    Ask named(String name) {
        return new Ask(kind, org, owners, text, vector, name, mode, tags, allTags, roles, from, until, limit);
    }

    Ask mode(Mode other) {
        return new Ask(kind, org, owners, text, vector, vectorName, other, tags, allTags, roles, from, until, limit);
    }

    Ask anyTag(String... some) {
        return new Ask(
                kind, org, owners, text, vector, vectorName, mode, List.of(some), false, roles, from, until, limit);
    }

    Ask everyTag(String... all) {
        return new Ask(
                kind, org, owners, text, vector, vectorName, mode, List.of(all), true, roles, from, until, limit);
    }

    Ask roles(String... some) {
        return new Ask(
                kind, org, owners, text, vector, vectorName, mode, tags, allTags, Set.of(some), from, until, limit);
    }

    Ask between(@Nullable Long first, @Nullable Long last) {
        return new Ask(kind, org, owners, text, vector, vectorName, mode, tags, allTags, roles, first, last, limit);
    }

    Ask limit(int hits) {
        return new Ask(kind, org, owners, text, vector, vectorName, mode, tags, allTags, roles, from, until, hits);
    }

    Query query() {
        return new Query(kind, org, owners, text, vector, vectorName, mode, tags, allTags, roles, from, until, limit);
    }

    List<String> in(Index index) {
        return index.search(query()).stream().map(Index.Hit::id).toList();
    }
}
