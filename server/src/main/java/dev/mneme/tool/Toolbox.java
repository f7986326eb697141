package dev.mneme.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tools that can run in this server: its own by name, all others by kind. Immutable. */
public final class Toolbox {
    private final Map<String, Tool> tools;
    private final Map<ToolType, RowTools> others;

    /** Throws IllegalArgumentException when two want the same name or kind: a bug. */
    public Toolbox(List<Tool> tools, List<RowTools> others) {
        Map<String, Tool> byName = new LinkedHashMap<>();
        for (Tool tool : tools) {
            if (byName.put(tool.spec().name(), tool) != null) {
                throw new IllegalArgumentException(
                        "two tools are called " + tool.spec().name());
            }
        }
        Map<ToolType, RowTools> byType = new EnumMap<>(ToolType.class);
        for (RowTools other : others) {
            for (ToolType type : other.types()) {
                if (byType.put(type, other) != null) {
                    throw new IllegalArgumentException("two run tools of the kind " + type.word());
                }
            }
        }
        this.tools = Map.copyOf(byName);
        this.others = Map.copyOf(byType);
    }

    /** Calls the tool; one that cannot run here answers with a Failed that says why. */
    public ToolEffect call(ToolRow row, ObjectNode arguments, ToolContext context) {
        Tool tool = tools.get(row.name());
        if (tool != null) {
            return tool.call(arguments, context);
        }
        ToolType type = ToolType.find(row.toolType());
        RowTools other = type == null ? null : others.get(type);
        return other == null ? tx -> unavailable(row) : other.call(row, arguments, context);
    }

    private static ToolOutcome unavailable(ToolRow row) {
        String why = BaseTools.isBase(row.name())
                ? "it arrives with a later version."
                : "nothing here runs tools of the kind " + row.toolType() + ".";
        return new ToolOutcome.Failed("The tool " + row.name() + " cannot run on this server: " + why, null);
    }
}
