package dev.mneme.memory;

import java.util.List;

/** Where an agent's archival search looks beside its archive: in the files of its folders. Thread-safe. */
@FunctionalInterface
public interface Elsewhere {
    /** Nothing but the archive. */
    Elsewhere NOWHERE = (org, agentId, query) -> List.of();

    /** What is there on a subject, best first, scored 0 to 1 as archives are. The query has a text. */
    List<FoundPassage> search(String org, String agentId, PassageQuery query);
}
