package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One rule of an agent about its tools (contract 02 §8). Data only: what follows from it is decided by {@link RuleBook}. */
sealed interface ToolRule {
    /** The tool that the rule is about. */
    String tool();

    /** Only this tool (or another one with such a rule) may be called first. arguments: put over the model's own. */
    record RunFirst(String tool, ObjectNode arguments) implements ToolRule {}

    /** After the tool only its children. arguments: by child, put over the model's own. */
    record Children(String tool, List<String> children, Map<String, ObjectNode> arguments) implements ToolRule {}

    /** The children only right after the tool, and right after it nothing else. */
    record ParentLast(String tool, List<String> children) implements ToolRule {}

    /** What the tool gave back decides what comes next. strict: an output that is not in the mapping allows nothing. */
    record Conditional(
            String tool,
            Map<String, String> byOutput,
            @Nullable String otherwise,
            boolean strict) implements ToolRule {}

    record Exit(String tool) implements ToolRule {}

    record Continue(String tool) implements ToolRule {}

    /** The turn cannot end before the tool was called. */
    record Required(String tool) implements ToolRule {}

    /** The tool may be called so often in one request. */
    record MaxCount(String tool, int limit) implements ToolRule {}

    /** A person decides about each call. */
    record Approval(String tool) implements ToolRule {}

    /** The rules as they are stored. What an older version wrote and nobody knows is left out: it never stops an agent. */
    static List<ToolRule> read(JsonNode stored) {
        List<ToolRule> out = new ArrayList<>();
        for (JsonNode rule : stored) {
            ToolRule read = one(rule, rule.path("tool_name").asText());
            if (read != null) {
                out.add(read);
            }
        }
        return List.copyOf(out);
    }

    private static @Nullable ToolRule one(JsonNode rule, String tool) {
        return switch (rule.path("type").asText()) {
            case "run_first" -> new RunFirst(tool, object(rule.path("args")));
            case "constrain_child_tools" -> {
                Map<String, ObjectNode> arguments = new LinkedHashMap<>();
                for (JsonNode node : rule.path("child_arg_nodes")) {
                    arguments.put(node.path("name").asText(), object(node.path("args")));
                }
                yield new Children(tool, names(rule.path("children")), Map.copyOf(arguments));
            }
            case "parent_last_tool" -> new ParentLast(tool, names(rule.path("children")));
            case "conditional" -> {
                Map<String, String> mapping = new LinkedHashMap<>();
                rule.path("child_output_mapping")
                        .properties()
                        .forEach(each ->
                                mapping.put(each.getKey(), each.getValue().asText()));
                JsonNode otherwise = rule.path("default_child");
                yield new Conditional(
                        tool,
                        mapping,
                        otherwise.isTextual() ? otherwise.textValue() : null,
                        rule.path("require_output_mapping").asBoolean());
            }
            case "exit_loop" -> new Exit(tool);
            case "continue_loop" -> new Continue(tool);
            case "required_before_exit" -> new Required(tool);
            case "max_count_per_step" ->
                new MaxCount(tool, rule.path("max_count_limit").asInt());
            case "requires_approval" -> new Approval(tool);
            default -> null;
        };
    }

    private static ObjectNode object(JsonNode node) {
        return node instanceof ObjectNode object ? object : Json.object();
    }

    private static List<String> names(JsonNode list) {
        List<String> out = new ArrayList<>();
        list.forEach(name -> out.add(name.asText()));
        return List.copyOf(out);
    }
}
