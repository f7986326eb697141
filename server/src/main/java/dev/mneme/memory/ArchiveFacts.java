package dev.mneme.memory;

import dev.mneme.store.Tx;
import java.util.List;

/**
 * What a system prompt says of an agent's archive: how many passages it holds and their tags, sorted. Both are kept by the inserts, so this
 * costs the same for any number of passages.
 */
public record ArchiveFacts(long passages, List<String> tags) {
    public static final ArchiveFacts NONE = new ArchiveFacts(0, List.of());

    public ArchiveFacts {
        tags = List.copyOf(tags);
    }

    public static ArchiveFacts of(Tx tx, String agentId) {
        Archive archive = ArchiveSql.ofAgent(tx, agentId);
        return archive == null ? NONE : new ArchiveFacts(archive.passageCount(), ArchiveSql.tags(tx, archive.id()));
    }
}
