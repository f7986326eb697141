package dev.mneme.account;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request may do, by what it showed at the door.
 *
 * @param role null: the owner of this server, who may do everything in every organisation
 * @param organizationId null for the owner
 * @param userId null for the owner
 * @param agentIds which agents a key of role AGENT reaches
 */
public record Access(
        @Nullable KeyRole role,
        @Nullable String organizationId,
        @Nullable String userId,
        Set<String> agentIds) {
    /** Whoever knows the password, or works on this machine where none is asked for. */
    public static final Access OWNER = new Access(null, null, null, Set.of());
}
