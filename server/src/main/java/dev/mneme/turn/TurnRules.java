package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of a turn, pure (contract 02 §5 and §7): which calls of an answer count, and whether the loop goes on.
 *
 * <p>Text ends the turn, calls continue it, a terminal tool ends it, a spent budget ends it.
 */
public final class TurnRules {
    private final Set<String> terminal;
    private final Set<String> guarded;

    private TurnRules(Set<String> terminal, Set<String> guarded) {
        this.terminal = terminal;
        this.guarded = guarded;
    }

    /** Reads the rules of an agent ({@code [{"type":…,"tool_name":…}]}). */
    public static TurnRules of(JsonNode toolRules) {
        Set<String> terminal = new HashSet<>();
        Set<String> guarded = new HashSet<>();
        for (JsonNode rule : toolRules) {
            String tool = rule.path("tool_name").asText();
            switch (rule.path("type").asText()) {
                case "exit_loop" -> terminal.add(tool);
                case "requires_approval" -> guarded.add(tool);
                default -> {}
            }
        }
        return new TurnRules(terminal, guarded);
    }

    /** The calls that count: with parallel calls off, only the first (contract 03 §8). */
    public List<ToolCall> counting(List<ToolCall> calls, boolean parallel) {
        return parallel || calls.size() < 2 ? calls : calls.subList(0, 1);
    }

    /** Whether a person must approve this tool first. */
    public boolean guarded(String tool) {
        return guarded.contains(tool);
    }

    /** What a finished model call without calls means. */
    public static StopReason afterText(ModelEvent.Done answer) {
        return answer.truncated() ? StopReason.MAX_TOKENS_EXCEEDED : StopReason.END_TURN;
    }

    /** Whether there is anything in the answer to store. */
    public static boolean silent(ModelEvent.Done answer) {
        return answer.calls().isEmpty()
                && answer.content().stream()
                        .allMatch(part ->
                                part instanceof Content.Text text && text.text().isEmpty());
    }

    /** Why the turn stops after these calls, or null: go on. */
    public @Nullable StopReason afterCalls(List<ToolCall> calls, int stepsDone, int maxSteps) {
        for (ToolCall call : calls) {
            if (terminal.contains(call.name())) {
                return StopReason.TOOL_RULE;
            }
        }
        return stepsDone >= maxSteps ? StopReason.MAX_STEPS : null;
    }
}
