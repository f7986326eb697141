package dev.mneme.memory;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.Models;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.search.Index;
import dev.mneme.search.Query;
import dev.mneme.store.Db;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Archival memory: passages in archives, found by words, meaning, tags and dates. Thread-safe.
 *
 * <p>Texts are embedded outside any transaction. When an embedder fails, its {@code ModelException} reaches the caller and nothing is
 * stored.
 */
public final class Archival {
    /** Tokens in a passage unless set otherwise (contract 07 §7.2); embedders read no more. */
    public static final int TOKEN_LIMIT = 8_192;

    /** UTF-8 bytes that count as a token in that limit. */
    private static final int BYTES_PER_TOKEN = 4;

    private final Db db;
    private final Clock clock;
    private final Index index;
    private final Models models;
    private final Archives archives;
    private final int tokenLimit;
    private final Elsewhere elsewhere;

    /** With the usual limit of a passage. */
    public Archival(Db db, Index index, Models models) {
        this(db, index, models, TOKEN_LIMIT, Elsewhere.NOWHERE);
    }

    /**
     * @param tokenLimit tokens of one passage, at most
     * @param elsewhere what agents find beside their archives
     */
    public Archival(Db db, Index index, Models models, int tokenLimit, Elsewhere elsewhere) {
        this.elsewhere = elsewhere;
        this.tokenLimit = tokenLimit;
        this.db = db;
        this.clock = db.clock();
        this.index = index;
        this.models = models;
        this.archives = new Archives(db, index, models);
    }

    public Archives archives() {
        return archives;
    }

    /** Passages in an agent's archive. Costs the same for any number. */
    public long count(Tx tx, String agentId) {
        return ArchiveFacts.of(tx, agentId).passages();
    }

    /** As {@link #count(Tx, String)} in a transaction of its own. */
    public long count(String org, String agentId) {
        return db.of(org).read(tx -> count(tx, agentId));
    }

    /** Tags in an agent's archive, sorted. */
    public List<String> tags(Tx tx, String agentId) {
        return ArchiveFacts.of(tx, agentId).tags();
    }

    /** Checked and embedded, but not stored yet. */
    public record Prepared(
            List<NewPassage> passages,
            @Nullable List<float[]> vectors,
            @Nullable String embedder) {}

    /** Stores passages in an archive, in this order, embedded in as few calls as its config allows. */
    public List<Passage> add(String org, @Nullable String userId, String archiveId, List<NewPassage> wanted) {
        Archive archive = archives.get(org, archiveId);
        Prepared prepared = prepare(archive.embeddingConfig(), wanted);
        return db.of(org).write(tx -> store(tx, userId, Archives.require(tx, archiveId), prepared));
    }

    /** Stores a passage in an agent's archive, which is made if it has none. */
    public Passage remember(String org, @Nullable String userId, String agentId, NewPassage wanted) {
        Prepared prepared = prepare(org, agentId, wanted);
        return db.of(org).write(tx -> remember(tx, userId, agentId, prepared));
    }

    /** The slow half of {@link #remember(String, String, String, NewPassage)}: no transaction may be open. */
    public Prepared prepare(String org, String agentId, NewPassage wanted) {
        return prepare(org, agentId, List.of(wanted));
    }

    /** The same for several, embedded together. */
    Prepared prepare(String org, String agentId, List<NewPassage> wanted) {
        @Nullable
        Place place = db.of(org).read(tx -> {
            var owner = Archives.owner(tx, agentId);
            Archive archive = archives.ofAgent(tx, agentId);
            return archive == null ? new Place(null, owner.embeddingConfig(), true) : Place.of(archive);
        });
        return prepare(place.config, wanted);
    }

    /** The other half, inside the caller's transaction. */
    public Passage remember(Tx tx, @Nullable String userId, String agentId, Prepared prepared) {
        return keep(tx, userId, agentId, prepared).getFirst();
    }

    /** Stores what was prepared in an agent's archive, which is made if it has none. */
    List<Passage> keep(Tx tx, @Nullable String userId, String agentId, Prepared prepared) {
        return store(tx, userId, archives.ofAgentOrNew(tx, userId, agentId), prepared);
    }

    private Prepared prepare(@Nullable EmbeddingConfig config, List<NewPassage> wanted) {
        List<NewPassage> checked = wanted.stream().map(this::checked).toList();
        if (config == null || checked.isEmpty()) {
            return new Prepared(checked, null, null);
        }
        Embedder embedder = models.embedder(config);
        List<float[]> vectors =
                Vectors.embed(embedder, checked.stream().map(NewPassage::text).toList(), config.batchSize());
        return new Prepared(checked, vectors, embedder.name());
    }

    private NewPassage checked(NewPassage wanted) {
        String text = Texts.clean(wanted.text());
        if (text.isBlank()) {
            throw Problem.invalid("A passage needs text: an empty one could never be found again.");
        }
        int tokens = (text.getBytes(StandardCharsets.UTF_8).length + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
        if (tokens > tokenLimit) {
            throw Problem.invalid("Archival memory content exceeds token limit of " + tokenLimit + " tokens (found "
                    + tokens + " tokens)");
        }
        List<String> tags = wanted.tags() == null
                ? null
                : wanted.tags().stream()
                        .map(Texts::clean)
                        .filter(tag -> !tag.isBlank())
                        .distinct()
                        .toList();
        return new NewPassage(text, tags, wanted.metadata(), wanted.createdAt());
    }

    private List<Passage> store(Tx tx, @Nullable String userId, Archive archive, Prepared prepared) {
        List<Passage> passages = new ArrayList<>(prepared.passages().size());
        List<float[]> vectors = prepared.vectors();
        for (NewPassage wanted : prepared.passages()) {
            long now = clock.next();
            passages.add(new Passage(
                    IdKind.PASSAGE.next(),
                    wanted.text(),
                    archive.id(),
                    wanted.tags(),
                    wanted.metadata() == null || wanted.metadata().isNull() ? Json.object() : wanted.metadata(),
                    vectors == null ? null : vectors.get(passages.size()),
                    archive.embeddingConfig(),
                    wanted.createdAt() == null ? now : wanted.createdAt(),
                    now,
                    userId,
                    userId,
                    null));
        }
        if (!passages.isEmpty()) {
            PassageSql.insert(tx, archive.id(), passages, prepared.embedder(), clock::next);
            tx.afterCommit(index::nudge);
        }
        return passages;
    }

    /** Deletes a passage of an archive; 400 when it belongs to another one. */
    public void remove(String org, String archiveId, String passageId) {
        db.of(org).write(tx -> {
            Passage passage = PassageSql.find(tx, passageId);
            if (passage == null) {
                throw Problem.notFound("Agent passage with id " + passageId + " not found in database.");
            }
            if (!passage.archiveId().equals(archiveId)) {
                throw new Problem(
                        dev.mneme.base.ProblemCode.INVALID_ARGUMENT,
                        "Passage " + passageId + " does not belong to archive " + archiveId);
            }
            return delete(tx, passage);
        });
    }

    /** Deletes a passage of an agent's archive; one of another archive counts as unknown. */
    public void forget(String org, String agentId, String passageId) {
        db.of(org).write(tx -> {
            Archives.owner(tx, agentId);
            Archive archive = archives.ofAgent(tx, agentId);
            Passage passage = PassageSql.find(tx, passageId);
            if (archive == null || passage == null || !passage.archiveId().equals(archive.id())) {
                throw Problem.notFound("Passage with id " + passageId + " not found in database.");
            }
            return delete(tx, passage);
        });
    }

    private boolean delete(Tx tx, Passage passage) {
        PassageSql.delete(tx, passage, clock.next());
        tx.afterCommit(index::nudge);
        return true;
    }

    /**
     * An agent's passages in order of their time.
     *
     * @param containing a piece of their text, without case; null: all
     * @param after only newer ones than this passage; before: only older ones, whatever the order
     * @param limit 0: all
     */
    public List<Passage> list(
            String org,
            String agentId,
            @Nullable String containing,
            @Nullable String after,
            @Nullable String before,
            int limit,
            boolean ascending) {
        Page checked = Page.of(limit, ascending);
        return db.of(org).read(tx -> {
            Archives.owner(tx, agentId);
            Archive archive = archives.ofAgent(tx, agentId);
            return archive == null
                    ? List.<Passage>of()
                    : PassageSql.page(
                            tx, archive.id(), containing, after, before, checked.limit(), checked.ascending());
        });
    }

    /** What an agent's archive and its files have on a subject, best first. A blank query finds nothing. */
    public List<FoundPassage> search(String org, String agentId, PassageQuery query) {
        Place place = db.of(org).read(tx -> ofAgent(tx, agentId));
        if (query.isBlank()) {
            return List.of();
        }
        return merged(
                place.nowhere ? List.of() : ranked(org, place.archiveId, place.config, query), org, agentId, query);
    }

    /** Found in an archive and elsewhere; only what is an archive's own has tags. */
    private List<FoundPassage> merged(List<FoundPassage> own, String org, String agentId, PassageQuery query) {
        List<FoundPassage> others = query.tags().isEmpty() ? elsewhere.search(org, agentId, query) : List.of();
        if (others.isEmpty()) {
            return own;
        }
        List<FoundPassage> all = new ArrayList<>(own);
        all.addAll(others);
        all.sort(Comparator.comparingDouble((FoundPassage found) -> -found.score())); // stable: the archive's own first
        return List.copyOf(all.subList(0, Math.min(query.limit(), all.size())));
    }

    /** As {@link #search}, asked and answered in an agent's own terms. Throws UNPROCESSABLE for a bad date or mode. */
    public Recollection recollect(String org, String agentId, Recollection.Ask ask) {
        String timezone = db.of(org).read(tx -> Archives.owner(tx, agentId).timezone());
        ZoneId zone = Times.zone(timezone);
        return new Recollection(search(org, agentId, ask.in(timezone)).stream()
                .map(FoundPassage::passage)
                .map(passage -> new Recollection.Remembered(
                        passage.id(),
                        Times.iso(passage.createdAt(), zone),
                        passage.text(),
                        passage.tags() == null ? List.of() : passage.tags()))
                .toList());
    }

    /**
     * As {@link #search} for POST /v1/passages/search: agentId wins over archiveId, neither means the whole organisation, and without a
     * text the filters alone choose, oldest first.
     */
    public List<FoundPassage> searchAll(
            String org, @Nullable String agentId, @Nullable String archiveId, PassageQuery query) {
        Place place = db.of(org).read(tx -> place(tx, agentId, archiveId));
        if (agentId != null && !query.isBlank()) {
            return search(org, agentId, query);
        }
        if (place.nowhere) {
            return List.of();
        }
        if (query.isBlank()) {
            return listed(org, place.archiveId, query);
        }
        EmbeddingConfig config = place.config;
        if (config == null && place.archiveId == null) {
            String handle = models.defaultEmbeddingHandle();
            config = handle == null ? null : models.resolveEmbedding(handle);
        }
        return ranked(org, place.archiveId, config, query);
    }

    /** Where to search and by which embedder. nowhere: the agent has no archive yet. */
    private record Place(
            @Nullable String archiveId, @Nullable EmbeddingConfig config, boolean nowhere) {
        static Place of(Archive archive) {
            return new Place(archive.id(), archive.embeddingConfig(), false);
        }
    }

    private Place place(Tx tx, @Nullable String agentId, @Nullable String archiveId) {
        if (agentId != null) {
            Archives.checkFormat(IdKind.AGENT, agentId);
            return ofAgent(tx, agentId);
        }
        if (archiveId != null) {
            Archives.checkFormat(IdKind.ARCHIVE, archiveId);
            return Place.of(Archives.require(tx, archiveId));
        }
        return new Place(null, ArchiveSql.oldestConfig(tx), false);
    }

    private Place ofAgent(Tx tx, String agentId) {
        Archives.owner(tx, agentId);
        Archive archive = archives.ofAgent(tx, agentId);
        return archive == null ? new Place(null, null, true) : Place.of(archive);
    }

    private List<FoundPassage> ranked(
            String org, @Nullable String archiveId, @Nullable EmbeddingConfig config, PassageQuery query) {
        String text = Objects.requireNonNull(query.text());
        Embedder embedder = config == null ? null : models.embedder(config);
        float[] vector = embedder == null
                ? null
                : Vectors.embed(embedder, List.of(text), 1).getFirst();
        List<Index.Hit> hits = index.search(new Query(
                Query.Kind.PASSAGE,
                org,
                archiveId == null ? Set.of() : Set.of(archiveId),
                text,
                vector,
                embedder == null ? null : embedder.name(),
                vector == null ? Query.Mode.TEXT : Query.Mode.HYBRID,
                query.tags(),
                query.allTags(),
                Set.of(),
                query.from(),
                query.until(),
                query.limit()));
        if (hits.isEmpty()) {
            return listed(org, archiveId, query); // pieces of words, which an index of words does not know
        }
        Map<String, Passage> rows = db.of(org)
                .read(tx ->
                        PassageSql.byIds(tx, hits.stream().map(Index.Hit::id).toList()));
        return hits.stream()
                .flatMap(hit -> {
                    Passage passage = rows.get(hit.id());
                    return passage == null
                            ? Stream.empty()
                            : Stream.of(new FoundPassage(passage, hit.score(), hit.textRank(), hit.vectorRank()));
                })
                .toList();
    }

    private List<FoundPassage> listed(String org, @Nullable String archiveId, PassageQuery query) {
        return db.of(org).read(tx -> PassageSql.filtered(tx, archiveId, query)).stream()
                .map(passage -> new FoundPassage(passage, 0, 0, 0))
                .toList();
    }
}
