package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.agent.MessageEntry;
import dev.mneme.base.Json;
import dev.mneme.base.PythonText;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.wire.LettaMessage;
import dev.mneme.wire.LettaMessage.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stored rows as clients see them: one row becomes one piece or several (contract 03 §2). Pure. */
final class LettaMessages {
    static final String SYSTEM = "system_message";
    static final String USER = "user_message";
    static final String ASSISTANT = "assistant_message";
    static final String REASONING = "reasoning_message";
    static final String HIDDEN_REASONING = "hidden_reasoning_message";
    static final String TOOL_CALL = "tool_call_message";
    static final String TOOL_RETURN = "tool_return_message";
    static final String APPROVAL_REQUEST = "approval_request_message";
    static final String APPROVAL_RESPONSE = "approval_response_message";
    static final String SUMMARY = "summary_message";
    static final String EVENT = "event_message";

    /** Every word of include_return_message_types. */
    static final List<String> TYPES = List.of(
            SYSTEM,
            USER,
            ASSISTANT,
            REASONING,
            HIDDEN_REASONING,
            TOOL_CALL,
            TOOL_RETURN,
            APPROVAL_REQUEST,
            APPROVAL_RESPONSE,
            SUMMARY,
            EVENT);

    static final String OMITTED = "omitted";
    private static final String THOUGHT_BY_MODEL = "reasoner_model";
    private static final String THOUGHT_BY_PROMPT = "non_reasoner_model";
    private static final String TOOL = "tool";

    /** By this argument a call shows that it was made by an agent that works by calls (contract 02 §6). */
    private static final String HEARTBEAT = "request_heartbeat";

    private LettaMessages() {}

    /** Which calls of the tool that speaks are shown as what they say. */
    enum Speech {
        NEVER,
        /** Those of agents that work by calls: to the others it is a tool like any other. */
        BY_CALLS,
        ALWAYS
    }

    /**
     * How rows are shown.
     *
     * @param speech which calls of the tool that speaks (its name, and the argument that holds the text) become assistant messages
     * @param types message types to show, empty: all
     */
    record Display(Speech speech, String speechTool, String speechArgument, List<String> types) {
        static final String SEND_MESSAGE = "send_message";
        static final String MESSAGE = "message";

        /** As lists show rows. */
        Display(boolean speech, String speechTool, String speechArgument, List<String> types) {
            this(speech ? Speech.ALWAYS : Speech.NEVER, speechTool, speechArgument, types);
        }

        /** Everything as it is. */
        static Display plain(@Nullable List<String> types) {
            return answer(false, types);
        }

        /** As the answer to a request shows them. */
        static Display answer(boolean speech, @Nullable List<String> types) {
            return new Display(
                    speech ? Speech.BY_CALLS : Speech.NEVER, SEND_MESSAGE, MESSAGE, types == null ? List.of() : types);
        }

        /** Whether this call is shown as what it says. */
        boolean speaks(ToolCall call) {
            return call.name().equals(speechTool)
                    && switch (speech) {
                        case NEVER -> false;
                        case BY_CALLS -> call.arguments().contains(HEARTBEAT);
                        case ALWAYS -> true;
                    };
        }

        boolean shows(String type) {
            return types.isEmpty() || types.contains(type);
        }
    }

    /** Whose thought it was. */
    static String source(boolean isNative) {
        return isNative ? THOUGHT_BY_MODEL : THOUGHT_BY_PROMPT;
    }

    /** Whether a row is a note by which the loop asked the model again: lists show these, answers do not (contract 02 §6). */
    static boolean isHeartbeat(Message row) {
        return row.role() == Role.USER
                && !row.input()
                && row.text().startsWith("{")
                && row.text().contains("\"heartbeat\"");
    }

    static List<LettaMessage> of(List<Message> rows, Display display) {
        List<LettaMessage> out = new ArrayList<>();
        rows.forEach(row -> out.addAll(of(row, display)));
        return out;
    }

    /** The pieces of one row, filtered by type. */
    static List<LettaMessage> of(Message row, Display display) {
        return pieces(row, display).stream()
                .filter(piece -> display.shows(piece.envelope().messageType()))
                .toList();
    }

    private static List<LettaMessage> pieces(Message row, Display display) {
        return switch (row.role()) {
            case SYSTEM -> List.of(new LettaMessage.Said(whole(row, SYSTEM, row.name()), TextNode.valueOf(row.text())));
            case USER, SUMMARY -> List.of(new LettaMessage.Said(whole(row, USER, row.name()), userContent(row)));
            case ASSISTANT -> assistant(row, display);
            case TOOL -> returned(row, display);
            case APPROVAL -> approval(row);
        };
    }

    private static Envelope whole(Message row, String type, @Nullable String name) {
        return envelope(row, type, row.otid(), name);
    }

    private static Envelope envelope(Message row, String type, @Nullable String otid, @Nullable String name) {
        return new Envelope(
                row.id(),
                Times.seconds(row.createdAt()),
                name,
                type,
                otid,
                row.senderId(),
                row.stepId(),
                Boolean.TRUE.equals(row.isErr()) ? Boolean.TRUE : null,
                null,
                row.runId());
    }

    private static JsonNode userContent(Message row) {
        if (row.content().stream().allMatch(Content.Text.class::isInstance)
                && row.content().size() <= 1) {
            return TextNode.valueOf(unpacked(row.text()));
        }
        return MessageEntry.parts(row.content());
    }

    /** Old rows carry the text in a JSON envelope; only that of a user's own message is taken off (contract 03 §3). */
    private static String unpacked(String text) {
        if (!text.startsWith("{")) {
            return text;
        }
        try {
            JsonNode json = Json.parse(text);
            return json.path("type").asText("").equals(USER)
                    ? json.path("message").asText(text)
                    : text;
        } catch (JsonProcessingException e) {
            // ordinary text that begins with a brace
            return text;
        }
    }

    private static List<LettaMessage> assistant(Message row, Display display) {
        boolean speaks = row.toolCalls().stream().anyMatch(display::speaks);
        List<LettaMessage> out = new ArrayList<>(thoughtsAndText(row, speaks));
        List<ToolCall> others = new ArrayList<>();
        for (ToolCall call : row.toolCalls()) {
            String spoken = display.speaks(call) ? spoken(call.arguments(), display.speechArgument()) : null;
            if (spoken == null) {
                others.add(call);
            } else {
                out.add(new LettaMessage.Said(piece(row, ASSISTANT, out.size()), TextNode.valueOf(spoken)));
            }
        }
        if (!others.isEmpty()) {
            out.add(called(
                    piece(row, TOOL_CALL, out.size()),
                    others.stream().map(LettaMessages::spaced).toList()));
        }
        return out;
    }

    private static @Nullable String spoken(String arguments, String key) {
        try {
            JsonNode text = Json.parse(arguments).path(key);
            // An agent that answers in JSON says an object; its text is what it said.
            return text.isContainerNode() ? Json.write(text) : text.asText(null);
        } catch (JsonProcessingException e) {
            // broken arguments are shown as the call they are
            return null;
        }
    }

    /** Parts in order; neighbours of one kind are joined. textIsThought: the row speaks through a tool, its text is an inner thought. */
    private static List<LettaMessage> thoughtsAndText(Message row, boolean textIsThought) {
        List<LettaMessage> out = new ArrayList<>();
        List<Content> joined = new ArrayList<>();
        for (Content part : row.content()) {
            if (part instanceof Content.Reasoning thought
                    && thought.reasoning().isEmpty()
                    && thought.vendor() != null) {
                continue; // a thought of which only the provider can read anything
            }
            Content last = joined.isEmpty() ? null : joined.getLast();
            if (last instanceof Content.Text a && part instanceof Content.Text b) {
                joined.set(joined.size() - 1, new Content.Text(a.text() + b.text(), a.signature()));
            } else if (last instanceof Content.Reasoning a && part instanceof Content.Reasoning b) {
                String signature = b.signature() == null ? a.signature() : b.signature();
                joined.set(
                        joined.size() - 1,
                        new Content.Reasoning(a.isNative(), a.reasoning() + b.reasoning(), signature, a.vendor()));
            } else {
                joined.add(part);
            }
        }
        for (Content part : joined) {
            int index = out.size();
            switch (part) {
                case Content.Text text -> {
                    if (textIsThought) {
                        out.add(new LettaMessage.Reasoning(
                                piece(row, REASONING, index), THOUGHT_BY_PROMPT, text.text(), null));
                    } else {
                        out.add(new LettaMessage.Said(piece(row, ASSISTANT, index), TextNode.valueOf(text.text())));
                    }
                }
                case Content.Reasoning thought ->
                    out.add(new LettaMessage.Reasoning(
                            piece(row, REASONING, index),
                            source(thought.isNative()),
                            thought.reasoning(),
                            thought.signature()));
                case Content.RedactedReasoning redacted ->
                    out.add(new LettaMessage.HiddenReasoning(
                            piece(row, HIDDEN_REASONING, index), "redacted", redacted.data()));
                case Content.OmittedReasoning omitted ->
                    out.add(new LettaMessage.HiddenReasoning(piece(row, HIDDEN_REASONING, index), OMITTED, null));
                case Content.Image image -> {
                    ArrayNode parts = Json.array().add(MessageEntry.part(image));
                    out.add(new LettaMessage.Said(piece(row, ASSISTANT, index), parts));
                }
            }
        }
        return out;
    }

    private static Envelope piece(Message row, String type, int index) {
        // rows that came with a request keep the client's own otid
        String otid = row.input() && row.otid() != null && index == 0 ? row.otid() : Message.otid(row.id(), index);
        return envelope(row, type, otid, null);
    }

    private static ToolCall spaced(ToolCall call) {
        return new ToolCall(call.id(), call.name(), PythonText.spaced(call.arguments()));
    }

    private static LettaMessage called(Envelope envelope, List<ToolCall> calls) {
        List<LettaMessage.Call> shown = calls.stream()
                .map(call -> new LettaMessage.Call(call.name(), call.arguments(), call.id()))
                .toList();
        return new LettaMessage.Called(envelope, shown.getFirst(), shown);
    }

    private static List<LettaMessage> returned(Message row, Display display) {
        boolean ofSpeech = row.toolCalls().isEmpty()
                ? display.speech() == Speech.ALWAYS && display.speechTool().equals(row.name())
                : row.toolCalls().stream().anyMatch(display::speaks);
        if (ofSpeech || row.toolReturns().isEmpty()) {
            return List.of();
        }
        List<LettaMessage.Return> returns = row.toolReturns().stream()
                .map(one -> new LettaMessage.Return(
                        TOOL, shown(one), one.status(), one.toolCallId(), one.stdout(), one.stderr()))
                .toList();
        LettaMessage.Return first = returns.getFirst();
        return List.of(new LettaMessage.Returned(
                envelope(row, TOOL_RETURN, Message.otid(row.id(), 0), row.name()),
                row.toolReturns().getFirst().text(),
                first.status(),
                first.toolCallId(),
                first.stdout(),
                first.stderr(),
                returns));
    }

    private static JsonNode shown(ToolReturn back) {
        return back.parts() == null ? TextNode.valueOf(back.text()) : MessageEntry.parts(back.parts());
    }

    private static List<LettaMessage> approval(Message row) {
        if (!row.toolCalls().isEmpty()) {
            List<LettaMessage> out = new ArrayList<>(thoughtsAndText(row, false));
            // the arguments are shown as the model wrote them: somebody decides on exactly this text
            out.add(called(envelope(row, APPROVAL_REQUEST, row.id(), null), row.toolCalls()));
            return out;
        }
        JsonNode given = row.approval() == null ? Json.object() : Json.read(row.approval(), JsonNode.class);
        JsonNode approvals = given.isArray() ? given : given.path("approvals");
        JsonNode first = approvals.path(0);
        boolean verdict = first.has("approve");
        return List.of(new LettaMessage.ApprovalResponse(
                whole(row, APPROVAL_RESPONSE, null),
                approvals.isArray() ? approvals : Json.array(),
                verdict ? Boolean.valueOf(first.path("approve").asBoolean()) : null,
                verdict ? text(first.path("tool_call_id")) : null,
                verdict ? text(first.path("reason")) : null));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    /** The word for a role in the old API. */
    static String word(Message row) {
        return Objects.requireNonNull(row.role().word()).toLowerCase(Locale.ROOT);
    }
}
