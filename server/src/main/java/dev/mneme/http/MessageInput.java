package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.Role;
import dev.mneme.turn.InputMessage;
import dev.mneme.wire.SendMessages;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what is said to an agent out of a request (contract 02 §2). Pure. */
final class MessageInput {
    /** Messages in one request: more are a mistake or an attack. */
    static final int MOST_MESSAGES = 1_000;

    private static final List<String> ROLES = List.of("user", "system", "assistant");

    private MessageInput() {}

    /**
     * The messages of a request.
     *
     * @param otidKey the client's own otids joined, null unless it gave one for every message
     */
    record Said(List<InputMessage> messages, @Nullable String otidKey) {}

    static Said read(SendMessages body) {
        List<JsonNode> items = items(body);
        if (items.isEmpty()) {
            throw Problem.unprocessable("Messages must not be empty");
        }
        if (items.size() > MOST_MESSAGES) {
            throw Problem.unprocessable("At most " + MOST_MESSAGES + " messages in one request, not " + items.size());
        }
        List<InputMessage> out = new ArrayList<>();
        List<String> otids = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            JsonNode item = items.get(i);
            out.add(message(item, i));
            if (item.path("otid").isTextual()) {
                otids.add(item.path("otid").textValue());
            }
        }
        return new Said(List.copyOf(out), otids.size() == out.size() ? String.join("\n", otids) : null);
    }

    private static List<JsonNode> items(SendMessages body) {
        JsonNode input = body.input();
        List<JsonNode> messages = body.messages();
        if (input == null && messages == null) {
            throw whole("Value error, Must specify either 'input' or 'messages'.");
        }
        if (input != null && messages != null) {
            throw whole("Value error, Cannot specify both 'input' and 'messages'. Use one or the other.");
        }
        if (messages != null) {
            return messages;
        }
        ObjectNode message = Json.object().put("role", "user");
        message.set("content", input);
        return List.of(message);
    }

    private static Invalid whole(String message) {
        return new Invalid(Invalid.Fault.of("value_error", List.of("body"), message, null));
    }

    private static InputMessage message(JsonNode item, int index) {
        List<Object> place = List.of("body", "messages", index);
        if (!item.isObject()) {
            throw new Invalid(Invalid.Fault.of(
                    "model_attributes_type",
                    place,
                    "Input should be a valid dictionary or object to extract fields from",
                    item));
        }
        boolean approval = item.has("approve") || item.has("approval_request_id");
        switch (item.path("type").asText(approval ? "approval" : "message")) {
            case "message" -> {
                // read below
            }
            case "approval" -> {
                return answer(ApprovalInput.approvals(item, place), item, index, place);
            }
            case "tool_return" -> {
                return answer(
                        ApprovalInput.returns(item.path("tool_returns"), with(place, "tool_returns")),
                        item,
                        index,
                        place);
            }
            default ->
                throw new Invalid(Param.notOneOf(
                        with(place, "type"),
                        item.path("type").asText(),
                        List.of("message", "approval", "tool_return")));
        }
        Role role = role(item.path("role"), with(place, "role"));
        List<Content> content = content(item.path("content"), with(place, "content"));
        String otid = text(item, "otid", place);
        return new InputMessage(
                role,
                content,
                otid == null ? IdKind.uuid().toString() : otid,
                text(item, "name", place),
                text(item, "sender_id", place),
                text(item, "group_id", place));
    }

    private static InputMessage answer(ArrayNode approvals, JsonNode item, int index, List<Object> place) {
        if (index > 0) {
            throw Problem.invalid("An answer to an approval request must be the first of the messages.");
        }
        return InputMessage.answer(
                Json.write(approvals), text(item, "sender_id", place), text(item, "group_id", place));
    }

    private static Role role(JsonNode given, List<Object> place) {
        if (given.isMissingNode()) {
            throw new Invalid(Invalid.Fault.missing(place));
        }
        if (!given.isTextual() || !ROLES.contains(given.textValue())) {
            throw new Invalid(new Invalid.Fault(
                    "enum",
                    place,
                    "Input should be 'user', 'system' or 'assistant'",
                    given,
                    Map.of("expected", "'user', 'system' or 'assistant'")));
        }
        return Role.of(given.textValue());
    }

    private static @Nullable String text(JsonNode item, String key, List<Object> place) {
        JsonNode value = item.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new Invalid(
                    Invalid.Fault.of("string_type", with(place, key), "Input should be a valid string", value));
        }
        return value.textValue();
    }

    private static List<Content> content(JsonNode given, List<Object> place) {
        if (given.isMissingNode()) {
            throw new Invalid(Invalid.Fault.missing(place));
        }
        if (given.isTextual()) {
            if (given.textValue().isEmpty()) {
                throw new Problem(dev.mneme.base.ProblemCode.INVALID_ARGUMENT, "Message content is empty or invalid");
            }
            return List.of(new Content.Text(given.textValue()));
        }
        if (!given.isArray()) {
            throw new Invalid(Invalid.Fault.of("string_type", place, "Input should be a valid string or list", given));
        }
        List<Content> parts = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            parts.add(part(given.get(i), with(place, i)));
        }
        if (parts.isEmpty()) {
            throw new Problem(dev.mneme.base.ProblemCode.INVALID_ARGUMENT, "Message content is empty or invalid");
        }
        return parts;
    }

    static Content part(JsonNode part, List<Object> place) {
        String type = part.path("type").asText("text");
        return switch (type) {
            case "text" -> {
                if (!part.path("text").isTextual()) {
                    throw new Invalid(Invalid.Fault.missing(with(place, "text")));
                }
                yield new Content.Text(part.path("text").textValue());
            }
            case "image" -> image(part.path("source"), with(place, "source"));
            default ->
                throw new Invalid(Invalid.Fault.of(
                        "union_tag_invalid",
                        place,
                        "Input tag '" + type
                                + "' found using 'type' does not match any of the expected tags: 'text', 'image'",
                        TextNode.valueOf(type)));
        };
    }

    private static Content image(JsonNode source, List<Object> place) {
        String detail =
                source.path("detail").isTextual() ? source.path("detail").textValue() : null;
        return switch (source.path("type").asText("")) {
            case "base64" ->
                inline(source.path("media_type").asText(""), source.path("data").asText(""), detail);
            case "url" -> {
                String url = source.path("url").asText("");
                if (!url.startsWith("data:")) {
                    throw Problem.invalid("An image link must begin with http:, https: or data:.");
                }
                int comma = url.indexOf(',');
                String head = comma < 0 ? "" : url.substring(5, comma);
                if (!head.endsWith(";base64")) {
                    throw Problem.invalid("A data: URL of an image must be base64, like data:image/png;base64,…");
                }
                yield inline(head.substring(0, head.length() - ";base64".length()), url.substring(comma + 1), detail);
            }
            default ->
                throw new Invalid(Invalid.Fault.of(
                        "union_tag_invalid",
                        place,
                        "An image source is of type 'base64' or 'url'",
                        source.path("type")));
        };
    }

    private static Content inline(String mediaType, String data, @Nullable String detail) {
        if (!ImageLinks.TYPES.contains(mediaType)) {
            throw Problem.invalid("Image type '" + mediaType + "' is not one of "
                    + String.join(", ", ImageLinks.TYPES.stream().sorted().toList()));
        }
        try {
            if (Base64.getDecoder().decode(data).length == 0) {
                throw Problem.invalid("The image is empty.");
            }
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("The image is not valid base64.");
        }
        return new Content.Image(mediaType, data, detail);
    }

    /** A place as people write it, such as {@code body.messages.0.content}. */
    static String path(List<Object> place) {
        return String.join(".", place.stream().map(Object::toString).toList());
    }

    static List<Object> with(List<Object> place, Object part) {
        List<Object> out = new ArrayList<>(place);
        out.add(part);
        return out;
    }
}
