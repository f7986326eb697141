package dev.mneme.llm.demo;

import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.Usage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The demo model: fixed rules instead of a language model, through the same prompt and tools as any other. The same request always
 * gets the same answer. It needs no network and some microseconds. Thread-safe.
 */
public final class DemoModel {
    /** Characters of a token in the estimates: about right for English. */
    private static final int CHARS_PER_TOKEN = 4;

    /** Tokens of one tool's schema in the estimates. */
    private static final int TOKENS_PER_TOOL = 120;

    /** Characters of a streamed piece of arguments. */
    private static final int ARGUMENT_PIECE = 12;

    public ModelStream open(ModelRequest request) {
        Reply reply = reply(request);
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < reply.calls().size(); i++) {
            Reply.Call call = reply.calls().get(i);
            calls.add(new ToolCall(
                    callId(request, i), call.tool(), call.arguments().toString()));
        }
        Queue<ModelEvent> events = new ArrayDeque<>();
        if (request.stream()) {
            stream(reply, calls, events);
        }
        List<Content> content = new ArrayList<>();
        if (!reply.reasoning().isEmpty()) {
            content.add(new Content.Reasoning(reply.reasoning(), null));
        }
        if (!reply.text().isEmpty()) {
            content.add(new Content.Text(reply.text()));
        }
        events.add(new ModelEvent.Done(content, calls, false, usage(request, reply, calls)));
        return new Said(events);
    }

    private static Reply reply(ModelRequest request) {
        String digest = Digest.of(request);
        if (digest != null) {
            return new Reply("", digest, List.of());
        }
        Scene scene = Scene.of(request);
        return Obedience.to(request, scene, Mind.reply(scene));
    }

    private static void stream(Reply reply, List<ToolCall> calls, Queue<ModelEvent> events) {
        for (String word : words(reply.reasoning())) {
            events.add(new ModelEvent.ReasoningDelta(word));
        }
        for (String word : words(reply.text())) {
            events.add(new ModelEvent.TextDelta(word));
        }
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            events.add(new ModelEvent.CallDelta(i, call.id(), call.name(), null));
            String arguments = call.arguments();
            for (int at = 0; at < arguments.length(); at += ARGUMENT_PIECE) {
                String piece = arguments.substring(at, Math.min(arguments.length(), at + ARGUMENT_PIECE));
                events.add(new ModelEvent.CallDelta(i, null, null, piece));
            }
        }
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ' ') {
                words.add(text.substring(start, i + 1));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            words.add(text.substring(start));
        }
        return words;
    }

    /** The same for the same request, different for every other call of a conversation. */
    private static String callId(ModelRequest request, int index) {
        String last =
                request.history().isEmpty() ? "" : request.history().getLast().id();
        long hash = (31L * last.hashCode() + request.history().size()) * 31 + index;
        return "call_" + Long.toHexString(hash & 0xffffffffffffL) + Integer.toHexString(index);
    }

    private static Usage usage(ModelRequest request, Reply reply, List<ToolCall> calls) {
        long prompt = request.system().length();
        for (Message message : request.history()) {
            for (Content part : message.content()) {
                if (part instanceof Content.Text text) {
                    prompt += text.text().length();
                }
            }
            for (ToolCall call : message.toolCalls()) {
                prompt += call.arguments().length();
            }
            for (ToolReturn back : message.toolReturns()) {
                prompt += back.text().length();
            }
        }
        int in = (int) (prompt / CHARS_PER_TOKEN)
                + TOKENS_PER_TOOL * request.tools().size()
                + 1;
        long said = reply.text().length() + reply.reasoning().length();
        for (ToolCall call : calls) {
            said += call.name().length() + call.arguments().length();
        }
        int out = (int) (said / CHARS_PER_TOKEN) + 1;
        int thought = reply.reasoning().length() / CHARS_PER_TOKEN;
        return new Usage(in, out, in + out, 0, 0, thought);
    }

    /** An answer that is there already. */
    private static final class Said implements ModelStream {
        private final Queue<ModelEvent> events;

        Said(Queue<ModelEvent> events) {
            this.events = events;
        }

        @Override
        public ModelEvent next() {
            return events.remove();
        }

        @Override
        public void close() {
            events.clear();
        }
    }
}
