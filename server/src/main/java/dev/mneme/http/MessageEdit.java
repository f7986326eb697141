package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.wire.ModifyMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message with a new text. Calls and their returns are never changed: they say what was done. Pure. */
final class MessageEdit {
    private MessageEdit() {}

    static Message of(Message row, ModifyMessage wanted) {
        if (row.role() == Role.TOOL || row.role() == Role.APPROVAL) {
            throw Problem.invalid("Calls, approvals and returns of tools cannot be changed: they say what was done.");
        }
        String type = wanted.messageType() == null ? standard(row.role()) : wanted.messageType();
        if (!type.equals(standard(row.role()))
                && !(row.role() == Role.ASSISTANT && type.equals(LettaMessages.REASONING))) {
            throw Problem.invalid("The message is no " + type + ", it cannot be changed as one.");
        }
        List<Content> content = new ArrayList<>(row.content());
        if (type.equals(LettaMessages.REASONING)) {
            if (wanted.reasoning() == null) {
                throw new Invalid(Invalid.Fault.missing(List.of("body", "reasoning")));
            }
            String text = wanted.reasoning();
            content.replaceAll(part -> part instanceof Content.Reasoning old
                    ? new Content.Reasoning(old.isNative(), text, null, old.vendor())
                    : part);
        } else {
            String text = text(wanted.content());
            int at = indexOfText(content);
            content.removeIf(part -> part instanceof Content.Text);
            content.add(Math.min(at, content.size()), new Content.Text(text));
        }
        return row.withContent(content);
    }

    private static int indexOfText(List<Content> content) {
        for (int i = 0; i < content.size(); i++) {
            if (content.get(i) instanceof Content.Text) {
                return i;
            }
        }
        return content.size();
    }

    private static String text(@Nullable JsonNode content) {
        if (content == null || content.isNull()) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "content")));
        }
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder out = new StringBuilder();
        for (JsonNode part : content) {
            out.append(part.path("text").asText(""));
        }
        return out.toString();
    }

    private static String standard(Role role) {
        return switch (role) {
            case USER, SUMMARY -> LettaMessages.USER;
            case SYSTEM -> LettaMessages.SYSTEM;
            case ASSISTANT -> LettaMessages.ASSISTANT;
            case TOOL -> LettaMessages.TOOL_RETURN;
            case APPROVAL -> LettaMessages.APPROVAL_REQUEST;
        };
    }
}
