package dev.mneme.tool.code;

import dev.mneme.tool.ToolContext;
import java.util.List;
import java.util.Map;

/** Which tools an agent has, for code that it writes. Thread-safe. */
@FunctionalInterface
public interface OwnTools {
    /**
     * What code may call and what not.
     *
     * @param open names of the tools, each with its parameters in order
     * @param guarded names of those that a person must approve
     */
    record Offer(Map<String, List<String>> open, List<String> guarded) {}

    Offer of(ToolContext caller);
}
