package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Times;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message in an agent file (contract 10 §3). Step, run and conversation are not carried over. Pure but for a fresh otid. */
public final class MessageEntry {
    private MessageEntry() {}

    static ObjectNode of(Message message, String id, String agentId, String timezone) {
        ObjectNode out =
                Json.object().put("type", "message").put("role", message.role().word());
        out.set("content", content(message, timezone));
        out.put("otid", IdKind.uuid().toString())
                .putNull("sender_id")
                .putNull("batch_item_id")
                .put("group_id", message.groupId())
                .put("id", id)
                .put("model", message.model())
                .put("name", message.name())
                .put("agent_id", agentId);
        calls(out, message);
        returns(out, message, timezone);
        out.put("created_at", FileEntries.time(message.createdAt()));
        approval(out, message.approval());
        return out;
    }

    private static ArrayNode content(Message message, String timezone) {
        ArrayNode out = parts(message.content());
        if (message.role() == Role.TOOL
                && message.content().isEmpty()
                && !message.toolReturns().isEmpty()) {
            String text = envelope(message.toolReturns().getFirst(), message, timezone);
            out.add(part(new Content.Text(text)));
        }
        return out;
    }

    /** Each of them as {@link #part} has it. */
    public static ArrayNode parts(List<Content> parts) {
        ArrayNode out = Json.array();
        parts.forEach(part -> out.add(part(part)));
        return out;
    }

    /** A part of a message as agent files hold it, with the provider's signature where it has one. */
    public static ObjectNode part(Content part) {
        return switch (part) {
            case Content.Text text ->
                Json.object().put("type", "text").put("text", text.text()).put("signature", text.signature());
            case Content.Image image -> {
                ObjectNode out = Json.object().put("type", "image");
                out.putObject("source")
                        .put("type", "base64")
                        .put("media_type", image.mediaType())
                        .put("data", image.data())
                        .put("detail", image.detail());
                yield out;
            }
            // Thoughts that a prompt asked for are text there, as the model wrote them.
            case Content.Reasoning thought when !thought.isNative() -> part(new Content.Text(thought.reasoning()));
            case Content.Reasoning reasoning ->
                Json.object()
                        .put("type", "reasoning")
                        .put("is_native", reasoning.isNative())
                        .put("reasoning", reasoning.reasoning())
                        .put("signature", reasoning.signature());
            case Content.RedactedReasoning hidden ->
                Json.object().put("type", "redacted_reasoning").put("data", hidden.data());
            case Content.OmittedReasoning omitted ->
                Json.object().put("type", "omitted_reasoning").put("signature", omitted.signature());
        };
    }

    private static void calls(ObjectNode out, Message message) {
        // a row of returns holds the calls that they answer; in a file they stand with who made them
        if (message.toolCalls().isEmpty() || message.role() == Role.TOOL) {
            out.putNull("tool_calls");
            return;
        }
        ArrayNode calls = out.putArray("tool_calls");
        for (ToolCall call : message.toolCalls()) {
            ObjectNode entry = calls.addObject().put("id", call.id());
            entry.putObject("function").put("name", call.name()).put("arguments", call.arguments());
            entry.put("type", "function");
        }
    }

    private static void returns(ObjectNode out, Message message, String timezone) {
        boolean none = message.toolReturns().isEmpty();
        out.put("tool_call_id", none ? null : message.toolReturns().getFirst().toolCallId());
        ArrayNode returns = out.putArray("tool_returns");
        for (ToolReturn back : message.toolReturns()) {
            ObjectNode entry =
                    returns.addObject().put("tool_call_id", back.toolCallId()).put("status", back.status());
            entry.set("stdout", back.stdout() == null ? null : Json.tree(back.stdout()));
            entry.set("stderr", back.stderr() == null ? null : Json.tree(back.stderr()));
            if (back.parts() == null) {
                entry.put("func_response", envelope(back, message, timezone));
            } else {
                entry.set("func_response", parts(back.parts()));
            }
        }
    }

    private static String envelope(ToolReturn back, Message message, String timezone) {
        return PackedText.toolReturn(back.ok(), back.text(), Times.spoken(message.createdAt(), Times.zone(timezone)));
    }

    /** The keys of an approval answer; a stored one is the list that clients send as approvals. */
    private static void approval(ObjectNode out, @Nullable String stored) {
        JsonNode answer = Json.object();
        if (stored != null) {
            try {
                answer = Json.parse(stored);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a stored approval is no JSON: " + stored, e);
            }
        }
        JsonNode approvals = answer.isArray() ? answer : Json.array();
        JsonNode first = approvals.path(0);
        out.set("approve", first.get("approve"));
        out.putNull("approval_request_id");
        out.set("denial_reason", first.get("reason"));
        out.set("approvals", approvals);
    }
}
