package dev.mneme.tool;

import static dev.mneme.tool.ToolType.LETTA_BUILTIN;
import static dev.mneme.tool.ToolType.LETTA_CORE;
import static dev.mneme.tool.ToolType.LETTA_FILES_CORE;
import static dev.mneme.tool.ToolType.LETTA_MEMORY_CORE;
import static dev.mneme.tool.ToolType.LETTA_MULTI_AGENT_CORE;
import static dev.mneme.tool.ToolType.LETTA_SLEEPTIME_CORE;
import static dev.mneme.tool.ToolType.LETTA_VOICE_SLEEPTIME_CORE;

import dev.mneme.message.ToolSpec;
import dev.mneme.tool.code.CodeTools;
import dev.mneme.tool.web.WebTools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tools the server brings along, of which kind each is, and which may run side by side (contract 05 §1, §8). */
public final class BaseTools {
    /** Every base tool with its kind, in the contract's order. */
    static final Map<String, ToolType> KINDS = kinds();

    /** Reading never disturbs another call. */
    static final Set<String> PARALLEL = Set.of(
            "conversation_search",
            "archival_memory_search",
            "run_code",
            "web_search",
            "fetch_webpage",
            "grep_files",
            "semantic_search_files");

    private BaseTools() {}

    /**
     * The rows that every organisation has: the given tools in their own words, and those that are built later on, so that agents that
     * carry them can be made and exported.
     */
    public static List<BaseTool> catalogue(List<Tool> executable) {
        Map<String, ToolSpec> specs = new LinkedHashMap<>();
        MultiAgentTools.specs().forEach(spec -> specs.put(spec.name(), spec));
        WebTools.specs().forEach(spec -> specs.put(spec.name(), spec));
        CodeTools.specs().forEach(spec -> specs.put(spec.name(), spec));
        executable.forEach(tool -> specs.put(tool.spec().name(), tool.spec()));
        List<BaseTool> all = new ArrayList<>();
        KINDS.forEach((name, kind) -> {
            ToolSpec spec = specs.get(name);
            if (spec != null) {
                all.add(new BaseTool(kind, spec, PARALLEL.contains(name)));
            }
        });
        return List.copyOf(all);
    }

    /** Whether the server defines a tool of this name: nobody else may. */
    public static boolean isBase(String name) {
        return KINDS.containsKey(name);
    }

    private static Map<String, ToolType> kinds() {
        Map<String, ToolType> kinds = new LinkedHashMap<>();
        put(
                kinds,
                LETTA_CORE,
                "send_message",
                "conversation_search",
                "archival_memory_insert",
                "archival_memory_search");
        put(kinds, LETTA_MEMORY_CORE, "core_memory_append", "core_memory_replace", "memory", "memory_apply_patch");
        put(kinds, LETTA_SLEEPTIME_CORE, "memory_replace", "memory_insert", "memory_rethink", "memory_finish_edits");
        put(
                kinds,
                LETTA_VOICE_SLEEPTIME_CORE,
                "store_memories",
                "rethink_user_memory",
                "finish_rethinking_memory",
                "search_memory");
        put(
                kinds,
                LETTA_MULTI_AGENT_CORE,
                "send_message_to_agent_and_wait_for_reply",
                "send_message_to_agents_matching_tags",
                "send_message_to_agent_async");
        put(kinds, LETTA_BUILTIN, "run_code", "run_code_with_tools", "web_search", "fetch_webpage");
        put(kinds, LETTA_FILES_CORE, "open_files", "grep_files", "semantic_search_files");
        return java.util.Collections.unmodifiableMap(kinds);
    }

    private static void put(Map<String, ToolType> kinds, ToolType kind, String... names) {
        for (String name : names) {
            kinds.put(name, kind);
        }
    }
}
