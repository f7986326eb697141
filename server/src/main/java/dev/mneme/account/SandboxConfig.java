package dev.mneme.account;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the sandboxes of an organisation, one per kind (contract 12 §6).
 *
 * @param kind local, e2b or modal; only local ones run here, the others are kept for those who bring them along
 * @param createdAt microseconds, likewise updatedAt
 */
public record SandboxConfig(
        String id,
        String kind,
        ObjectNode config,
        long createdAt,
        long updatedAt,
        @Nullable String createdById,
        @Nullable String lastUpdatedById) {
    public static final String LOCAL = "local";
    public static final String E2B = "e2b";
    public static final String MODAL = "modal";
    public static final List<String> KINDS = List.of(E2B, MODAL, LOCAL);

    /** A value that every tool of the organisation finds in its environment. sealed: as it is stored. */
    public record Variable(
            String id,
            String configId,
            String key,
            String sealed,
            @Nullable String description,
            long createdAt,
            long updatedAt,
            @Nullable String createdById,
            @Nullable String lastUpdatedById) {
        @Override
        public String toString() {
            return "Variable[" + key + "]";
        }
    }
}
