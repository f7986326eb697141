package dev.mneme.file;

import dev.mneme.base.Problem;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.Models;
import dev.mneme.memory.Elsewhere;
import dev.mneme.memory.FoundPassage;
import dev.mneme.memory.Page;
import dev.mneme.memory.PassageQuery;
import dev.mneme.memory.Vectors;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.search.Index;
import dev.mneme.search.Query;
import dev.mneme.store.Db;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pieces of files, listed and searched. Thread-safe. */
public final class FilePassages implements Elsewhere {
    private static final Logger LOG = LoggerFactory.getLogger(FilePassages.class);

    private final Db db;
    private final Index index;
    private final Models models;

    public FilePassages(Db db, Index index, Models models) {
        this.db = db;
        this.index = index;
        this.models = models;
    }

    /** A passage and how well it fits, 0 to 1. */
    public record Found(FilePassage passage, double score) {}

    /**
     * What to look for.
     *
     * @param from microseconds, when the passage was stored, inclusive; null: open; likewise until
     */
    public record Wish(
            String text, @Nullable Long from, @Nullable Long until, int limit) {
        public Wish(String text, int limit) {
            this(text, null, null, limit);
        }
    }

    /** A page of a folder's passages; of an unknown folder none. */
    public List<FilePassage> list(String org, String folderId, Page page) {
        return db.of(org).read(tx -> FilePassageSql.list(tx, folderId, page));
    }

    /** What the folders of an agent have on a subject, best first; none without folders. */
    public List<Found> search(String org, String agentId, Wish wish) {
        List<Folder> folders = db.of(org).read(tx -> FolderSql.ofAgent(tx, agentId));
        return search(org, folders, wish);
    }

    @Override
    public List<FoundPassage> search(String org, String agentId, PassageQuery query) {
        Wish wish = new Wish(Objects.requireNonNullElse(query.text(), ""), query.from(), query.until(), query.limit());
        return search(org, agentId, wish).stream()
                .map(found -> new FoundPassage(found.passage().asPassage(), found.score(), 0, 0))
                .toList();
    }

    /** Bytes of all vectors of an organisation, those of its archives too. */
    public long vectorBytes(String org) {
        return db.of(org).read(FilePassageSql::vectorBytes);
    }

    /** What folders have on a subject, best first. An embedder that does not answer leaves the search by words. */
    public List<Found> search(String org, List<Folder> folders, Wish wish) {
        if (folders.isEmpty() || wish.text().isBlank()) {
            return List.of();
        }
        Map<EmbeddingConfig, Set<String>> groups = new LinkedHashMap<>();
        for (Folder folder : folders) {
            groups.computeIfAbsent(folder.embeddingConfig(), config -> new HashSet<>())
                    .add(folder.id());
        }
        Map<String, Double> scores = new HashMap<>();
        groups.forEach((config, ids) -> index.search(query(org, config, ids, wish))
                .forEach(hit -> scores.merge(hit.id(), hit.score(), Math::max)));
        if (scores.isEmpty()) {
            return pieces(org, folders, wish);
        }
        Map<String, FilePassage> rows = db.of(org).read(tx -> FilePassageSql.byIds(tx, scores.keySet()));
        List<Found> found = new ArrayList<>();
        rows.values().forEach(row -> found.add(new Found(row, scores.getOrDefault(row.id(), 0.0))));
        found.sort(Comparator.comparingDouble((Found one) -> -one.score())
                .thenComparing(one -> one.passage().id()));
        return List.copyOf(found.subList(0, Math.min(wish.limit(), found.size())));
    }

    private Query query(String org, EmbeddingConfig config, Set<String> folderIds, Wish wish) {
        Embedder embedder = null;
        float[] vector = null;
        try {
            embedder = models.embedder(config);
            vector = Vectors.embed(embedder, List.of(wish.text()), 1).getFirst();
        } catch (Problem | ModelException e) {
            LOG.warn("Files are searched by words only, the embedder fails: {}", e.getMessage());
        }
        return new Query(
                Query.Kind.FILE_PASSAGE,
                org,
                folderIds,
                wish.text(),
                vector,
                vector == null || embedder == null ? null : embedder.name(),
                vector == null ? Query.Mode.TEXT : Query.Mode.HYBRID,
                List.of(),
                false,
                Set.of(),
                wish.from(),
                wish.until(),
                wish.limit());
    }

    /** Pieces of words, which an index of words does not know. */
    private List<Found> pieces(String org, List<Folder> folders, Wish wish) {
        List<String> ids = folders.stream().map(Folder::id).toList();
        return db
                .of(org)
                .read(tx -> FilePassageSql.containing(tx, ids, wish.text(), wish.from(), wish.until(), wish.limit()))
                .stream()
                .map(passage -> new Found(passage, 0))
                .toList();
    }
}
