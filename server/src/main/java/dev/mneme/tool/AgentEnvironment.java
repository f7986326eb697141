package dev.mneme.tool;

import java.util.Map;

/** The environment values (secrets) of an agent's tools, in clear: for running tools, never for an answer or a log. Thread-safe. */
@FunctionalInterface
public interface AgentEnvironment {
    Map<String, String> of(String organizationId, String agentId);
}
