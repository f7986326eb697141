package dev.mneme.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was said in a turn, for agents that were not there. Pure. */
final class Spoken {
    private static final String SEND_MESSAGE = "send_message";

    /** Texts with role user that the server itself wrote, packed as JSON (contract 03 §3): nobody said them. */
    private static final Set<String> SERVER_TYPES = Set.of("heartbeat", "login", "system_alert");

    /** A return without a value: it says nothing, so it is left out. */
    private static final String NOTHING = "None";

    private Spoken() {}

    /** What an agent said aloud: its texts, and what it gave to send_message. Empty texts are left out. */
    static List<String> aloud(List<Message> rows) {
        List<String> out = new ArrayList<>();
        for (Message row : rows) {
            if (row.role() == Role.ASSISTANT) {
                List<String> sent = row.toolCalls().stream()
                        .filter(call -> call.name().equals(SEND_MESSAGE))
                        .map(Spoken::sent)
                        .toList();
                if (!sent.isEmpty()) {
                    out.addAll(sent);
                } else if (!row.text().isBlank()) {
                    out.add(row.text());
                }
            }
        }
        out.removeIf(String::isBlank);
        return out;
    }

    /** A turn as the lines that a background agent reads (contract 08 §8.3). */
    static List<String> transcript(List<Message> rows) {
        List<String> out = new ArrayList<>();
        for (Message row : rows) {
            switch (row.role()) {
                case USER, SUMMARY -> add(out, row.name() == null ? "user" : row.name(), unpacked(text(row)));
                case ASSISTANT -> assistant(out, row);
                case TOOL -> row.toolReturns().forEach(back -> returned(out, back));
                case APPROVAL -> answered(out, row);
                case SYSTEM -> {
                    // what the system says to the agent is no part of the conversation
                }
            }
        }
        return out;
    }

    private static void assistant(List<String> out, Message row) {
        for (Content part : row.content()) {
            switch (part) {
                case Content.Reasoning thought ->
                    add(out, "assistant", "<thinking>" + thought.reasoning() + "</thinking>");
                case Content.Text text -> add(out, "assistant", text.text());
                case Content.Image image -> add(out, "assistant", "[Image Here]");
                case Content.RedactedReasoning redacted -> {
                    // nobody can read it
                }
                case Content.OmittedReasoning omitted -> {
                    // there is nothing to read
                }
            }
        }
        for (ToolCall call : row.toolCalls()) {
            add(out, "assistant", call.name().equals(SEND_MESSAGE) ? sent(call) : "Calling tool " + call.name());
        }
    }

    private static void returned(List<String> out, ToolReturn back) {
        if (!back.text().equals(NOTHING)) {
            add(out, "assistant", "Tool call returned " + back.text());
        }
    }

    private static void answered(List<String> out, Message row) {
        String stored = row.approval();
        if (stored == null) {
            row.toolCalls().forEach(call -> add(out, "assistant", "Calling tool " + call.name()));
            return;
        }
        JsonNode answer = tree(stored);
        List<JsonNode> each = new ArrayList<>();
        JsonNode list = answer.isArray() ? answer : answer.path("approvals");
        list.forEach(each::add);
        for (JsonNode one : each.isEmpty() ? List.of(answer) : each) {
            if (one.path("approve").isBoolean()) {
                out.add(
                        one.path("approve").booleanValue()
                                ? "[User approved]"
                                : "[User rejected: " + one.path("reason").asText("") + "]");
            }
        }
    }

    private static JsonNode tree(String json) {
        try {
            return Json.parse(json);
        } catch (JsonProcessingException e) {
            // an answer that is no JSON says nothing that could be shown
            return Json.object();
        }
    }

    private static void add(List<String> out, String who, @Nullable String what) {
        if (what != null && !what.isBlank()) {
            out.add(who + ": " + what);
        }
    }

    private static String text(Message row) {
        StringBuilder out = new StringBuilder();
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text -> out.append(text.text());
                case Content.Image image -> out.append("[Image Here]");
                case Content.Reasoning thought -> out.append(thought.reasoning());
                case Content.RedactedReasoning redacted -> {
                    // nobody can read it
                }
                case Content.OmittedReasoning omitted -> {
                    // there is nothing to read
                }
            }
        }
        return out.toString();
    }

    /** Older rows carry what a user said in a JSON envelope. */
    private static String unpacked(String text) {
        JsonNode packed = text.startsWith("{") ? tree(text) : Json.object();
        String type = packed.path("type").asText("");
        if (SERVER_TYPES.contains(type)) {
            return "";
        }
        return type.equals("user_message") ? packed.path("message").asText(text) : text;
    }

    private static String sent(ToolCall call) {
        return tree(call.arguments()).path("message").asText("");
    }
}
