package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ReturnParts;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the messages of agent files, the inverse of {@link MessageEntry} (contract 10 §3). Pure. */
final class MessageReading {
    /** Letters of an offline id: a UUID. */
    private static final int OTID = 36;

    private static final Set<String> ROLES =
            Stream.of(Role.values()).map(Role::word).collect(Collectors.toSet());

    private MessageReading() {}

    /** Adds what is wrong with an entry's shape, in the validator's words. */
    static void faults(String place, JsonNode entry, List<String> wrong) {
        if (!entry.isObject()) {
            wrong.add(place + "\n  Input should be a valid dictionary");
            return;
        }
        String at = place + "." + entry.path("id").asText("?");
        if (!ROLES.contains(entry.path("role").asText())) {
            wrong.add(at + ".role\n  Input should be 'assistant', 'user', 'tool', 'system', 'approval' or 'summary'");
        }
        if (!entry.path("id").isTextual()) {
            wrong.add(at + ".id\n  Input should be a valid string");
        }
        JsonNode content = entry.path("content");
        if (!content.isMissingNode() && !content.isNull() && !content.isTextual() && !content.isArray()) {
            wrong.add(at + ".content\n  Input should be a valid list");
        }
        for (JsonNode part : content.isArray() ? content : Json.array()) {
            if (!part.path("type").isTextual()) {
                wrong.add(at + ".content\n  Unable to extract tag using discriminator 'type'");
            }
        }
        for (String list : List.of("tool_calls", "tool_returns", "approvals")) {
            JsonNode given = entry.path(list);
            if (!given.isMissingNode() && !given.isNull() && !given.isArray()) {
                wrong.add(at + "." + list + "\n  Input should be a valid list");
            }
        }
        for (JsonNode call : entry.path("tool_calls")) {
            if (!call.path("id").isTextual()
                    || !call.path("function").path("name").isTextual()) {
                wrong.add(at + ".tool_calls\n  A call needs an id and a function with a name");
            }
        }
        if (entry.hasNonNull("created_at") && time(entry.path("created_at")) == null) {
            wrong.add(at + ".created_at\n  Input should be a valid datetime");
        }
    }

    /**
     * The message of an entry without faults.
     *
     * @param at microseconds, when the entry has no time
     * @param asked the calls of the last request for approval before it, for answers in the old short form
     */
    static Message read(
            JsonNode entry, String id, String agentId, @Nullable String groupId, long at, List<ToolCall> asked) {
        Role role = Role.of(entry.path("role").asText());
        List<Content> content = content(entry.path("content"));
        List<ToolReturn> returns = role == Role.TOOL ? returns(entry, content) : List.of();
        boolean failed = returns.stream().anyMatch(back -> !back.ok());
        return new Message(
                id,
                agentId,
                null,
                role,
                role == Role.TOOL && !returns.isEmpty() ? List.of() : content,
                role == Role.ASSISTANT || role == Role.APPROVAL ? calls(entry.path("tool_calls")) : List.of(),
                returns,
                role == Role.APPROVAL ? approval(entry, asked) : null,
                entry.path("name").textValue(),
                otid(entry),
                null,
                groupId,
                entry.path("model").textValue(),
                null,
                null,
                false,
                role == Role.TOOL ? failed : null,
                Objects.requireNonNullElse(time(entry.path("created_at")), at));
    }

    /** As long as a UUID at most; anything else is no offline id. */
    private static @Nullable String otid(JsonNode entry) {
        String given = entry.path("otid").textValue();
        return given == null || given.isEmpty() || given.length() > OTID ? null : given;
    }

    private static List<Content> content(JsonNode given) {
        if (given.isTextual()) {
            return List.of(new Content.Text(given.textValue()));
        }
        List<Content> out = new ArrayList<>();
        for (JsonNode part : given) {
            Content read = part(part);
            if (read != null) {
                out.add(read);
            }
        }
        return out;
    }

    /** Null for parts that only repeat what stands in other fields, and for pictures that are not in the file. */
    private static @Nullable Content part(JsonNode part) {
        String signature = part.path("signature").textValue();
        return switch (part.path("type").asText()) {
            case "text" -> new Content.Text(part.path("text").asText(), signature);
            case "image" -> image(part.path("source"));
            case "reasoning", "summarized_reasoning" ->
                new Content.Reasoning(
                        part.path("is_native").asBoolean(true),
                        part.path("reasoning").asText(),
                        signature,
                        null);
            case "redacted_reasoning" ->
                new Content.RedactedReasoning(part.path("data").asText());
            case "omitted_reasoning" -> new Content.OmittedReasoning(signature);
            default -> null;
        };
    }

    private static @Nullable Content image(JsonNode source) {
        String data = source.path("data").asText("");
        try {
            Base64.getMimeDecoder().decode(data);
        } catch (IllegalArgumentException e) {
            return new Content.Text("(a picture that could not be read)");
        }
        return data.isEmpty()
                ? new Content.Text("(a picture that the file does not hold)")
                : new Content.Image(
                        source.path("media_type").asText("image/png"),
                        data,
                        source.path("detail").textValue());
    }

    private static List<ToolCall> calls(JsonNode given) {
        List<ToolCall> out = new ArrayList<>();
        for (JsonNode call : given) {
            JsonNode arguments = call.path("function").path("arguments");
            out.add(new ToolCall(
                    call.path("id").asText(),
                    call.path("function").path("name").asText(),
                    arguments.isTextual() ? arguments.textValue() : Json.write(arguments)));
        }
        return out;
    }

    private static List<ToolReturn> returns(JsonNode entry, List<Content> content) {
        List<ToolReturn> out = new ArrayList<>();
        for (JsonNode back : entry.path("tool_returns")) {
            String call =
                    back.path("tool_call_id").asText(entry.path("tool_call_id").asText(""));
            JsonNode text = back.path("func_response");
            boolean ok = !back.path("status")
                    .asText("success")
                    .toLowerCase(Locale.ROOT)
                    .equals(ToolReturn.ERROR);
            List<Content> parts = ReturnParts.of(text);
            out.add(new ToolReturn(
                    call,
                    ok ? ToolReturn.SUCCESS : ToolReturn.ERROR,
                    parts != null ? ReturnParts.text(parts) : plain(text),
                    lines(back.path("stdout")),
                    lines(back.path("stderr")),
                    parts));
        }
        if (out.isEmpty() && entry.path("tool_call_id").isTextual()) {
            String text = content.stream()
                    .filter(Content.Text.class::isInstance)
                    .map(part -> ((Content.Text) part).text())
                    .collect(Collectors.joining());
            boolean failed = envelope(text) != null
                    && "Failed"
                            .equals(Objects.requireNonNull(envelope(text))
                                    .path("status")
                                    .asText());
            out.add(new ToolReturn(
                    entry.path("tool_call_id").textValue(),
                    failed ? ToolReturn.ERROR : ToolReturn.SUCCESS,
                    unpacked(text),
                    null,
                    null));
        }
        return out;
    }

    private static String plain(JsonNode given) {
        return given.isTextual()
                ? unpacked(given.textValue())
                : given.isMissingNode() || given.isNull() ? "" : Json.write(given);
    }

    /** The text of a return without the envelope that models see. */
    static String unpacked(String text) {
        JsonNode envelope = envelope(text);
        if (envelope == null) {
            return text;
        }
        JsonNode message = envelope.get("message");
        return message.isTextual() ? message.textValue() : Json.write(message);
    }

    private static @Nullable JsonNode envelope(String text) {
        if (!text.startsWith("{")) {
            return null;
        }
        try {
            JsonNode node = Json.parse(text);
            return node.has("status") && node.has("message") ? node : null;
        } catch (JsonProcessingException ordinaryText) {
            return null;
        }
    }

    private static @Nullable List<String> lines(JsonNode given) {
        if (!given.isArray()) {
            return null;
        }
        List<String> out = new ArrayList<>();
        given.forEach(line -> out.add(line.asText()));
        return out;
    }

    /** The stored form of an answer, which names every call; null: the row is a request. */
    private static @Nullable String approval(JsonNode entry, List<ToolCall> asked) {
        if (!entry.path("approvals").isEmpty()) {
            return Json.write(entry.path("approvals"));
        }
        JsonNode approve = entry.path("approve");
        if (!approve.isBoolean() || !entry.path("tool_calls").isEmpty()) {
            return null;
        }
        ArrayNode out = Json.array();
        for (ToolCall call : asked) {
            out.addObject()
                    .put("type", "approval")
                    .put("tool_call_id", call.id())
                    .put("approve", approve.booleanValue())
                    .put("reason", entry.path("denial_reason").textValue());
        }
        return Json.write(out);
    }

    /** Microseconds; null when it is no time. */
    static @Nullable Long time(JsonNode given) {
        if (!given.isTextual()) {
            return null;
        }
        String text = given.textValue().strip().replace(' ', 'T');
        try {
            return Clock.micros(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException zoneless) {
            try {
                return Clock.micros(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException noTime) {
                return null;
            }
        }
    }
}
