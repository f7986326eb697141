package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compiles the system prompt from an agent's current memory (contract 02 §3). Pure.
 *
 * <p>What changes without anybody editing the agent (time, counts) stands last, so that a provider's prompt cache keeps the rest.
 */
public final class Prompt {
    /** Where the base text wants the memory; without it the memory follows the base text. */
    public static final String MEMORY_TOKEN = "{CORE_MEMORY}";

    private static final String METADATA_OPEN = "<memory_metadata>\n";
    private static final String METADATA_CLOSE = "\n</memory_metadata>";

    /** Types whose blocks are shown with line numbers to Anthropic's models, and types that have no memory section. */
    private static final Set<String> NUMBERED = Set.of("sleeptime_agent", "memgpt_v2_agent", "letta_v1_agent");

    private static final Set<String> WITHOUT_MEMORY = Set.of("react_agent", "workflow_agent");

    private static final String NUMBERS_NOTE = """
            <warning>
            The number and arrow before each line (1→) only show where it stands. They are no part of the text: \
            leave them out of whatever you pass to a memory tool.
            </warning>
            """;

    private Prompt() {}

    /**
     * A compiled prompt.
     *
     * @param text what the model gets
     * @param stable the text without its metadata section: equal as long as nobody edits the agent
     */
    public record Compiled(String text, String stable) {
        /** Whether a stored prompt differs in nothing but its metadata section, so that it may stay. */
        public boolean sameButForMetadata(String storedText) {
            return withoutMetadata(storedText).equals(stable);
        }

        /** Whether a stored prompt differs only in when it was compiled and how many messages there were. */
        public boolean sameButForTime(String storedText) {
            return withoutTime(storedText).equals(withoutTime(text));
        }
    }

    public static Compiled compile(PromptParts parts) {
        String memory = memory(parts);
        String rules = rules(parts.toolRules());
        StringBuilder whole = new StringBuilder(memory);
        for (String section : List.of(parts.directories(), rules, metadata(parts))) {
            if (!section.isEmpty()) {
                whole.append(whole.isEmpty() ? "" : "\n\n").append(section);
            }
        }
        String text = parts.base().contains(MEMORY_TOKEN)
                ? parts.base().replace(MEMORY_TOKEN, whole)
                : parts.base() + "\n\n" + whole;
        return new Compiled(text, withoutMetadata(text));
    }

    /** Whether agents of this type have no memory section; their files are shown all the same. */
    public static boolean withoutMemory(String agentType) {
        return WITHOUT_MEMORY.contains(agentType);
    }

    private static String memory(PromptParts parts) {
        if (withoutMemory(parts.agentType())) {
            return "";
        }
        boolean numbered = parts.modelEndpointType().equals("anthropic") && NUMBERED.contains(parts.agentType());
        if (parts.blocks().isEmpty() && !numbered) {
            return "";
        }
        StringBuilder out = new StringBuilder("<memory_blocks>\nYour core memory as it is now, block by block:\n\n");
        for (Block block : parts.blocks()) {
            block(out, block, numbered);
        }
        return out.append("</memory_blocks>").toString();
    }

    private static void block(StringBuilder out, Block block, boolean numbered) {
        out.append('<').append(block.label()).append(">\n<description>\n");
        out.append(block.description() == null ? "" : block.description());
        out.append("\n</description>\n<metadata>\n");
        if (block.readOnly()) {
            out.append("- read_only=true\n");
        }
        out.append("- chars_current=").append(block.chars());
        out.append("\n- chars_limit=").append(block.limit()).append("\n</metadata>\n");
        if (numbered) {
            out.append(NUMBERS_NOTE).append("<value>\n");
            int number = 1;
            for (String line : block.value().split("\n", -1)) {
                out.append(number++).append("→ ").append(line).append('\n');
            }
        } else {
            out.append("<value>\n").append(block.value()).append('\n');
        }
        out.append("</value>\n</").append(block.label()).append(">\n\n");
    }

    private static String rules(JsonNode toolRules) {
        List<String> sentences = new ArrayList<>();
        for (Set<String> types : List.of(
                Set.of("continue_loop"),
                Set.of("constrain_child_tools", "conditional", "max_count_per_step"),
                Set.of("parent_last_tool"),
                Set.of("exit_loop"))) {
            for (JsonNode rule : toolRules) {
                if (types.contains(rule.path("type").asText())) {
                    sentences.add(sentence(rule));
                }
            }
        }
        if (sentences.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder(
                "<tool_usage_rules>\nYour tools are subject to these rules. Keep to them" + " in every answer.\n\n");
        for (String sentence : sentences) {
            out.append("<tool_rule>\n").append(sentence).append("\n</tool_rule>\n");
        }
        return out.append("</tool_usage_rules>").toString();
    }

    private static String sentence(JsonNode rule) {
        String tool = rule.path("tool_name").asText();
        return switch (rule.path("type").asText()) {
            case "continue_loop" -> "After " + tool + " you go on with another step";
            case "constrain_child_tools" -> "After " + tool + " the next call must be one of: " + children(rule);
            case "conditional" -> "The result of " + tool + " decides which tool must come next";
            case "max_count_per_step" ->
                "Call " + tool + " no more often than "
                        + rule.path("max_count_limit").asInt() + " time(s) in a turn";
            case "parent_last_tool" -> "Only right after " + tool + " may you call: " + children(rule);
            default -> "Calling " + tool + " ends your turn";
        };
    }

    private static String children(JsonNode rule) {
        List<String> names = new ArrayList<>();
        rule.path("children").forEach(child -> names.add(child.asText()));
        return String.join(", ", names);
    }

    private static String metadata(PromptParts parts) {
        ZoneId zone = Times.zone(parts.timezone());
        StringBuilder out = new StringBuilder(METADATA_OPEN);
        out.append("- AGENT_ID: ").append(parts.agentId());
        out.append("\n- CONVERSATION_ID: ").append(parts.conversationId() == null ? "default" : parts.conversationId());
        out.append("\n- System prompt last recompiled: ").append(Times.spoken(parts.now(), zone));
        out.append("\n- ")
                .append(parts.earlierMessages())
                .append(" earlier messages are kept in recall memory, out of your view");
        if (parts.archivalPassages() > 0) {
            out.append("\n- ")
                    .append(parts.archivalPassages())
                    .append(" entries lie in archival memory; search there to read them");
        }
        if (!parts.archiveTags().isEmpty()) {
            out.append("\n- Available archival memory tags: ").append(String.join(", ", parts.archiveTags()));
        }
        return out.append(METADATA_CLOSE).toString();
    }

    /** The text without its last metadata section. */
    private static String withoutMetadata(String text) {
        int open = text.lastIndexOf(METADATA_OPEN);
        int close = open < 0 ? -1 : text.indexOf(METADATA_CLOSE, open);
        return close < 0 ? text : text.substring(0, open) + text.substring(close + METADATA_CLOSE.length());
    }

    private static String withoutTime(String text) {
        int open = text.lastIndexOf(METADATA_OPEN);
        if (open < 0) {
            return text;
        }
        return text.substring(0, open)
                + text.substring(open)
                        .replaceFirst("- System prompt last recompiled: [^\n]*\n", "")
                        .replaceFirst("- \\d+ earlier messages are kept [^\n]*", "");
    }
}
