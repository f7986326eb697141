package dev.mneme.llm.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ReturnText;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * History as alternating turns: what comes from the user's side (texts, tool results, alerts) in one message, the assistant's blocks
 * in the next. The first is the user's, no text is empty, the last block carries the cache mark.
 */
final class Turns {
    private static final String OPENING = "(The conversation begins here.)";

    private final ModelRequest request;
    private final boolean thinks;
    private final boolean tools;
    private final ArrayNode messages = Json.array();

    Turns(ModelRequest request, boolean thinks) {
        this.request = request;
        this.thinks = thinks;
        this.tools = !request.tools().isEmpty();
    }

    /** @param rows repaired history */
    ArrayNode of(List<Message> rows) {
        for (Message row : rows) {
            switch (row.role()) {
                case SYSTEM -> text(blocks("user"), "<event>SYSTEM ALERT: " + row.text() + "</event>");
                case USER, SUMMARY -> user(row);
                case ASSISTANT, APPROVAL -> assistant(row);
                case TOOL -> results(row);
            }
        }
        if (messages.isEmpty() || !messages.get(0).path("role").asText().equals("user")) {
            ObjectNode first = Json.object().put("role", "user").put("content", OPENING);
            messages.insert(0, first);
        }
        finish();
        return messages;
    }

    static boolean hasThoughts(Message row) {
        return row.content().stream()
                .anyMatch(part -> part instanceof Content.RedactedReasoning
                        || (part instanceof Content.Reasoning reasoning && signed(reasoning)));
    }

    /** Whether the provider vouches for the thought: other vendors' signatures are marked as theirs. */
    private static boolean signed(Content.Reasoning reasoning) {
        return reasoning.signature() != null && reasoning.vendor() == null;
    }

    private void user(Message row) {
        ArrayNode blocks = blocks("user");
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text -> text(blocks, text.text());
                case Content.Image image -> image(blocks, image);
                case Content.Reasoning reasoning -> {}
                case Content.RedactedReasoning redacted -> {}
                case Content.OmittedReasoning omitted -> {}
            }
        }
        if (blocks.isEmpty()) {
            text(blocks, "(an empty message)");
        }
    }

    private void assistant(Message row) {
        ArrayNode blocks = blocks("assistant");
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text -> text(blocks, text.text());
                case Content.Reasoning reasoning -> {
                    if (thinks && signed(reasoning)) {
                        blocks.addObject()
                                .put("type", "thinking")
                                .put("thinking", reasoning.reasoning())
                                .put("signature", reasoning.signature());
                    }
                }
                case Content.RedactedReasoning redacted -> {
                    if (thinks) {
                        blocks.addObject().put("type", "redacted_thinking").put("data", redacted.data());
                    }
                }
                case Content.OmittedReasoning omitted -> {}
                case Content.Image image -> {}
            }
        }
        for (ToolCall call : row.toolCalls()) {
            if (tools) {
                ObjectNode use = blocks.addObject()
                        .put("type", "tool_use")
                        .put("id", id(call.id()))
                        .put("name", call.name());
                use.set("input", input(call.arguments()));
            } else {
                // Without tools in the request the provider refuses blocks of tools: say it in words.
                text(blocks, "[called " + call.name() + " with " + call.arguments() + "]");
            }
        }
        if (blocks.isEmpty()) {
            messages.remove(messages.size() - 1);
        }
    }

    private void results(Message row) {
        ArrayNode blocks = blocks("user");
        ObjectNode last = null;
        for (ToolReturn back : row.toolReturns()) {
            String text = ReturnText.of(back, row.createdAt(), request.timezone(), request.config());
            if (tools) {
                last = blocks.addObject().put("type", "tool_result").put("tool_use_id", id(back.toolCallId()));
                if (back.images().isEmpty()) {
                    last.put("content", text);
                } else {
                    ArrayNode into = last.putArray("content");
                    text(into, text);
                    back.images().forEach(image -> image(into, image));
                }
            } else {
                text(blocks, "[it returned " + text + "]");
                back.images().forEach(image -> image(blocks, image));
            }
        }
        pictures(row, blocks, last);
    }

    /** Images among what tools gave back, in the last of their results. */
    private static void pictures(Message row, ArrayNode blocks, @Nullable ObjectNode result) {
        ArrayNode into = blocks;
        for (Content part : row.content()) {
            if (part instanceof Content.Image image) {
                if (result != null && !result.path("content").isArray()) {
                    String text = result.path("content").asText();
                    into = result.putArray("content");
                    text(into, text);
                }
                image(into, image);
            }
        }
    }

    private static void image(ArrayNode blocks, Content.Image image) {
        blocks.addObject()
                .put("type", "image")
                .putObject("source")
                .put("type", "base64")
                .put("media_type", image.mediaType())
                .put("data", image.data());
    }

    /** The blocks of the last message if it has this role, else of a new one. */
    private ArrayNode blocks(String role) {
        if (!messages.isEmpty()
                && messages.get(messages.size() - 1).path("role").asText().equals(role)
                && messages.get(messages.size() - 1).get("content") instanceof ArrayNode open) {
            return open;
        }
        return messages.addObject().put("role", role).putArray("content");
    }

    private static void text(ArrayNode blocks, String text) {
        if (!text.isBlank()) {
            blocks.addObject().put("type", "text").put("text", text);
        }
    }

    /** Single texts of users become plain strings, except in the last message, whose last block is marked. */
    private void finish() {
        for (int i = 0; i < messages.size(); i++) {
            ObjectNode message = (ObjectNode) messages.get(i);
            boolean last = i == messages.size() - 1;
            if (!(message.get("content") instanceof ArrayNode blocks)) {
                if (last) {
                    String text = message.get("content").asText();
                    MessagesRequest.mark(message.putArray("content")
                            .addObject()
                            .put("type", "text")
                            .put("text", text));
                }
                continue;
            }
            boolean single =
                    blocks.size() == 1 && blocks.get(0).path("type").asText().equals("text");
            if (last) {
                if (blocks.get(blocks.size() - 1) instanceof ObjectNode block
                        && !block.path("type").asText().contains("thinking")) {
                    MessagesRequest.mark(block);
                }
            } else if (single && message.path("role").asText().equals("user")) {
                message.put("content", blocks.get(0).path("text").asText());
            }
        }
    }

    /** The provider takes only these characters in ids; other models' ids may have more. */
    private static String id(String id) {
        return id.replaceAll("[^a-zA-Z0-9_-]", "_");
    }

    /** The arguments as an object: the first one in the text, or none at all if the model wrote something else. */
    static JsonNode input(String arguments) {
        try (JsonParser parser = Json.MAPPER.createParser(arguments)) {
            if (Json.MAPPER.readTree(parser) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            // broken JSON: the tool has already answered with what was wrong
        }
        return Json.object();
    }
}
