package dev.mneme.agent;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What hangs on an agent and is loaded on demand (contract 01 §3, include). */
public enum Relation {
    BLOCKS("agent.blocks", List.of("memory")),
    IDENTITIES("agent.identities", List.of("identity_ids")),
    MANAGED_GROUP("agent.managed_group", List.of("multi_agent_group")),
    PENDING_APPROVAL("agent.pending_approval", List.of()),
    SECRETS("agent.secrets", List.of("tool_exec_environment_variables", "secrets")),
    SOURCES("agent.sources", List.of("sources")),
    TAGS("agent.tags", List.of("tags")),
    TOOLS("agent.tools", List.of("tools"));

    /** What older callers get unasked. */
    public static final Set<Relation> ALL_BUT_APPROVAL = EnumSet.complementOf(EnumSet.of(PENDING_APPROVAL));

    private final String word;
    private final List<String> olderWords;

    Relation(String word, List<String> olderWords) {
        this.word = word;
        this.olderWords = olderWords;
    }

    /** The word of {@code include}. */
    public String word() {
        return word;
    }

    /** The relation of an {@code include} word, null when there is none. */
    public static @Nullable Relation find(String word) {
        for (Relation relation : values()) {
            if (relation.word.equals(word)) {
                return relation;
            }
        }
        return null;
    }

    /**
     * What to load: {@code include} decides when given, then {@code include_relationships} (unknown words are ignored), then the kind of
     * caller.
     *
     * @param modern a 1.0 SDK, which gets nothing unasked
     */
    public static Set<Relation> asked(
            @Nullable Collection<Relation> include, @Nullable Collection<String> includeRelationships, boolean modern) {
        Set<Relation> out = EnumSet.noneOf(Relation.class);
        if (include != null && !include.isEmpty()) {
            out.addAll(include);
        } else if (includeRelationships != null) {
            for (Relation relation : values()) {
                if (includeRelationships.stream().anyMatch(relation.olderWords::contains)) {
                    out.add(relation);
                }
            }
        } else if (!modern) {
            out.addAll(ALL_BUT_APPROVAL);
        }
        if (out.contains(BLOCKS)) {
            out.add(TAGS);
        }
        return out;
    }
}
