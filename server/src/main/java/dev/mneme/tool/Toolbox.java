package dev.mneme.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tools that can run in this server, by name. Immutable. */
public final class Toolbox {
    private final Map<String, Tool> tools;

    public Toolbox(List<Tool> tools) {
        Map<String, Tool> byName = new LinkedHashMap<>();
        for (Tool tool : tools) {
            Tool other = byName.put(tool.spec().name(), tool);
            if (other != null) {
                throw new IllegalArgumentException(
                        "two tools are called " + tool.spec().name());
            }
        }
        this.tools = Map.copyOf(byName);
    }

    /** Whether a call of this tool would run. */
    public boolean has(String name) {
        return tools.containsKey(name);
    }

    /** Calls the tool; one that cannot run here answers with a Failed that says why. */
    public ToolEffect call(String name, ObjectNode arguments, ToolContext context) {
        Tool tool = tools.get(name);
        return tool == null ? tx -> unavailable(name) : tool.call(arguments, context);
    }

    private static ToolOutcome unavailable(String name) {
        String why = BaseTools.isBase(name)
                ? "The tool " + name + " cannot run on this server: it arrives with a later version."
                : "The tool " + name + " cannot run on this server: running custom tools arrives with a later version.";
        return new ToolOutcome.Failed(why, null);
    }
}
