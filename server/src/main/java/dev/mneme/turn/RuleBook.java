package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.PythonText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an agent about its tools, and everything that follows from them (contract 02 §8). Pure, immutable.
 *
 * <p>A rule that names a tool which is not attached has no effect on what may be called first; children that are not attached are not
 * allowed. Rules that contradict each other allow nothing, and then nothing may be called: unlike in the retired server they are not
 * thrown over. See docs/decisions/0012.
 */
final class RuleBook {
    /** How the return of a call begins that broke a rule. */
    static final String VIOLATION = "[ToolConstraintError] Cannot call ";

    /** How the return of a call begins whose prefilled arguments do not fit the tool. */
    static final String BAD_PREFILL = "Invalid prefilled tool arguments from tool rules ";

    /** Digits of a number that is compared by its value; longer texts are compared as texts. */
    private static final int LONGEST_NUMBER = 40;

    static final RuleBook EMPTY = new RuleBook(List.of());

    private final List<ToolRule> rules;

    private RuleBook(List<ToolRule> rules) {
        this.rules = rules;
    }

    static RuleBook of(JsonNode stored) {
        return stored.isEmpty() ? EMPTY : new RuleBook(ToolRule.read(stored));
    }

    /** What may be called now, in the order of attachment. forced: a rule wants one of them to be called. */
    record Allowed(List<String> tools, boolean forced) {
        Allowed {
            tools = List.copyOf(tools);
        }
    }

    Allowed allowed(List<String> attached, CallHistory history) {
        List<String> first = first(attached, history);
        if (!first.isEmpty()) {
            return new Allowed(first, true);
        }
        List<String> left = new ArrayList<>(attached);
        boolean forced = false;
        for (ToolRule rule : rules) {
            boolean justCalled = rule.tool().equals(history.last());
            switch (rule) {
                case ToolRule.Children children -> {
                    forced |= justCalled;
                    left.removeIf(tool -> justCalled && !children.children().contains(tool));
                }
                case ToolRule.ParentLast parent -> {
                    forced |= justCalled;
                    left.removeIf(
                            tool -> justCalled ? !parent.children().contains(tool) : waits(parent, tool, history));
                }
                case ToolRule.Conditional conditional -> {
                    forced |= justCalled;
                    left.removeIf(tool -> justCalled && !chosen(conditional, history, tool));
                }
                case ToolRule.MaxCount max ->
                    left.removeIf(tool -> tool.equals(max.tool()) && history.count(tool) >= max.limit());
                case ToolRule.RunFirst run -> {}
                case ToolRule.Exit exit -> {}
                case ToolRule.Continue goOn -> {}
                case ToolRule.Required required -> {}
                case ToolRule.Approval approval -> {}
            }
        }
        return new Allowed(left, forced && !left.isEmpty());
    }

    /** Whether a child must wait for its parent: a child of several parents may follow any of them. */
    private boolean waits(ToolRule.ParentLast parent, String tool, CallHistory history) {
        return parent.children().contains(tool)
                && rules.stream()
                        .noneMatch(rule -> rule instanceof ToolRule.ParentLast other
                                && other.tool().equals(history.last())
                                && other.children().contains(tool));
    }

    private List<String> first(List<String> attached, CallHistory history) {
        if (history.last() != null) {
            return List.of();
        }
        Set<String> names = rules.stream()
                .filter(ToolRule.RunFirst.class::isInstance)
                .map(ToolRule::tool)
                .collect(Collectors.toSet());
        return attached.stream().filter(names::contains).toList();
    }

    /** Whether an output leads to this tool. */
    private static boolean chosen(ToolRule.Conditional rule, CallHistory history, String tool) {
        String output = history.lastOutput() == null ? "" : history.lastOutput();
        for (var each : rule.byOutput().entrySet()) {
            if (same(each.getKey(), output)) {
                return each.getValue().equals(tool);
            }
        }
        return rule.otherwise() == null ? !rule.strict() : rule.otherwise().equals(tool);
    }

    /** Compares a key with an output: as texts, numbers by their value, true and false in any case. */
    static boolean same(String key, String output) {
        String a = key.strip();
        String b = output.strip();
        if (a.equals(b)) {
            return true;
        }
        if (a.equalsIgnoreCase("true") || a.equalsIgnoreCase("false")) {
            return a.equalsIgnoreCase(b);
        }
        if (a.isEmpty() || b.isEmpty() || a.length() > LONGEST_NUMBER || b.length() > LONGEST_NUMBER) {
            return false;
        }
        try {
            return new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
        } catch (NumberFormatException e) {
            return false; // not two numbers, and as texts they differ
        }
    }

    /** Whether a rule other than the approvals exists: then a provider is not asked for several calls at once. */
    boolean ordersCalls() {
        return rules.stream().anyMatch(rule -> !(rule instanceof ToolRule.Approval));
    }

    /** Whether a call of the tool ends the turn. */
    boolean ends(String tool) {
        return rules.stream()
                .anyMatch(rule -> rule instanceof ToolRule.Exit && rule.tool().equals(tool));
    }

    /** Whether the turn goes on after the tool because a rule says so. */
    boolean goesOn(String tool) {
        return rules.stream()
                .anyMatch(
                        rule -> rule instanceof ToolRule.Continue && rule.tool().equals(tool));
    }

    /** Whether the tool has rules about what comes after it, or how often it may come. */
    boolean leadsOn(String tool) {
        return rules.stream()
                .anyMatch(rule -> rule.tool().equals(tool)
                        && switch (rule) {
                            case ToolRule.Children children -> true;
                            case ToolRule.ParentLast parent -> true;
                            case ToolRule.Conditional conditional -> true;
                            case ToolRule.MaxCount max -> true;
                            case ToolRule.RunFirst run -> false;
                            case ToolRule.Exit exit -> false;
                            case ToolRule.Continue goOn -> false;
                            case ToolRule.Required required -> false;
                            case ToolRule.Approval approval -> false;
                        });
    }

    /** Whether a person must approve each call of the tool. */
    boolean guarded(String tool) {
        return rules.stream()
                .anyMatch(
                        rule -> rule instanceof ToolRule.Approval && rule.tool().equals(tool));
    }

    /** Attached tools that must be called before the turn may end and were not yet, in the order of the rules. */
    List<String> uncalled(List<String> attached, CallHistory history) {
        Set<String> out = new LinkedHashSet<>();
        for (ToolRule rule : rules) {
            if (rule instanceof ToolRule.Required
                    && attached.contains(rule.tool())
                    && history.count(rule.tool()) == 0) {
                out.add(rule.tool());
            }
        }
        return List.copyOf(out);
    }

    /** Whether the tool was called as often as it may be. */
    boolean spent(String tool, CallHistory history) {
        return rules.stream()
                .anyMatch(rule -> rule instanceof ToolRule.MaxCount max
                        && max.tool().equals(tool)
                        && history.count(tool) >= max.limit());
    }

    /** Arguments that a rule puts over the model's own. source: the rule, as an error names it. */
    record Prefill(ObjectNode arguments, String source) {
        /** What is wrong with them for this tool, in the words of its return; null: they fit. */
        @Nullable
        String wrong(String tool, JsonNode parameters) {
            for (var each : arguments.properties()) {
                JsonNode property = parameters.path("properties").path(each.getKey());
                if (property.isMissingNode()) {
                    return text("Unknown argument " + PythonText.quoted(each.getKey()), tool);
                }
                if (!ArgumentType.fits(each.getValue(), property)) {
                    return text("Wrong type of argument " + PythonText.quoted(each.getKey()), tool);
                }
            }
            return null;
        }

        private String text(String what, String tool) {
            return BAD_PREFILL + "(source=" + source + "): " + what + " for tool " + PythonText.quoted(tool) + ".";
        }
    }

    /** What rules put over the arguments of this call; null: nothing. */
    @Nullable
    Prefill prefill(String tool, CallHistory history) {
        for (ToolRule rule : rules) {
            if (rule instanceof ToolRule.RunFirst first
                    && history.last() == null
                    && first.tool().equals(tool)
                    && !first.arguments().isEmpty()) {
                return new Prefill(first.arguments(), "InitToolRule(" + tool + ")");
            }
            if (rule instanceof ToolRule.Children parent && parent.tool().equals(history.last())) {
                ObjectNode arguments = parent.arguments().get(tool);
                if (arguments != null && !arguments.isEmpty()) {
                    return new Prefill(arguments, "ChildToolRule(" + parent.tool() + "->" + tool + ")");
                }
            }
        }
        return null;
    }

    /** What the model reads instead of a return when it called what it may not (contract 02 §8). */
    String violation(String tool, List<String> allowed, CallHistory history) {
        List<String> names = allowed.stream().map(PythonText::quoted).toList();
        StringBuilder out =
                new StringBuilder(VIOLATION + tool + ", valid tools include: [" + String.join(", ", names) + "].");
        List<String> broken = rules.stream()
                .map(rule -> broken(rule, tool, history))
                .filter(sentence -> !sentence.isEmpty())
                .toList();
        if (!broken.isEmpty()) {
            out.append("\n** Hint: Possible rules that were violated:");
            broken.forEach(sentence ->
                    out.append("\n\t- <tool_rule>\n").append(sentence).append("\n</tool_rule>"));
        }
        return out.toString();
    }

    private static String broken(ToolRule rule, String tool, CallHistory history) {
        boolean justCalled = rule.tool().equals(history.last());
        return switch (rule) {
            case ToolRule.Children children ->
                justCalled && !children.children().contains(tool)
                        ? "After using " + rule.tool() + ", you must use one of these tools: "
                                + String.join(", ", children.children())
                        : "";
            case ToolRule.MaxCount max ->
                rule.tool().equals(tool) && history.count(tool) >= max.limit()
                        ? tool + ": at most " + max.limit() + " use(s) per response"
                        : "";
            case ToolRule.Conditional conditional ->
                justCalled && !chosen(conditional, history, tool)
                        ? rule.tool() + " will determine which tool to use next based on its output"
                        : "";
            case ToolRule.ParentLast parent -> "";
            case ToolRule.RunFirst run -> "";
            case ToolRule.Exit exit -> "";
            case ToolRule.Continue goOn -> "";
            case ToolRule.Required required -> "";
            case ToolRule.Approval approval -> "";
        };
    }
}
