package dev.mneme.turn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What calls carry beside their tool's own arguments on agents that work by calls (contract 02 §4, §6): a thought, first, and whether the
 * model asks for another step, last. Pure.
 */
final class CallShape {
    static final String HEARTBEAT = "request_heartbeat";
    static final String THINKING = "thinking";

    /** The tool by which such an agent speaks, and its argument that holds the words. */
    static final String SPEECH = "send_message";

    static final String SPOKEN = "message";

    private CallShape() {}

    /** The tool as the model is told of it. */
    static ToolSpec widened(ToolSpec tool, boolean heartbeat, boolean thought) {
        ObjectNode parameters = tool.parameters() instanceof ObjectNode object
                ? object.deepCopy()
                : Json.object().put("type", "object");
        ObjectNode properties = Json.object();
        ArrayNode required = Json.array();
        if (thought) {
            properties.set(THINKING, property("string", "Your own thoughts before you act. Nobody else reads them."));
            required.add(THINKING);
        }
        for (var each : parameters.path("properties").properties()) {
            if (!each.getKey().equals(HEARTBEAT) && !(thought && each.getKey().equals(THINKING))) {
                properties.set(each.getKey(), each.getValue());
            }
        }
        for (JsonNode name : parameters.path("required")) {
            if (properties.has(name.asText()) && !name.asText().equals(THINKING)) {
                required.add(name);
            }
        }
        if (heartbeat) {
            properties.set(
                    HEARTBEAT,
                    property(
                            "boolean",
                            "True: you want to go on right after this call. False: you rest until the next message."));
            required.add(HEARTBEAT);
        }
        parameters.set("properties", properties);
        parameters.set("required", required);
        return new ToolSpec(tool.name(), tool.description(), parameters);
    }

    private static ObjectNode property(String type, String meaning) {
        return Json.object().put("type", type).put("description", meaning);
    }

    /** The tool that speaks with a message of the wanted form, where the agent answers in JSON (contract 02 §4). */
    static ToolSpec answering(ToolSpec tool, @Nullable JsonNode format) {
        if (format == null || !tool.name().equals(SPEECH)) {
            return tool;
        }
        JsonNode form = switch (format.path("type").asText()) {
            case "json_schema" -> format.path("json_schema").path("schema");
            case "json_object" -> Json.object().put("type", "object");
            default -> Json.object();
        };
        if (!form.isObject() || form.isEmpty() || !(tool.parameters() instanceof ObjectNode parameters)) {
            return tool;
        }
        ObjectNode copy = parameters.deepCopy();
        copy.withObject("properties").set(SPOKEN, form);
        return new ToolSpec(tool.name(), tool.description(), copy);
    }

    /** The arguments as they are stored: with what was decided about the next step. */
    static ToolCall decided(ToolCall call, boolean goesOn) {
        return object(call.arguments()) instanceof ObjectNode arguments
                ? new ToolCall(call.id(), call.name(), Json.write(arguments.put(HEARTBEAT, goesOn)))
                : call;
    }

    /** Whether the call asks for another step; small models write the word as text. */
    static boolean asksOn(ObjectNode arguments) {
        return arguments.path(HEARTBEAT).asText().equalsIgnoreCase("true");
    }

    /**
     * Rows as the model gets them back: thoughts that were not a provider's own go into the calls where calls have a place for them, and
     * else become the text that they were.
     */
    static List<Message> history(List<Message> rows, boolean inCalls) {
        List<Message> out = new ArrayList<>(rows.size());
        for (Message row : rows) {
            out.add(row.toolCalls().isEmpty() ? row.withContent(asText(row.content())) : recalled(row, inCalls));
        }
        return out;
    }

    private static Message recalled(Message row, boolean inCalls) {
        if (!inCalls) {
            return row.withContent(asText(row.content()));
        }
        StringBuilder thought = new StringBuilder();
        List<Content> rest = new ArrayList<>();
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text -> thought.append(text.text());
                case Content.Reasoning reasoning -> {
                    if (reasoning.isNative()) {
                        rest.add(reasoning);
                    } else {
                        thought.append(reasoning.reasoning());
                    }
                }
                case Content.Image image -> rest.add(image);
                case Content.RedactedReasoning redacted -> rest.add(redacted);
                case Content.OmittedReasoning omitted -> rest.add(omitted);
            }
        }
        List<ToolCall> calls = row.toolCalls().stream()
                .map(call -> thoughtful(call, thought.toString()))
                .toList();
        return row.withContent(rest).withCalls(calls);
    }

    private static ToolCall thoughtful(ToolCall call, String thought) {
        if (!(object(call.arguments()) instanceof ObjectNode arguments)) {
            return call;
        }
        ObjectNode out = Json.object();
        out.put(THINKING, thought.isEmpty() ? null : thought);
        arguments.remove(THINKING);
        out.setAll(arguments);
        return new ToolCall(call.id(), call.name(), Json.indented(out));
    }

    /**
     * What the model said beside its call, as it is stored: all of it thoughts, the provider's own and those that a prompt asked for. A
     * reasoning model that shows none gets a mark that it had some.
     *
     * @param thought from the call's own argument, empty: none
     */
    static List<Content> thoughts(List<Content> said, String thought, boolean reasons) {
        List<Content> out = new ArrayList<>();
        for (Content part : said) {
            out.add(
                    part instanceof Content.Text text
                            ? new Content.Reasoning(false, text.text(), text.signature(), null)
                            : part);
        }
        if (!thought.isEmpty()) {
            out.add(new Content.Reasoning(false, thought, null, null));
        }
        return out.isEmpty() && reasons ? List.of(new Content.OmittedReasoning(null)) : out;
    }

    private static List<Content> asText(List<Content> content) {
        return content.stream()
                .map(part -> part instanceof Content.Reasoning thought && !thought.isNative()
                        ? new Content.Text(thought.reasoning())
                        : part)
                .toList();
    }

    private static JsonNode object(String arguments) {
        try {
            return Json.parse(arguments.isBlank() ? "{}" : arguments);
        } catch (JsonProcessingException e) {
            return Json.array(); // what the model wrote is kept as it is
        }
    }
}
