package dev.mneme.agent;

import org.jspecify.annotations.Nullable;

/**
 * An environment value of an agent's tools.
 *
 * @param value in clear only in the answer to the request that set it, otherwise {@link #MASK}
 */
public record AgentSecret(
        String id,
        String agentId,
        String organizationId,
        String key,
        String value,
        @Nullable String description) {
    /** What a reader sees instead of a value. */
    public static final String MASK = "********";

    @Override
    public String toString() {
        return "AgentSecret[" + key + "]";
    }
}
