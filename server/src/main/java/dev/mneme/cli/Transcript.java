package dev.mneme.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Writes a turn's events as they arrive: reasoning, tool calls, what they did to memory, the reply. For one thread.
 *
 * <p>Deltas of one kind run on; a change of kind begins a new line. A call's arguments are shown once they are whole.
 */
final class Transcript {
    /** Characters of a tool's return shown; the rest is a matter for the model. */
    private static final int SHOWN_RETURN = 200;

    private final PrintStream out;
    private final Paint paint;
    private final Supplier<Map<String, String>> memory;
    private final Map<String, Call> calls = new LinkedHashMap<>();
    private Map<String, String> known;
    private String kind = "";
    private boolean failed;

    private static final class Call {
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    /**
     * @param memory reads the agent's blocks now, label to value
     */
    Transcript(PrintStream out, Paint paint, Supplier<Map<String, String>> memory) {
        this.out = out;
        this.paint = paint;
        this.memory = memory;
        this.known = memory.get();
    }

    /** Whether the turn ended in an error. */
    boolean failed() {
        return failed;
    }

    void accept(JsonNode event) {
        switch (event.path("message_type").asText()) {
            case "reasoning_message" ->
                running("reasoning", event.path("reasoning").asText());
            case "assistant_message" -> running("reply", text(event.path("content")));
            case "tool_call_message", "approval_request_message" -> collect(event);
            case "tool_return_message" -> returned(event);
            case "error_message" -> {
                failed = true;
                line(paint.trouble("! " + event.path("message").asText() + " "
                        + event.path("detail").asText("")));
            }
            case "stop_reason" -> stopped(event.path("stop_reason").asText());
            default -> {
                // pings, usage, compaction: nothing to show
            }
        }
        out.flush();
    }

    /** Ends the last line. */
    void end() {
        showCalls();
        if (!kind.isEmpty()) {
            out.println();
            kind = "";
        }
        out.flush();
    }

    private void running(String now, String delta) {
        if (delta.isEmpty()) {
            return;
        }
        showCalls();
        if (!kind.equals(now)) {
            if (!kind.isEmpty()) {
                out.println();
            }
            kind = now;
            out.print(now.equals("reasoning") ? paint.dim("… ") : "");
        }
        out.print(now.equals("reasoning") ? paint.dim(delta) : delta);
    }

    private void line(String text) {
        if (!kind.isEmpty()) {
            out.println();
            kind = "";
        }
        out.println(text);
    }

    private void collect(JsonNode event) {
        JsonNode several = event.path("tool_calls");
        if (several.isArray()) {
            several.forEach(this::collectOne);
        } else {
            collectOne(event.path("tool_call"));
        }
    }

    private void collectOne(JsonNode part) {
        Call call = calls.computeIfAbsent(part.path("tool_call_id").asText(), id -> new Call());
        String name = part.path("name").asText("");
        if (!name.isEmpty() && !name.equals("null")) {
            call.name = name;
        }
        if (part.path("arguments").isTextual()) {
            call.arguments.append(part.path("arguments").asText());
        }
    }

    private void showCalls() {
        if (calls.isEmpty()) {
            return;
        }
        List<Call> shown = new ArrayList<>(calls.values());
        calls.clear();
        shown.forEach(call -> line(paint.call("→ " + call.name + "(" + arguments(call.arguments.toString()) + ")")));
    }

    private static String arguments(String text) {
        try {
            List<String> parts = new ArrayList<>();
            Json.parse(text)
                    .properties()
                    .forEach(entry ->
                            parts.add(entry.getKey() + "=" + entry.getValue().toString()));
            return String.join(", ", parts);
        } catch (JsonProcessingException e) {
            return text; // the model wrote no JSON: show what it wrote
        }
    }

    private void returned(JsonNode event) {
        showCalls();
        String text = event.path("tool_return").asText("").strip();
        boolean ok = event.path("status").asText("success").equals("success");
        String shown = text.length() > SHOWN_RETURN ? text.substring(0, SHOWN_RETURN) + "…" : text;
        Map<String, String> now = memory.get();
        List<BlockDiff.Change> changes = BlockDiff.between(known, now);
        if (!ok) {
            line(paint.trouble("← " + shown));
        } else if (changes.isEmpty() && !shown.isEmpty() && !shown.equals("None")) {
            // A memory tool returns the whole block: what changed in it says more.
            line(paint.dim("← " + shown.replace("\n", "\n  ")));
        }
        for (BlockDiff.Change change : changes) {
            line(
                    change.added()
                            ? paint.added("  remembers [" + change.label() + "] " + change.line())
                            : paint.removed("  forgets [" + change.label() + "] " + change.line()));
        }
        known = now;
    }

    private void stopped(String reason) {
        if (!reason.equals("end_turn") && !reason.equals("tool_rule") && !failed) {
            showCalls();
            line(paint.dim("(stopped: " + reason + ")"));
        }
    }

    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        StringBuilder all = new StringBuilder();
        content.forEach(part -> all.append(part.path("text").asText("")));
        return all.toString();
    }
}
