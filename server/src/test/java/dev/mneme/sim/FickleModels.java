package dev.mneme.sim;

import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import dev.mneme.testkit.ScriptedModels;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider with every habit that a provider can have: it answers, calls tools that exist and some that do not, writes broken JSON,
 * fails before or in the middle of an answer, dawdles, says nothing. Refuses, as a real one, what does not fit its window or what has a
 * call without its return. Thread-safe.
 */
final class FickleModels extends ScriptedModels {
    /** Characters of a request that count as one token. */
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final Fate fate;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger unpaired = new AtomicInteger();
    private volatile boolean calm;

    FickleModels(Fate fate) {
        this.fate = fate;
    }

    /** From now on every answer is a plain text at once. */
    void calmDown() {
        calm = true;
    }

    /** Requests in which a call and its return did not pair: a real provider refuses them for ever. */
    int unpaired() {
        return unpaired.get();
    }

    @Override
    public ModelStream open(ModelRequest request) {
        int tokens = tokens(request);
        if (!paired(request.history())) {
            unpaired.incrementAndGet();
            throw failure(ProblemCode.LLM_BAD_REQUEST, "a call lacks its return");
        }
        if (tokens > request.config().contextWindow()) {
            throw failure(ProblemCode.LLM_CONTEXT_WINDOW, "prompt is too long");
        }
        if (calm) {
            return new Stream(fine(request, tokens), 0, -1);
        }
        int dawdle = fate.percent(20) ? fate.between(1, 15) : 0;
        if (fate.percent(8)) {
            throw failure(fate.one(FAILURES), "planned");
        }
        List<ModelEvent> events = answer(request, tokens);
        int cutAfter = fate.percent(7) ? fate.between(0, events.size() - 1) : -1;
        return new Stream(events, dawdle, cutAfter);
    }

    /** Speaks by the tool for it where there is one. */
    private List<ModelEvent> fine(ModelRequest request, int tokens) {
        boolean byTool = request.tools().stream().anyMatch(tool -> tool.name().equals("send_message"));
        return byTool
                ? called(List.of(call("send_message", calls.incrementAndGet())), List.of(), tokens)
                : said("fine", tokens);
    }

    private static final List<ProblemCode> FAILURES = List.of(
            ProblemCode.LLM_RATE_LIMIT,
            ProblemCode.LLM_TIMEOUT,
            ProblemCode.LLM_ERROR,
            ProblemCode.LLM_AUTHENTICATION,
            ProblemCode.LLM_CONTEXT_WINDOW,
            ProblemCode.LLM_BAD_REQUEST);

    private List<ModelEvent> answer(ModelRequest request, int tokens) {
        boolean may = !request.tools().isEmpty();
        if (!may || fate.percent(50)) {
            return fate.percent(6) ? said("", tokens) : said("answer " + "word ".repeat(fate.between(1, 30)), tokens);
        }
        int many = fate.percent(25) ? fate.between(2, 3) : 1;
        List<ToolCall> wanted = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            int number = calls.incrementAndGet();
            String tool =
                    fate.percent(5) ? "no_such_tool" : fate.one(request.tools()).name();
            wanted.add(
                    new ToolCall("call_" + number, tool, fate.percent(6) ? "{\"label\": " : arguments(tool, number)));
        }
        List<Content> thoughts = fate.percent(20) ? List.of(new Content.Reasoning("hm", "sig")) : List.of();
        return called(wanted, thoughts, tokens);
    }

    private ToolCall call(String tool, int number) {
        return new ToolCall("call_" + number, tool, arguments(tool, number));
    }

    private static List<ModelEvent> called(List<ToolCall> wanted, List<Content> thoughts, int tokens) {
        List<ModelEvent> out = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            out.add(new ModelEvent.CallDelta(
                    i, wanted.get(i).id(), wanted.get(i).name(), null));
            out.add(new ModelEvent.CallDelta(i, null, null, wanted.get(i).arguments()));
        }
        out.add(new ModelEvent.Done(thoughts, wanted, false, usage(tokens, 20)));
        return out;
    }

    /** Each edit of memory leaves a mark of its own, so that edits can be counted. */
    private String arguments(String tool, int number) {
        boolean beat = fate.percent(70);
        return switch (tool) {
            case "memory_insert" ->
                "{\"label\":\"human\",\"new_string\":\"<mark" + number + ">\",\"request_heartbeat\":" + beat + "}";
            case "send_message" ->
                "{\"message\":\"said " + number + "\",\"request_heartbeat\":" + (!calm && fate.percent(20)) + "}";
            default -> "{\"what\":\"" + number + "\",\"request_heartbeat\":" + beat + "}";
        };
    }

    private static List<ModelEvent> said(String text, int tokens) {
        List<Content> content = text.isEmpty() ? List.of() : List.of(new Content.Text(text));
        List<ModelEvent> out = new ArrayList<>();
        if (!text.isEmpty()) {
            out.add(new ModelEvent.TextDelta(text));
        }
        out.add(new ModelEvent.Done(
                content, List.of(), false, usage(tokens, 1 + text.length() / CHARACTERS_PER_TOKEN)));
        return out;
    }

    private static Usage usage(int prompt, int completion) {
        return new Usage(prompt, completion, prompt + completion, 0, 0, 0);
    }

    private static ModelException failure(ProblemCode kind, String words) {
        return new ModelException(
                kind, "An error occurred with the LLM request.", "INTERNAL_SERVER_ERROR: " + words, null);
    }

    private static int tokens(ModelRequest request) {
        long characters = request.system().length();
        for (Message row : request.history()) {
            characters += row.text().length() + 8;
            for (ToolCall call : row.toolCalls()) {
                characters += call.arguments().length() + call.name().length();
            }
            for (var back : row.toolReturns()) {
                characters += back.text().length();
            }
        }
        return (int) (characters / CHARACTERS_PER_TOKEN);
    }

    private static boolean paired(List<Message> history) {
        return Pairing.faults(history, false).isEmpty();
    }

    private static final class Stream implements ModelStream {
        private final Iterator<ModelEvent> events;
        private final int dawdle;
        private final int cutAfter;
        private int given;

        Stream(List<ModelEvent> events, int dawdle, int cutAfter) {
            this.events = events.iterator();
            this.dawdle = dawdle;
            this.cutAfter = cutAfter;
        }

        @Override
        public ModelEvent next() {
            if (dawdle > 0) {
                try {
                    Thread.sleep(dawdle);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw failure(ProblemCode.LLM_TIMEOUT, "interrupted");
                }
            }
            if (given++ == cutAfter || !events.hasNext()) {
                throw failure(ProblemCode.LLM_ERROR, "the stream was cut");
            }
            return events.next();
        }

        @Override
        public void close() {}
    }
}
