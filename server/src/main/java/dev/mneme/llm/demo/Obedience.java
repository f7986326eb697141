package dev.mneme.llm.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes a reply obey the request: which tool must be called, how text is said, what a schema asks for besides. Pure. */
final class Obedience {
    private static final List<String> THOUGHTS = List.of("thinking", "inner_thoughts");
    private static final String HEARTBEAT = "request_heartbeat";

    private Obedience() {}

    static Reply to(ModelRequest request, Scene scene, Reply reply) {
        Reply fit = reply;
        if (fit.calls().isEmpty()
                && scene.offers("send_message")
                && request.choice().mode() != ToolChoice.Mode.NONE) {
            fit = Reply.call(fit.reasoning(), "send_message", Json.object().put("message", fit.text()));
        }
        Reply wanted = fit;
        fit = switch (request.choice().mode()) {
            case AUTO -> fit;
            case NONE -> Reply.say(fit.reasoning(), fit.text().isEmpty() ? "I may not use a tool now." : fit.text());
            case REQUIRED ->
                fit.calls().isEmpty() && !request.tools().isEmpty()
                        ? forced(fit, request.tools().getFirst(), scene)
                        : fit;
            case NAMED -> {
                ToolSpec named =
                        scene.tools().get(String.valueOf(request.choice().name()));
                boolean done = named == null
                        || fit.calls().stream().anyMatch(call -> call.tool().equals(named.name()));
                yield done || named == null ? fit : forced(fit, named, scene);
            }
        };
        boolean more;
        if (fit == wanted) {
            more = fit.calls().stream().noneMatch(call -> call.tool().equals("send_message"));
        } else {
            // Called only because something had to be: there is more to do when it stood in the way of that.
            more = !wanted.calls().isEmpty() && scene.done().isEmpty();
        }
        List<Reply.Call> calls = new ArrayList<>();
        boolean thinksInCalls = false;
        for (Reply.Call call : fit.calls()) {
            ObjectNode arguments = completed(call, scene, fit.reasoning(), more);
            calls.add(new Reply.Call(call.tool(), arguments));
            thinksInCalls |= THOUGHTS.stream().anyMatch(arguments::has);
        }
        return new Reply(thinksInCalls ? "" : fit.reasoning(), calls.isEmpty() ? fit.text() : "", calls);
    }

    private static Reply forced(Reply reply, ToolSpec tool, Scene scene) {
        return Reply.call(reply.reasoning(), tool.name(), filled(tool, scene.user()));
    }

    /** The arguments plus what this tool's schema asks every call for: inner thoughts, a heartbeat. */
    private static ObjectNode completed(Reply.Call call, Scene scene, String reasoning, boolean more) {
        ToolSpec spec = scene.tools().get(call.tool());
        if (spec == null) {
            return call.arguments();
        }
        JsonNode properties = spec.parameters().path("properties");
        ObjectNode arguments = Json.object();
        for (String thought : THOUGHTS) {
            if (properties.has(thought) && !call.arguments().has(thought)) {
                arguments.put(thought, reasoning);
            }
        }
        arguments.setAll(call.arguments());
        if (properties.has(HEARTBEAT) && !arguments.has(HEARTBEAT)) {
            arguments.put(HEARTBEAT, more);
        }
        return arguments;
    }

    /** Arguments for a tool that nobody said anything about: what its schema requires, filled with the user's words. */
    static ObjectNode filled(ToolSpec tool, String text) {
        ObjectNode arguments = Json.object();
        JsonNode schema = tool.parameters();
        for (JsonNode name : schema.path("required")) {
            if (THOUGHTS.contains(name.asText()) || name.asText().equals(HEARTBEAT)) {
                continue;
            }
            JsonNode property = schema.path("properties").path(name.asText());
            arguments.set(name.asText(), example(property, text));
        }
        return arguments;
    }

    private static JsonNode example(JsonNode property, String text) {
        if (property.has("default")) {
            return property.get("default");
        }
        if (property.path("enum").isArray() && !property.path("enum").isEmpty()) {
            return property.path("enum").get(0);
        }
        return switch (property.path("type").asText("string")) {
            case "integer", "number" -> Json.tree(number(text));
            case "boolean" -> Json.tree(true);
            case "array" -> Json.array();
            case "object" -> Json.tree(Map.of());
            default -> Json.tree(text);
        };
    }

    private static int number(String text) {
        String digits = text.replaceAll("\\D+", " ").strip().split(" ")[0];
        return digits.isEmpty() || digits.length() > 9 ? 1 : Integer.parseInt(digits);
    }
}
