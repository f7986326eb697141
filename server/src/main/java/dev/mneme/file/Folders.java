package dev.mneme.file;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Models;
import dev.mneme.memory.Page;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folders of an organisation (contract 06 §6.2). Thread-safe. */
public final class Folders {
    private final Db db;
    private final Clock clock;
    private final Models models;
    private final Index index;
    private final Spool spool;
    private final AgentFiles agents;

    public Folders(Db db, Models models, Index index, Spool spool, AgentFiles agents) {
        this.db = db;
        this.clock = db.clock();
        this.models = models;
        this.index = index;
        this.spool = spool;
        this.agents = agents;
    }

    /** Makes a folder; 409 when the name is taken. */
    public Folder create(String org, @Nullable String userId, FolderWish wish) {
        EmbeddingConfig config = config(wish);
        return db.of(org).write(tx -> make(tx, clock, userId, wish, config));
    }

    /** The embedder that the wish names, or the server's own. No transaction may be open: an unknown embedder is asked for its size. */
    public EmbeddingConfig config(FolderWish wish) {
        EmbeddingConfig given = wish.embeddingConfig();
        if (given != null) {
            return given;
        }
        String handle = wish.embedding() == null || wish.embedding().isBlank()
                ? models.defaultEmbeddingHandle()
                : wish.embedding();
        if (handle == null) {
            throw Problem.invalid("Must specify either embedding or embedding_config in request");
        }
        EmbeddingConfig config = models.resolveEmbedding(handle);
        return wish.chunkSize() == null ? config : chunked(config, wish.chunkSize());
    }

    private static EmbeddingConfig chunked(EmbeddingConfig config, int chunkSize) {
        return new EmbeddingConfig(
                config.embeddingEndpointType(),
                config.embeddingEndpoint(),
                config.embeddingModel(),
                config.embeddingDim(),
                chunkSize,
                config.handle(),
                config.batchSize(),
                config.azureEndpoint(),
                config.azureVersion(),
                config.azureDeployment());
    }

    /** As {@link #create} inside the caller's transaction, with a config found before. */
    public static Folder make(Tx tx, Clock clock, @Nullable String userId, FolderWish wish, EmbeddingConfig config) {
        long now = clock.next();
        Folder folder = new Folder(
                IdKind.SOURCE.next(),
                name(tx, Objects.requireNonNullElse(wish.name(), ""), null),
                Texts.cleanOrNull(wish.description()),
                Texts.cleanOrNull(wish.instructions()),
                wish.metadata(),
                config,
                now,
                now,
                userId,
                userId);
        FolderSql.put(tx, folder);
        return folder;
    }

    private static String name(Tx tx, String wanted, @Nullable String ownId) {
        String name = Texts.clean(wanted);
        if (name.isBlank()) {
            throw Problem.unprocessable("A folder needs a name.");
        }
        Folder other = FolderSql.named(tx, name);
        if (other != null && !other.id().equals(ownId)) {
            throw new Problem(
                    ProblemCode.CONFLICT,
                    "A unique constraint was violated for Source. Check your input for duplicates: the name '" + name
                            + "' is taken by " + other.id());
        }
        return name;
    }

    /** Changes what the wish names; nulls leave things as they are. Passages keep the vectors that they have. */
    public Folder patch(String org, @Nullable String userId, String id, FolderWish wish) {
        return db.of(org).write(tx -> {
            Folder old = require(tx, id);
            Folder changed = new Folder(
                    id,
                    wish.name() == null ? old.name() : name(tx, wish.name(), id),
                    wish.description() == null ? old.description() : Texts.clean(wish.description()),
                    wish.instructions() == null ? old.instructions() : Texts.clean(wish.instructions()),
                    wish.metadata() == null ? old.metadata() : wish.metadata(),
                    wish.embeddingConfig() == null ? old.embeddingConfig() : wish.embeddingConfig(),
                    old.createdAt(),
                    clock.next(),
                    old.createdById(),
                    userId == null ? old.lastUpdatedById() : userId);
            FolderSql.put(tx, changed);
            return changed;
        });
    }

    /** Deletes a folder with its files and passages, and takes it from every agent. */
    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            require(tx, id);
            List<String> spooled = FileSql.spooled(tx, id);
            for (String agentId : FolderSql.agents(tx, id, Page.ALL)) {
                agents.detach(tx, agentId, id);
            }
            FolderSql.delete(tx, id, clock.next());
            tx.afterCommit(() -> spooled.forEach(spool::drop));
            tx.afterCommit(index::nudge);
            return true;
        });
    }

    public Folder get(String org, String id) {
        return db.of(org).read(tx -> require(tx, id));
    }

    /** containing: a piece of the name, in any case; null: all. */
    public List<Folder> list(String org, @Nullable String containing, Page page) {
        return db.of(org).read(tx -> FolderSql.list(tx, containing, page));
    }

    public int count(String org) {
        return db.of(org).read(FolderSql::count);
    }

    /** The id of the folder with exactly this name, or 404. */
    public String idOf(String org, String name) {
        Folder found = db.of(org)
                .read(tx -> Optional.ofNullable(FolderSql.named(tx, name)))
                .orElse(null);
        if (found == null) {
            throw Problem.notFound("Source with name=" + name + " not found.");
        }
        return found.id();
    }

    /** Ids of the agents that have the folder, by their age; 404 for an unknown folder. */
    public List<String> agentsOf(String org, String id, Page page) {
        return db.of(org).read(tx -> {
            require(tx, id);
            return FolderSql.agents(tx, id, page);
        });
    }

    static Folder require(Tx tx, String id) {
        Folder found = FolderSql.find(tx, id);
        if (found == null) {
            throw missing(id);
        }
        return found;
    }

    static Problem missing(String id) {
        return Problem.notFound("Source with ID " + id + " not found");
    }
}
