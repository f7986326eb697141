package dev.mneme.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.message.ToolSpec;

/** Something that an agent can call. Thread-safe. */
public interface Tool {
    ToolSpec spec();

    /**
     * Does the slow part of a call (embedding, network, a sandbox) outside any transaction and returns what is left to do inside the
     * ledger's transaction. Expected failures are a {@link ToolOutcome.Failed}; an exception becomes one at the tool edge.
     */
    ToolEffect call(ObjectNode arguments, ToolContext context);
}
