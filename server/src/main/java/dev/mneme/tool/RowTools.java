package dev.mneme.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Runs tools of which only their row says what they do: those that people write, those of other servers. Thread-safe. */
public interface RowTools {
    /** The kinds of tool that this runs. */
    Set<ToolType> types();

    /** As {@link Tool#call}: the slow part now, the rest as an effect. */
    ToolEffect call(ToolRow row, ObjectNode arguments, ToolContext context);
}
