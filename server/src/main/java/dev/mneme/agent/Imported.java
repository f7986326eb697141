package dev.mneme.agent;

import java.util.List;

/** What became of an agent file. agentIds: in the file's order. warnings: what could not be taken over as it was, in plain words. */
public record Imported(List<String> agentIds, List<String> warnings) {
    public Imported {
        agentIds = List.copyOf(agentIds);
        warnings = List.copyOf(warnings);
    }
}
