package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.LlmConfig;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.ToolType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules that an agent starts with, and the shape that every stored rule has (contract 01 §4.5). Pure. */
final class ToolRules {
    static final String EXIT = "exit_loop";
    static final String CONTINUE = "continue_loop";
    static final String APPROVAL = "requires_approval";
    private static final String RUN_FIRST = "run_first";

    /** The keys beyond tool_name, type and prompt_template, by type; those with a null default are optional. */
    private static final Map<String, Map<String, Need>> KEYS = keys();

    /** These end a turn when called. */
    private static final Set<String> ENDING =
            Set.of("send_message", "send_message_to_agent_async", "memory_finish_edits");

    /** Models that get base rules by their name (contract 01 §4.5); their mini forms do not count. */
    private static final List<String> RULED_MODELS =
            List.of("claude-4-sonnet", "claude-3-5-sonnet", "gpt-5", "gemini-2.5-pro");

    private static final Set<String> SEVERAL_FIRST = Set.of("gpt-4o", "gpt-4o-mini");

    private enum Need {
        REQUIRED,
        NULL_DEFAULT,
        FALSE_DEFAULT
    }

    private ToolRules() {}

    private static Map<String, Map<String, Need>> keys() {
        Map<String, Map<String, Need>> keys = new LinkedHashMap<>();
        keys.put("constrain_child_tools", ordered("children", Need.REQUIRED, "child_arg_nodes", Need.NULL_DEFAULT));
        keys.put("parent_last_tool", ordered("children", Need.REQUIRED));
        Map<String, Need> conditional =
                ordered("default_child", Need.NULL_DEFAULT, "child_output_mapping", Need.REQUIRED);
        conditional.put("require_output_mapping", Need.FALSE_DEFAULT);
        keys.put("conditional", conditional);
        keys.put("max_count_per_step", ordered("max_count_limit", Need.REQUIRED));
        keys.put(RUN_FIRST, ordered("args", Need.NULL_DEFAULT));
        keys.put(EXIT, Map.of());
        keys.put(CONTINUE, Map.of());
        keys.put("required_before_exit", Map.of());
        keys.put(APPROVAL, Map.of());
        return keys;
    }

    private static Map<String, Need> ordered(String key, Need need) {
        Map<String, Need> out = new LinkedHashMap<>();
        out.put(key, need);
        return out;
    }

    private static Map<String, Need> ordered(String key, Need need, String second, Need secondNeed) {
        Map<String, Need> out = ordered(key, need);
        out.put(second, secondNeed);
        return out;
    }

    /** A rule of one of the types without further keys. */
    static ObjectNode rule(String type, String tool) {
        return Json.object().put("tool_name", tool).put("type", type).putNull("prompt_template");
    }

    /** The rules as they are stored: known type, all keys there. 422 says what is wrong. */
    static ArrayNode checked(@Nullable JsonNode rules) {
        ArrayNode out = Json.array();
        if (rules == null || rules.isNull()) {
            return out;
        }
        if (!rules.isArray()) {
            throw Problem.unprocessable("tool_rules must be a list of rules.");
        }
        for (JsonNode given : rules) {
            out.add(checkedRule(given));
        }
        return out;
    }

    private static ObjectNode checkedRule(JsonNode given) {
        String type = given.path("type").asText("");
        Map<String, Need> keys = KEYS.get(type);
        if (keys == null) {
            throw Problem.unprocessable(
                    "Unknown type '" + type + "' in tool_rules: use one of " + String.join(", ", KEYS.keySet()) + ".");
        }
        String tool = given.path("tool_name").asText("");
        if (tool.isEmpty()) {
            throw Problem.unprocessable("A rule of type " + type + " in tool_rules lacks tool_name.");
        }
        ObjectNode rule = rule(type, tool);
        JsonNode template = given.get("prompt_template");
        if (template != null && template.isTextual()) {
            rule.set("prompt_template", template);
        }
        keys.forEach((key, need) -> {
            JsonNode value = given.get(key);
            if (value != null && !value.isNull()) {
                rule.set(key, value);
                return;
            }
            switch (need) {
                case REQUIRED ->
                    throw Problem.unprocessable("A rule of type " + type + " in tool_rules lacks " + key + ".");
                case NULL_DEFAULT -> rule.putNull(key);
                case FALSE_DEFAULT -> rule.put(key, false);
            }
        });
        refuseEmpty(rule, type);
        return rule;
    }

    /** Rules that could never be kept, or only by accident (contract 02 §8). */
    private static void refuseEmpty(ObjectNode rule, String type) {
        if (type.equals("conditional") && rule.path("child_output_mapping").isEmpty()) {
            throw Problem.unprocessable(
                    "child_output_mapping of a conditional rule in tool_rules must name an output.");
        }
        if (type.equals("max_count_per_step")
                && (!rule.path("max_count_limit").isInt()
                        || rule.path("max_count_limit").intValue() < 0)) {
            throw Problem.unprocessable("max_count_limit in tool_rules must be a whole number, 0 or more.");
        }
        Set<String> children = new HashSet<>();
        rule.path("children").forEach(child -> children.add(child.asText()));
        for (JsonNode node : rule.path("child_arg_nodes")) {
            String name = node.path("name").asText("");
            if (!children.contains(name)) {
                throw Problem.unprocessable(
                        "child_arg_nodes in tool_rules names '" + name + "', which is not among the children.");
            }
        }
    }

    /**
     * The rules of a new agent: its own, then base rules where they apply, then approval rules that tools bring along.
     *
     * @param own as {@link #checked} gave them
     * @param wanted {@code include_base_tool_rules}, null: by kind and model
     */
    static ArrayNode ofNew(
            ArrayNode own,
            AgentType type,
            boolean baseTools,
            @Nullable Boolean wanted,
            LlmConfig model,
            List<ToolRow> tools) {
        onlyOneFirst(own, model);
        ArrayNode out = own.deepCopy();
        if (baseRulesApply(own, type, baseTools, wanted, model)) {
            tools.forEach(tool -> addBaseRule(out, tool));
        }
        tools.stream().filter(ToolRow::wantsApproval).forEach(tool -> add(out, APPROVAL, tool.name()));
        return out;
    }

    private static void onlyOneFirst(ArrayNode own, LlmConfig model) {
        int first = 0;
        for (JsonNode rule : own) {
            first += rule.path("type").asText().equals(RUN_FIRST) ? 1 : 0;
        }
        if (first > 1 && !SEVERAL_FIRST.contains(model.model())) {
            throw new Problem(
                    dev.mneme.base.ProblemCode.INVALID_ARGUMENT,
                    "Multiple initial tools are not supported for non-structured models. Please use only one initial tool rule.");
        }
    }

    private static boolean baseRulesApply(
            ArrayNode own, AgentType type, boolean baseTools, @Nullable Boolean wanted, LlmConfig model) {
        if (wanted != null) {
            return wanted;
        }
        if (type == AgentType.LETTA_V1_AGENT && baseTools && own.isEmpty()) {
            return false;
        }
        String name = model.model().toLowerCase(Locale.ROOT);
        boolean ruled = RULED_MODELS.stream().anyMatch(name::contains) && !name.contains("mini");
        return !ruled || type == AgentType.SLEEPTIME_AGENT;
    }

    private static void addBaseRule(ArrayNode rules, ToolRow tool) {
        if (ENDING.contains(tool.name())) {
            add(rules, EXIT, tool.name());
        } else if (continues(tool)) {
            add(rules, CONTINUE, tool.name());
        }
    }

    private static boolean continues(ToolRow tool) {
        ToolType type = ToolType.find(tool.toolType());
        return type == ToolType.LETTA_CORE
                || type == ToolType.LETTA_MEMORY_CORE
                || type == ToolType.LETTA_SLEEPTIME_CORE;
    }

    /** Adds a rule unless one of that type and tool is there. */
    static void add(ArrayNode rules, String type, String tool) {
        for (JsonNode rule : rules) {
            if (rule.path("type").asText().equals(type)
                    && rule.path("tool_name").asText().equals(tool)) {
                return;
            }
        }
        rules.add(rule(type, tool));
    }

    /** The rules without those of this type and tool. */
    static ArrayNode without(JsonNode rules, String type, String tool) {
        ArrayNode out = Json.array();
        for (JsonNode rule : rules) {
            if (!rule.path("type").asText().equals(type)
                    || !rule.path("tool_name").asText().equals(tool)) {
                out.add(rule);
            }
        }
        return out;
    }
}
