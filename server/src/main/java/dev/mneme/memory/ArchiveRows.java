package dev.mneme.memory;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.store.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Archives as they move from server to server: rows as they are, vectors included, inside the caller's transaction. Stateless. */
public final class ArchiveRows {
    private ArchiveRows() {}

    /** A passage, and the name of the embedder that its vector is of. */
    public record Row(Passage passage, @Nullable String embedder) {}

    public static @Nullable Archive ofAgent(Tx tx, String agentId) {
        return ArchiveSql.ofAgent(tx, agentId);
    }

    /** The next passages of an archive by their time. last: the one before them; null: from the first. */
    public static List<Row> after(Tx tx, String archiveId, @Nullable Passage last, int limit) {
        return PassageSql.after(tx, archiveId, last, limit);
    }

    /** Makes an archive like this one, under a new id and empty; counts follow with its passages. */
    public static Archive make(Tx tx, Clock clock, @Nullable String userId, Archive like) {
        Archive made = new Archive(
                IdKind.ARCHIVE.next(),
                like.name(),
                like.description(),
                like.embeddingConfig(),
                Archives.NATIVE,
                like.metadata(),
                0,
                like.createdAt(),
                clock.next(),
                userId,
                userId);
        ArchiveSql.insert(tx, made);
        return made;
    }

    /** Stores passages of one archive. embedder: whose vectors they have. */
    public static void insert(Tx tx, Clock clock, String archiveId, List<Passage> passages, @Nullable String embedder) {
        if (!passages.isEmpty()) {
            PassageSql.insert(tx, archiveId, passages, embedder, clock::next);
        }
    }

    /** Gives an archive to an agent that has none. */
    public static void attach(Tx tx, Clock clock, String agentId, String archiveId) {
        ArchiveSql.attach(tx, agentId, archiveId, true, clock.next());
    }
}
