package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Code to run once.
 *
 * @param trust whose calls are counted together, and share a warm server where each call has no walls of its own: an agent's id, or the
 *     tenant's
 * @param function what to call, null: the source is a whole program
 * @param arguments of the function, by name
 * @param parameters JSON schema of the arguments; the order of its properties is that of positional parameters
 * @param argsSchema JSON schema whose {@code $defs} name the classes that nested arguments become
 * @param agentState what a parameter {@code agent_state} gets
 * @param environment everything that the code sees in its environment besides what the sandbox itself needs
 * @param clientKey the short-lived API key of {@code client}, null: there is none
 * @param timeout after which the whole process tree is killed
 */
public record SandboxJob(
        String organizationId,
        String trust,
        Language language,
        String source,
        @Nullable String function,
        ObjectNode arguments,
        @Nullable JsonNode parameters,
        @Nullable JsonNode argsSchema,
        @Nullable JsonNode agentState,
        Map<String, String> environment,
        @Nullable String clientKey,
        List<Requirement> requirements,
        Duration timeout) {
    public SandboxJob {
        environment = Map.copyOf(environment);
        requirements = List.copyOf(requirements);
    }
}
