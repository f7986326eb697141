package dev.mneme.turn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.base.Storable;
import dev.mneme.message.Content;
import dev.mneme.message.ReturnParts;
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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs the calls of one answer: the slow halves first, at once where a tool allows it, then (in the ledger's transaction) the effects in
 * call order. Whatever a tool does wrong becomes a return that the model reads. Thread-safe.
 */
final class ToolRunner {
    private final Toolbox toolbox;
    private final Scope scope;

    ToolRunner(Toolbox toolbox, Scope scope) {
        this.toolbox = toolbox;
        this.scope = scope;
    }

    /** What became of a call before it could run. */
    enum Verdict {
        RUNS,
        /** It broke a rule about tools. */
        BROKE_RULE,
        /** The arguments that a rule puts over the model's do not fit the tool. */
        BAD_PREFILL
    }

    /**
     * A call whose slow half is done.
     *
     * @param call with clean arguments, as it is stored
     * @param limit characters of its return, 0: none
     * @param thought what the model thought in the call's own argument for it; empty: nothing
     * @param asksOn whether the model asked for another step
     */
    record Prepared(ToolCall call, ToolEffect effect, int limit, Verdict verdict, String thought, boolean asksOn) {
        /** With what was decided about the next step among its arguments. */
        Prepared decided(boolean goesOn) {
            return new Prepared(CallShape.decided(call, goesOn), effect, limit, verdict, thought, asksOn);
        }

        Next.Made made() {
            return new Next.Made(call.name(), asksOn, verdict != Verdict.RUNS);
        }

        /** Applies the effect and shapes what the model and people see. */
        ToolReturn apply(Tx tx) {
            return switch (effect.apply(tx)) {
                case ToolOutcome.Ok ok -> returned(ok);
                case ToolOutcome.Failed failed ->
                    new ToolReturn(
                            call.id(),
                            ToolReturn.ERROR,
                            clip(failed.text()),
                            failed.stdout(),
                            verdict == Verdict.RUNS ? stderr(failed) : null);
            };
        }

        private ToolReturn returned(ToolOutcome.Ok ok) {
            List<Content> parts = ReturnParts.of(ok.value());
            if (parts == null || !ReturnParts.pictured(parts)) {
                return new ToolReturn(
                        call.id(), ToolReturn.SUCCESS, clip(textOf(ok.value())), ok.stdout(), ok.stderr());
            }
            String text = clip(ReturnParts.text(parts));
            return new ToolReturn(call.id(), ToolReturn.SUCCESS, text, ok.stdout(), ok.stderr(), parts);
        }

        /** Only what ran has an output. */
        private static List<String> stderr(ToolOutcome.Failed failed) {
            return failed.stderr() == null ? List.of(failed.text()) : failed.stderr();
        }

        private static String textOf(JsonNode value) {
            return value.isTextual() ? value.asText() : Json.write(value);
        }

        private String clip(String text) {
            return ToolRunner.clip(text, limit);
        }
    }

    /** The text, cut with a note when it is longer than the limit (contract 05 §6). limit: characters, 0: none. */
    static String clip(String text, int limit) {
        return limit <= 0 || text.length() <= limit
                ? text
                : text.substring(0, limit)
                        + "... [NOTE: function output was truncated since it exceeded the character limit ("
                        + text.length() + " > " + limit + ")]";
    }

    /**
     * The calls of one answer, in its order: tools that allow it at once, then the others one after the other.
     *
     * @param history what this request has called before this answer
     */
    List<Prepared> prepare(List<ToolCall> calls, StepPlan plan, CallHistory history, ToolContext context) {
        List<Callable<Prepared>> tasks = new ArrayList<>(calls.size());
        List<Integer> together = new ArrayList<>();
        Map<String, ToolRow> attached = plan.toolsByName();
        CallHistory before = history;
        for (ToolCall call : calls) {
            Read read = read(call, plan, before);
            ToolRow row = attached.get(call.name());
            if (row != null && row.enableParallelExecution()) {
                together.add(tasks.size());
            }
            tasks.add(() -> row == null || read.refusal() != null ? read.refused() : run(read, row, context));
            if (read.verdict() == Verdict.RUNS) {
                before = before.plus(call.name(), "");
            }
        }
        Prepared[] done = new Prepared[tasks.size()];
        if (together.size() > 1) {
            List<Prepared> first = scope.all(together.stream().map(tasks::get).toList());
            for (int i = 0; i < first.size(); i++) {
                done[together.get(i)] = first.get(i);
            }
        }
        for (int i = 0; i < done.length; i++) {
            if (done[i] == null) {
                done[i] = called(tasks.get(i));
            }
        }
        return List.of(done);
    }

    private static Prepared called(Callable<Prepared> task) {
        try {
            return task.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a call threw what it does not declare", e);
        }
    }

    /** A call that somebody else ran, as far as it decides what follows. */
    static Next.Made made(ToolCall call) {
        ObjectNode arguments = arguments(call.arguments());
        return new Next.Made(call.name(), arguments != null && CallShape.asksOn(arguments), false);
    }

    /** What the model thought in the arguments of a call; empty: nothing. */
    static String thought(ToolCall call) {
        ObjectNode arguments = arguments(call.arguments());
        return arguments == null ? "" : arguments.path(CallShape.THINKING).asText("");
    }

    /** A call as it is stored before it may run: without what is for the server only. Broken arguments stay as they are. */
    static ToolCall clean(ToolCall call) {
        ObjectNode arguments = arguments(call.arguments());
        if (arguments == null) {
            return call;
        }
        arguments.remove(List.of(CallShape.HEARTBEAT, CallShape.THINKING));
        return new ToolCall(call.id(), call.name(), Json.write(arguments));
    }

    /** A call as it was understood. refusal: what the model reads instead of a return, null: it may run. */
    private record Read(
            ToolCall clean,
            ObjectNode arguments,
            Verdict verdict,
            String thought,
            boolean asksOn,
            @Nullable String refusal) {
        Read refuse(Verdict why, String text) {
            return new Read(clean, arguments, why, thought, asksOn, text);
        }

        Prepared refused() {
            String text = refusal == null ? "Tool not found" : refusal;
            return new Prepared(clean, tx -> new ToolOutcome.Failed(text, null), 0, verdict, thought, asksOn);
        }
    }

    private static Read read(ToolCall call, StepPlan plan, CallHistory history) {
        ObjectNode arguments = arguments(call.arguments());
        if (arguments == null) {
            // The model must read what was wrong, so it is asked again whatever it wanted.
            return new Read(
                    new ToolCall(call.id(), call.name(), "{}"),
                    Json.object(),
                    Verdict.RUNS,
                    "",
                    true,
                    BrokenCalls.complaint(call));
        }
        boolean asksOn = CallShape.asksOn(arguments);
        JsonNode thought = arguments.path(CallShape.THINKING);
        arguments.remove(List.of(CallShape.HEARTBEAT, CallShape.THINKING));
        Read read = new Read(
                new ToolCall(call.id(), call.name(), Json.write(arguments)),
                arguments,
                Verdict.RUNS,
                thought.isTextual() ? thought.textValue() : "",
                asksOn,
                null);
        List<String> allowed = plan.allowed().tools();
        if (!allowed.contains(call.name()) || plan.rules().spent(call.name(), history)) {
            return read.refuse(Verdict.BROKE_RULE, plan.rules().violation(call.name(), allowed, history));
        }
        return plan.kind().prefills() ? prefilled(read, plan, history) : read;
    }

    /** The call with what a rule puts over its arguments; where that does not fit, the call as the model made it. */
    private static Read prefilled(Read read, StepPlan plan, CallHistory history) {
        String tool = read.clean().name();
        RuleBook.Prefill prefill = plan.rules().prefill(tool, history);
        ToolRow row = plan.toolsByName().get(tool);
        if (prefill == null || row == null || row.jsonSchema() == null) {
            return read;
        }
        String wrong = prefill.wrong(tool, row.jsonSchema().path("parameters"));
        if (wrong != null) {
            return read.refuse(Verdict.BAD_PREFILL, wrong);
        }
        ObjectNode merged = read.arguments().deepCopy().setAll(prefill.arguments());
        return new Read(
                new ToolCall(read.clean().id(), tool, Json.write(merged)),
                merged,
                read.verdict(),
                read.thought(),
                read.asksOn(),
                null);
    }

    private Prepared run(Read read, ToolRow row, ToolContext context) {
        String tool = read.clean().name();
        try {
            ToolEffect effect = toolbox.call(row, read.arguments(), context);
            return new Prepared(
                    read.clean(), effect, row.returnCharLimit(), read.verdict(), read.thought(), read.asksOn());
        } catch (RuntimeException e) {
            // The tool edge: a tool that breaks is a message to the model, never the end of the turn.
            return read.refuse(read.verdict(), "Error executing function " + tool + ": " + e.getMessage())
                    .refused();
        }
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
