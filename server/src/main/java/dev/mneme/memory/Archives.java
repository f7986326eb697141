package dev.mneme.memory;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.llm.Models;
import dev.mneme.memory.ArchiveSql.Owner;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The archives of an organisation and which agent uses which (contract 07 §7.1). Thread-safe. */
public final class Archives {
    static final String NATIVE = "native";

    private final Db db;
    private final Clock clock;
    private final Index index;
    private final Models models;

    Archives(Db db, Index index, Models models) {
        this.db = db;
        this.clock = db.clock();
        this.index = index;
        this.models = models;
    }

    /** Makes an archive. A config wins over a handle; with neither the server's default embedder is taken, if it has one. */
    public Archive create(
            String org,
            @Nullable String userId,
            String name,
            @Nullable String description,
            @Nullable String embeddingHandle,
            @Nullable EmbeddingConfig embeddingConfig) {
        EmbeddingConfig config = embeddingConfig;
        if (config == null) {
            String handle = embeddingHandle == null ? models.defaultEmbeddingHandle() : embeddingHandle;
            config = handle == null ? null : models.resolveEmbedding(handle);
        }
        EmbeddingConfig chosen = config;
        return db.of(org).write(tx -> insert(tx, userId, name, description, chosen));
    }

    private Archive insert(
            Tx tx,
            @Nullable String userId,
            String name,
            @Nullable String description,
            @Nullable EmbeddingConfig config) {
        long now = clock.next();
        Archive archive = new Archive(
                IdKind.ARCHIVE.next(),
                Texts.clean(name),
                Texts.cleanOrNull(description),
                config,
                NATIVE,
                null,
                0,
                now,
                now,
                userId,
                userId);
        ArchiveSql.insert(tx, archive);
        return archive;
    }

    public Archive get(String org, String id) {
        return db.of(org).read(tx -> require(tx, id));
    }

    /** name: exactly; agentId: the archive of that agent, which must exist. */
    public List<Archive> list(String org, @Nullable String name, @Nullable String agentId, Page page) {
        if (agentId != null) {
            checkFormat(IdKind.AGENT, agentId);
        }
        return db.of(org).read(tx -> {
            if (agentId != null && ArchiveSql.owner(tx, agentId) == null) {
                throw Problem.notFound("Agent not found");
            }
            return ArchiveSql.list(tx, name, agentId, page);
        });
    }

    /** Changes name and description; null leaves them. */
    public Archive patch(
            String org, @Nullable String userId, String id, @Nullable String name, @Nullable String description) {
        return db.of(org).write(tx -> {
            Archive old = require(tx, id);
            ArchiveSql.rename(
                    tx,
                    id,
                    name == null ? old.name() : Texts.clean(name),
                    description == null ? old.description() : Texts.clean(description),
                    userId == null ? old.lastUpdatedById() : userId,
                    clock.next());
            return require(tx, id);
        });
    }

    /** Deletes an archive with its passages and links. */
    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            if (ArchiveSql.delete(tx, id) == 0) {
                throw missing(id);
            }
            PassageSql.bury(tx, clock.next(), "archive", id);
            tx.afterCommit(index::nudge);
            return true;
        });
    }

    /** Ids of the agents that use an archive, by their age. An unknown archive has none. */
    public List<String> agentsOf(String org, String archiveId, Page page) {
        return db.of(org).read(tx -> ArchiveSql.agentsOf(tx, archiveId, page));
    }

    /** Lets an agent use an archive; again is no change. 409 when it uses another one. */
    public void attach(String org, String agentId, String archiveId) {
        checkFormat(IdKind.ARCHIVE, archiveId);
        db.of(org).write(tx -> {
            owner(tx, agentId);
            require(tx, archiveId);
            Archive used = ArchiveSql.ofAgent(tx, agentId);
            if (used == null) {
                ArchiveSql.attach(tx, agentId, archiveId, false, clock.next());
            } else if (!used.id().equals(archiveId)) {
                throw Problem.conflict("Agent " + agentId + " already uses archive " + used.id()
                        + ". An agent has at most one: detach that first.");
            }
            return true;
        });
    }

    /** Takes an archive from an agent; not attached is no error. */
    public void detach(String org, String agentId, String archiveId) {
        checkFormat(IdKind.ARCHIVE, archiveId);
        db.of(org).write(tx -> {
            owner(tx, agentId);
            require(tx, archiveId);
            ArchiveSql.detach(tx, agentId, archiveId);
            return true;
        });
    }

    /** The archive of an agent; null: it has none yet. */
    public @Nullable Archive ofAgent(Tx tx, String agentId) {
        return ArchiveSql.ofAgent(tx, agentId);
    }

    /** The archive of an agent, made now if it has none: what the first insert does. */
    Archive ofAgentOrNew(Tx tx, @Nullable String userId, String agentId) {
        Archive used = ArchiveSql.ofAgent(tx, agentId);
        if (used != null) {
            return used;
        }
        Owner owner = owner(tx, agentId);
        Archive made = insert(
                tx,
                userId,
                owner.name() + "'s Archive",
                "Made by itself for this agent's archival memory",
                owner.embeddingConfig());
        ArchiveSql.attach(tx, agentId, made.id(), true, clock.next());
        return made;
    }

    static Owner owner(Tx tx, String agentId) {
        Owner owner = ArchiveSql.owner(tx, agentId);
        if (owner == null) {
            throw Problem.notFound("Agent with ID " + agentId + " not found");
        }
        return owner;
    }

    static Archive require(Tx tx, String id) {
        Archive archive = ArchiveSql.find(tx, id);
        if (archive == null) {
            throw missing(id);
        }
        return archive;
    }

    private static Problem missing(String id) {
        return Problem.notFound("Archive not found with id=" + id);
    }

    static void checkFormat(IdKind kind, String id) {
        if (!kind.fits(id)) {
            throw Problem.invalid("Invalid " + kind.prefix() + " ID format: " + id + ". Expected format: '"
                    + kind.prefix() + "-<uuid4>'");
        }
    }
}
