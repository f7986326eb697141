package dev.mneme.agent;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of a group: the body of {@code PATCH /v1/groups/{id}}. What the caller wrote counts, zeros, empty texts and nulls too.
 *
 * @param given wire names of the fields that the caller wrote
 */
public record GroupPatch(
        @Nullable List<String> agentIds,
        @Nullable String description,
        @Nullable GroupConfig config,
        @Nullable String projectId,
        @Nullable List<String> sharedBlockIds,
        @Nullable Boolean hidden,
        Set<String> given) {
    public GroupPatch {
        given = Set.copyOf(given);
    }

    boolean gives(String field) {
        return given.contains(field);
    }
}
