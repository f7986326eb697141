package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What agents are made from again and again (decision 0023): an agent file that is being worked on, and what was saved of it.
 *
 * @param projectId the project, {@link Templates#PROJECT} when nobody said
 * @param current the agent file that is being worked on
 * @param latest the number of the newest saved version, from 1
 * @param createdAt microseconds since 1970 UTC, likewise updatedAt
 */
public record Template(
        String id,
        String projectId,
        String name,
        @Nullable String description,
        JsonNode current,
        int latest,
        long createdAt,
        long updatedAt) {
    /** A saved version. */
    public record Version(String id, int version, @Nullable String message, JsonNode file, long createdAt) {}

    /** Agents that were made together. */
    public record Deployment(String id, List<String> agentIds) {}

    /**
     * What the agents of a deployment get of their own.
     *
     * @param agentName null: that of the file
     * @param tags beside those of the file
     * @param memoryVariables what stands for {@code {{name}}} in blocks
     * @param toolVariables secrets by name
     * @param firstMessages null: those of every new agent
     */
    public record Wish(
            @Nullable String agentName,
            @Nullable List<String> tags,
            @Nullable List<String> identityIds,
            @Nullable JsonNode memoryVariables,
            @Nullable JsonNode toolVariables,
            @Nullable JsonNode firstMessages) {}

    /**
     * How agents follow their template to another version.
     *
     * @param keepMemory what stands in blocks that both have stays
     * @param keepSecrets secrets that the template does not name stay
     * @param dropOtherBlocks blocks that the template does not have are taken away
     */
    public record Migration(boolean keepMemory, boolean keepSecrets, boolean dropOtherBlocks) {}
}
