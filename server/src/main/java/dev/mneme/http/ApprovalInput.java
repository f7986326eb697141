package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.MessageEntry;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.ReturnParts;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads answers to approval requests, and the tools that a client runs itself, out of a request (contract 02 §9). Pure. */
final class ApprovalInput {
    private static final List<String> KINDS = List.of("approval", "tool");
    private static final String CALL_ID = "tool_call_id";
    private static final String APPROVE = "approve";
    private static final String RETURN = "tool_return";

    private ApprovalInput() {}

    /** The verdicts of an item of type approval: its list, or the old form with one verdict for the whole request. */
    static ArrayNode approvals(JsonNode item, List<Object> place) {
        JsonNode given = item.path("approvals");
        if (!absent(given)) {
            return list(given, MessageInput.with(place, "approvals"), null);
        }
        ArrayNode out = Json.array();
        if (!absent(item.path(APPROVE))) {
            out.add(verdict(
                    item.path("approval_request_id").asText(""),
                    item.path(APPROVE),
                    item.path("reason"),
                    MessageInput.with(place, APPROVE)));
        }
        return out;
    }

    /** The returns of an item of type tool_return. */
    static ArrayNode returns(JsonNode given, List<Object> place) {
        return list(given, place, "tool");
    }

    private static ArrayNode list(JsonNode given, List<Object> place, @Nullable String kind) {
        if (!given.isArray()) {
            throw new Invalid(Invalid.Fault.of("list_type", place, "Input should be a valid list", given));
        }
        ArrayNode out = Json.array();
        for (int i = 0; i < given.size(); i++) {
            out.add(entry(given.get(i), MessageInput.with(place, i), kind));
        }
        return out;
    }

    private static ObjectNode entry(JsonNode item, List<Object> place, @Nullable String kind) {
        if (!item.path(CALL_ID).isTextual()) {
            throw new Invalid(Invalid.Fault.missing(MessageInput.with(place, CALL_ID)));
        }
        String id = item.path(CALL_ID).textValue();
        String type = kind != null ? kind : item.path("type").asText(item.has(RETURN) ? "tool" : "approval");
        return switch (type) {
            case "approval" -> verdict(id, item.path(APPROVE), item.path("reason"), MessageInput.with(place, APPROVE));
            case "tool" -> back(id, item, place);
            default -> throw new Invalid(Param.notOneOf(MessageInput.with(place, "type"), type, KINDS));
        };
    }

    private static ObjectNode verdict(String id, JsonNode approve, JsonNode reason, List<Object> place) {
        if (absent(approve)) {
            throw new Invalid(Invalid.Fault.missing(place));
        }
        if (!approve.isBoolean()) {
            throw new Invalid(Invalid.Fault.of(
                    "bool_parsing", place, "Input should be a valid boolean, unable to interpret input", approve));
        }
        return Json.object()
                .put("type", "approval")
                .put(CALL_ID, id)
                .put(APPROVE, approve.booleanValue())
                .put("reason", reason.isTextual() ? reason.textValue() : null);
    }

    private static ObjectNode back(String id, JsonNode item, List<Object> place) {
        JsonNode value = item.path(RETURN);
        if (value.isMissingNode()) {
            throw new Invalid(Invalid.Fault.missing(MessageInput.with(place, RETURN)));
        }
        String status = item.path("status").asText(ToolReturn.SUCCESS);
        if (!status.equals(ToolReturn.SUCCESS) && !status.equals(ToolReturn.ERROR)) {
            throw new Invalid(Param.notOneOf(
                    MessageInput.with(place, "status"), status, List.of(ToolReturn.SUCCESS, ToolReturn.ERROR)));
        }
        ObjectNode out = Json.object().put("type", "tool");
        out.set(RETURN, value.isArray() ? parts(value, MessageInput.with(place, RETURN)) : value);
        out.put("status", status).put(CALL_ID, id);
        out.set("stdout", lines(item.path("stdout"), MessageInput.with(place, "stdout")));
        out.set("stderr", lines(item.path("stderr"), MessageInput.with(place, "stderr")));
        return out;
    }

    /** A list is one of texts and images when it holds an image, otherwise whatever the tool made of it. */
    private static JsonNode parts(JsonNode given, List<Object> place) {
        int images = 0;
        for (JsonNode part : given) {
            images += part.path("type").asText().equals("image") ? 1 : 0;
        }
        if (images == 0) {
            return given;
        }
        if (images > ReturnParts.MOST_IMAGES) {
            throw Problem.invalid("A tool may return " + ReturnParts.MOST_IMAGES + " images, and "
                    + MessageInput.path(place) + " has " + images + ".");
        }
        List<Content> out = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            Content part = MessageInput.part(given.get(i), MessageInput.with(place, i));
            if (part instanceof Content.Image image && image.data().length() > ReturnParts.MOST_CHARACTERS) {
                throw Problem.invalid("The image in " + MessageInput.path(MessageInput.with(place, i)) + " has "
                        + image.data().length() + " characters of base64; " + ReturnParts.MOST_CHARACTERS
                        + " are the limit.");
            }
            out.add(part);
        }
        return MessageEntry.parts(out);
    }

    private static @Nullable JsonNode lines(JsonNode given, List<Object> place) {
        if (absent(given)) {
            return null;
        }
        if (!given.isArray()) {
            throw new Invalid(Invalid.Fault.of("list_type", place, "Input should be a valid list", given));
        }
        return given;
    }

    private static boolean absent(JsonNode given) {
        return given.isMissingNode() || given.isNull();
    }

    /** The tools that the client runs itself. Each has a name of its own; what it takes is a JSON schema of type object. */
    static List<ToolSpec> clientTools(@Nullable List<JsonNode> given) {
        List<ToolSpec> out = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; given != null && i < given.size(); i++) {
            List<Object> place = List.of("body", "client_tools", i);
            JsonNode tool = given.get(i);
            if (!tool.path("name").isTextual() || tool.path("name").textValue().isBlank()) {
                throw new Invalid(Invalid.Fault.missing(MessageInput.with(place, "name")));
            }
            JsonNode parameters = tool.path("parameters");
            if (!absent(parameters) && !parameters.isObject()) {
                throw new Invalid(Invalid.Fault.of(
                        "dict_type",
                        MessageInput.with(place, "parameters"),
                        "Input should be a valid dictionary",
                        parameters));
            }
            String name = tool.path("name").textValue();
            if (!names.add(name)) {
                throw new Invalid(Invalid.Fault.of(
                        "value_error",
                        MessageInput.with(place, "name"),
                        "Value error, two client tools are called " + name,
                        tool.path("name")));
            }
            out.add(new ToolSpec(name, tool.path("description").asText(""), schema(parameters)));
        }
        return List.copyOf(out);
    }

    private static JsonNode schema(JsonNode given) {
        ObjectNode schema = absent(given) ? Json.object() : (ObjectNode) given.deepCopy();
        if (!schema.has("type")) {
            schema.put("type", "object");
        }
        if (!schema.has("properties")) {
            schema.putObject("properties");
        }
        return schema;
    }
}
