package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Sha256;
import dev.mneme.llm.History;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ReturnText;
import dev.mneme.llm.openai.Quirks.Trait;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;

/** History as messages of chat completions (contract 02 §4, first column of the dialects). */
final class ChatMessages {
    /** Letters of an id where it must be short. */
    private static final int SHORT_ID_LENGTH = 9;

    private static final Pattern SHORT_ID = Pattern.compile("[a-zA-Z0-9]{" + SHORT_ID_LENGTH + "}");

    /** What the assistant is made to say where it must speak and has not. */
    private static final String NOTHING_SAID = "(no answer)";

    private static final Pattern VALID_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private final ModelRequest request;
    private final LlmConfig config;
    private final Quirks quirks;
    private final boolean reasoning;

    /** @param reasoning whether the model is one of OpenAI's that think, to whom the system is a developer */
    ChatMessages(ModelRequest request, Quirks quirks, boolean reasoning) {
        this.request = request;
        this.config = request.config();
        this.quirks = quirks;
        this.reasoning = reasoning;
    }

    /** @param words to append to the system prompt */
    ArrayNode of(String words) {
        ArrayNode messages = Json.array();
        messages.addObject().put("role", reasoning ? "developer" : "system").put("content", request.system() + words);
        List<Message> rows = History.repaired(request.history());
        int turn = lastInput(rows);
        for (int i = 0; i < rows.size(); i++) {
            Message row = rows.get(i);
            switch (row.role()) {
                case SYSTEM ->
                    messages.addObject()
                            .put("role", reasoning ? "developer" : "system")
                            .put("content", row.text());
                case USER, SUMMARY -> said(messages, row);
                case ASSISTANT, APPROVAL -> assistant(messages.addObject(), row, i > turn);
                case TOOL -> {
                    for (ToolReturn back : row.toolReturns()) {
                        messages.addObject()
                                .put("role", "tool")
                                .put("tool_call_id", id(back.toolCallId()))
                                .put("content", ReturnText.of(back, row.createdAt(), request.timezone(), config));
                    }
                    Message shown = History.shown(row);
                    if (shown != null) {
                        said(messages, shown);
                    }
                }
            }
        }
        return messages;
    }

    /** What a user says; some providers want an answer between a tool and a user. */
    private void said(ArrayNode messages, Message row) {
        boolean afterTool =
                messages.path(messages.size() - 1).path("role").asText().equals("tool");
        if (afterTool && quirks.has(Trait.ANSWERS_TOOLS)) {
            messages.addObject().put("role", "assistant").put("content", NOTHING_SAID);
        }
        user(messages.addObject(), row);
    }

    /** Where the turn under way began; -1: before these rows. */
    private static int lastInput(List<Message> rows) {
        int last = rows.size() - 1;
        while (last >= 0 && rows.get(last).role() != Role.USER) {
            last--;
        }
        return last;
    }

    private static void user(ObjectNode out, Message row) {
        out.put("role", "user");
        boolean plain = row.content().stream().noneMatch(Content.Image.class::isInstance);
        if (plain) {
            out.put("content", row.text());
        } else {
            ArrayNode parts = out.putArray("content");
            for (Content part : row.content()) {
                switch (part) {
                    case Content.Text text ->
                        parts.addObject().put("type", "text").put("text", text.text());
                    case Content.Image image -> {
                        ObjectNode url =
                                parts.addObject().put("type", "image_url").putObject("image_url");
                        url.put("url", "data:" + image.mediaType() + ";base64," + image.data());
                        if (image.detail() != null) {
                            url.put("detail", image.detail());
                        }
                    }
                    case Content.Reasoning reasoning -> {}
                    case Content.RedactedReasoning redacted -> {}
                    case Content.OmittedReasoning omitted -> {}
                }
            }
        }
        if (row.name() != null && VALID_NAME.matcher(row.name()).matches()) {
            out.put("name", row.name());
        }
    }

    /** @param now whether the row belongs to the turn under way */
    private void assistant(ObjectNode out, Message row, boolean now) {
        String text = row.text();
        out.put("role", "assistant").put("content", text.isEmpty() ? null : text);
        if (quirks.has(Trait.DETAILS_RETURN)
                && (row.model() == null || row.model().equals(config.model()))) {
            Details.send(out, row);
        }
        if (row.toolCalls().isEmpty()) {
            return;
        }
        if (quirks.has(Trait.THOUGHTS_RETURN)) {
            out.put("reasoning_content", now ? thoughts(row) : "");
        }
        ArrayNode calls = out.putArray("tool_calls");
        for (ToolCall call : row.toolCalls()) {
            ObjectNode each = calls.addObject().put("id", id(call.id())).put("type", "function");
            each.putObject("function")
                    .put("name", call.name())
                    .put("arguments", call.arguments().isBlank() ? "{}" : call.arguments());
        }
    }

    private static String thoughts(Message row) {
        StringBuilder out = new StringBuilder();
        for (Content part : row.content()) {
            out.append(part instanceof Content.Reasoning thought ? thought.reasoning() : "");
        }
        return out.toString();
    }

    /** The id of a call as the provider takes it: where it must be short, a stable short one is made of the long. */
    private String id(String id) {
        if (!quirks.has(Trait.SHORT_IDS) || SHORT_ID.matcher(id).matches()) {
            return id;
        }
        String hash = new BigInteger(1, Sha256.of(id)).toString(Character.MAX_RADIX);
        return hash.substring(0, SHORT_ID_LENGTH);
    }
}
