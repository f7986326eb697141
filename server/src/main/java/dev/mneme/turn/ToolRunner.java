package dev.mneme.turn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.base.Storable;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Toolbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs the calls of one answer: the slow halves first, at once where a tool allows it, then (in the ledger's transaction) the effects in
 * call order. Whatever a tool does wrong becomes a return that the model reads. Thread-safe.
 */
final class ToolRunner {
    /** Characters of broken arguments shown back to the model. */
    private static final int SNIPPET = 200;

    private final Toolbox toolbox;
    private final Scope scope;

    ToolRunner(Toolbox toolbox, Scope scope) {
        this.toolbox = toolbox;
        this.scope = scope;
    }

    /** A call whose slow half is done. limit: characters of its return, 0: none. */
    record Prepared(ToolCall call, ToolEffect effect, int limit) {
        /** Applies the effect and shapes what the model and people see. */
        ToolReturn apply(Tx tx) {
            return switch (effect.apply(tx)) {
                case ToolOutcome.Ok ok ->
                    new ToolReturn(call.id(), ToolReturn.SUCCESS, clip(textOf(ok.value())), null, null);
                case ToolOutcome.Failed failed ->
                    new ToolReturn(
                            call.id(),
                            ToolReturn.ERROR,
                            clip(failed.text()),
                            null,
                            List.of(failed.stderr() == null ? failed.text() : failed.stderr()));
            };
        }

        private static String textOf(JsonNode value) {
            return value.isTextual() ? value.asText() : Json.write(value);
        }

        private String clip(String text) {
            return limit <= 0 || text.length() <= limit
                    ? text
                    : text.substring(0, limit)
                            + "... [NOTE: function output was truncated since it exceeded the character limit ("
                            + text.length() + " > " + limit + ")]";
        }
    }

    List<Prepared> prepare(List<ToolCall> calls, Map<String, ToolRow> attached, TurnRules rules, ToolContext context) {
        List<Prepared> done = new ArrayList<>(calls.size());
        boolean together = calls.size() > 1;
        if (together) {
            List<Callable<Prepared>> tasks = new ArrayList<>();
            for (ToolCall call : calls) {
                ToolRow tool = attached.get(call.name());
                if (tool == null || !tool.enableParallelExecution()) {
                    together = false;
                }
                tasks.add(() -> prepare(call, attached, rules, context));
            }
            if (together) {
                return scope.all(tasks);
            }
        }
        for (ToolCall call : calls) {
            done.add(prepare(call, attached, rules, context));
        }
        return done;
    }

    private Prepared prepare(ToolCall call, Map<String, ToolRow> attached, TurnRules rules, ToolContext context) {
        ToolRow row = attached.get(call.name());
        if (row == null) {
            return refused(
                    call,
                    "[ToolConstraintError] Cannot call " + call.name() + ", valid tools include: "
                            + quoted(attached.keySet()) + ".");
        }
        if (rules.guarded(call.name())) {
            return refused(
                    call,
                    "The tool " + call.name()
                            + " may only run after a person approved it, and this server cannot ask for approvals yet. It was not run.");
        }
        ObjectNode arguments = arguments(call.arguments());
        if (arguments == null) {
            String text = call.arguments();
            return refused(
                    new ToolCall(call.id(), call.name(), "{}"),
                    "The arguments of " + call.name()
                            + " were not a JSON object, so nothing was run. Call it again with valid JSON. They began with: "
                            + text.substring(0, Math.min(SNIPPET, text.length())));
        }
        arguments.remove("request_heartbeat");
        arguments.remove("thinking");
        ToolCall clean = new ToolCall(call.id(), call.name(), Json.write(arguments));
        try {
            return new Prepared(clean, toolbox.call(call.name(), arguments, context), row.returnCharLimit());
        } catch (RuntimeException e) {
            // The tool edge: a tool that breaks is a message to the model, never the end of the turn.
            return refused(clean, "Error executing function " + call.name() + ": " + e.getMessage());
        }
    }

    private static Prepared refused(ToolCall call, String text) {
        return new Prepared(call, tx -> new ToolOutcome.Failed(text, null), 0);
    }

    private static String quoted(Iterable<String> names) {
        List<String> out = new ArrayList<>();
        names.forEach(name -> out.add("'" + name + "'"));
        return new TreeSet<>(out).toString();
    }

    /** The first JSON object in the text; empty text is an empty object; null when it is anything else. */
    static @Nullable ObjectNode arguments(String text) {
        if (text.isBlank()) {
            return Json.object();
        }
        try {
            return Json.parse(text) instanceof ObjectNode object ? (ObjectNode) Storable.of(object) : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
