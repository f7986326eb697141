package dev.mneme.search;

import java.util.List;
import org.apache.lucene.util.VectorUtil;
import org.jspecify.annotations.Nullable;

/**
 * What the index holds of one passage or message.
 *
 * @param owner archive id of a passage, agent id of a message, folder id of a piece of a file
 * @param seq the row's change_seq
 * @param createdAt microseconds
 * @param text what was said; empty when nothing of it is for searching
 * @param role of a message, empty for a passage
 * @param vectorName the embedder; null without vector
 * @param vector of unit length; null when there is none or it has no direction
 */
record Entry(
        Query.Kind kind,
        String id,
        String organizationId,
        String owner,
        long seq,
        long createdAt,
        String text,
        List<String> tags,
        String role,
        @Nullable String vectorName,
        float @Nullable [] vector) {

    /** Whether the query's filters let it through; owner and organisation included. */
    boolean fits(Query query) {
        return kind == query.kind()
                && organizationId.equals(query.organizationId())
                && (query.owners().isEmpty() || query.owners().contains(owner))
                && (query.roles().isEmpty() || query.roles().contains(role))
                && fitsTags(query)
                && (query.from() == null || createdAt >= query.from())
                && (query.until() == null || createdAt <= query.until());
    }

    private boolean fitsTags(Query query) {
        if (query.tags().isEmpty()) {
            return true;
        }
        return query.allTags()
                ? tags.containsAll(query.tags())
                : query.tags().stream().anyMatch(tags::contains);
    }

    /** A copy of unit length; null when the numbers have no direction (zero or not finite), for then no cosine exists. */
    static float @Nullable [] unit(float[] vector) {
        double sum = 0;
        for (float x : vector) {
            sum += (double) x * x;
        }
        if (!(sum > 0) || Double.isInfinite(sum)) {
            return null;
        }
        float scale = (float) (1 / Math.sqrt(sum));
        if (!(scale > 0) || Float.isInfinite(scale)) {
            return null;
        }
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = vector[i] * scale;
        }
        return unit;
    }

    /** Cosine of two vectors of unit length. */
    static float cosine(float[] a, float[] b) {
        return VectorUtil.dotProduct(a, b);
    }
}
