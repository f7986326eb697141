package dev.mneme.testkit;

import static dev.mneme.store.gen.Tables.FILE_PASSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_VECTOR;
import static dev.mneme.store.gen.Tables.PASSAGE;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.mneme.base.Json;
import dev.mneme.search.Index;
import dev.mneme.search.Query;
import dev.mneme.store.Db;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An index that reads the whole database for every search: words in common plus cosine. For tests with a handful of rows. */
public final class ScanIndex implements Index {
    private final Db db;
    /** How often somebody said that something was committed. */
    public final AtomicInteger nudges = new AtomicInteger();

    public ScanIndex(Db db) {
        this.db = db;
    }

    private record Row(
            String id,
            String org,
            String owner,
            String text,
            List<String> tags,
            String role,
            long at,
            float @Nullable [] vector,
            @Nullable String vectorName) {}

    @Override
    public List<Hit> search(Query query) {
        List<Hit> hits = new ArrayList<>();
        List<Row> rows = switch (query.kind()) {
            case PASSAGE -> passages();
            case MESSAGE -> messages();
            case FILE_PASSAGE -> filePassages();
        };
        for (Row row : rows) {
            if (fits(query, row)) {
                double score = score(query, row);
                if (score > 0) {
                    hits.add(new Hit(row.id, score, 1, row.vector == null ? 0 : 1));
                }
            }
        }
        hits.sort(Comparator.comparingDouble(Hit::score).reversed());
        return hits.subList(0, Math.min(query.limit(), hits.size()));
    }

    private static boolean fits(Query query, Row row) {
        return row.org.equals(query.organizationId())
                && (query.owners().isEmpty() || query.owners().contains(row.owner))
                && (query.roles().isEmpty() || query.roles().contains(row.role))
                && (query.from() == null || row.at >= query.from())
                && (query.until() == null || row.at <= query.until())
                && (query.tags().isEmpty()
                        || (query.allTags()
                                ? row.tags.containsAll(query.tags())
                                : query.tags().stream().anyMatch(row.tags::contains)));
    }

    private static double score(Query query, Row row) {
        List<String> words = Arrays.asList(words(row.text));
        double score = Arrays.stream(words(query.text()))
                .filter(word -> !word.isEmpty() && words.contains(word))
                .count();
        float[] asked = query.vector();
        if (asked != null
                && row.vector != null
                && row.vectorName != null
                && row.vectorName.equals(query.vectorName())) {
            for (int i = 0; i < asked.length; i++) {
                score += 0.1 * asked[i] * row.vector[i];
            }
        }
        return score;
    }

    private static String[] words(String text) {
        return text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+");
    }

    private List<Row> passages() {
        return db.everywhere()
                .read(tx -> tx.sql()
                        .selectFrom(PASSAGE)
                        .fetch(row -> new Row(
                                row.getId(),
                                row.getOrganizationId(),
                                row.getArchiveId(),
                                row.getText(),
                                row.getTags() == null
                                        ? List.of()
                                        : Json.read(row.getTags(), new TypeReference<List<String>>() {}),
                                "",
                                row.getCreatedAt(),
                                vector(row.getEmbedding()),
                                row.getEmbeddingModel())));
    }

    private List<Row> filePassages() {
        return db.everywhere()
                .read(tx -> tx.sql()
                        .selectFrom(FILE_PASSAGE)
                        .fetch(row -> new Row(
                                row.getId(),
                                row.getOrganizationId(),
                                row.getFolderId(),
                                row.getText(),
                                List.of(),
                                "",
                                row.getCreatedAt(),
                                vector(row.getEmbedding()),
                                row.getEmbeddingModel())));
    }

    private List<Row> messages() {
        return db.everywhere()
                .read(tx -> tx.sql()
                        .select()
                        .from(MESSAGE)
                        .leftJoin(MESSAGE_VECTOR)
                        .on(MESSAGE_VECTOR.MESSAGE_ID.eq(MESSAGE.ID))
                        .where(MESSAGE.ROLE.in("user", "assistant"))
                        .fetch(row -> new Row(
                                row.get(MESSAGE.ID),
                                row.get(MESSAGE.ORGANIZATION_ID),
                                row.get(MESSAGE.AGENT_ID),
                                row.get(MESSAGE.CONTENT),
                                List.of(),
                                row.get(MESSAGE.ROLE),
                                row.get(MESSAGE.CREATED_AT),
                                vector(row.get(MESSAGE_VECTOR.EMBEDDING)),
                                row.get(MESSAGE_VECTOR.MODEL))));
    }

    private static float @Nullable [] vector(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }

    @Override
    public void nudge() {
        nudges.incrementAndGet();
    }

    @Override
    public IndexStatus status() {
        return new IndexStatus(List.of(), false, false, "");
    }

    @Override
    public long amiss() {
        return 0;
    }

    @Override
    public void rebuild() {
        // Every search reads the whole database.
    }

    @Override
    public void close() {}
}
