package dev.mneme.testkit;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.message.Content;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Models whose answers a test writes, with every request kept. Thread-safe if the script is. */
public class ScriptedModels implements Models {
    /** Every request in order. */
    public final List<ModelRequest> requests = new CopyOnWriteArrayList<>();

    private final Map<String, Integer> windows = new ConcurrentHashMap<>();

    private volatile Function<ModelRequest, List<ModelEvent>> script = request -> text("ok");

    public void answer(Function<ModelRequest, List<ModelEvent>> next) {
        script = next;
    }

    /** Gives the model of a handle a window of its own, in tokens. */
    public void window(String handle, int tokens) {
        windows.put(handle, tokens);
    }

    /** One answer after the other; the last one repeats. */
    @SafeVarargs
    public final void answers(List<ModelEvent>... answers) {
        AtomicInteger at = new AtomicInteger();
        script = request -> answers[Math.min(at.getAndIncrement(), answers.length - 1)];
    }

    public static List<ModelEvent> text(String text) {
        List<ModelEvent> out = new ArrayList<>();
        for (String word : text.split("(?<= )")) {
            out.add(new ModelEvent.TextDelta(word));
        }
        out.add(new ModelEvent.Done(List.of(new Content.Text(text)), List.of(), false, new Usage(10, 2, 12, 0, 0, 0)));
        return out;
    }

    public static List<ModelEvent> call(String tool, String arguments) {
        return calls(new ToolCall("call_" + tool, tool, arguments));
    }

    public static List<ModelEvent> calls(ToolCall... calls) {
        List<ModelEvent> out = new ArrayList<>();
        for (int i = 0; i < calls.length; i++) {
            out.add(new ModelEvent.CallDelta(i, calls[i].id(), calls[i].name(), null));
            out.add(new ModelEvent.CallDelta(i, null, null, calls[i].arguments()));
        }
        out.add(new ModelEvent.Done(List.of(), List.of(calls), false, new Usage(10, 2, 12, 0, 0, 0)));
        return out;
    }

    public static List<ModelEvent> refuse(ProblemCode kind) {
        throw new ModelException(
                kind, "An error occurred with the LLM request.", "INTERNAL_SERVER_ERROR: planned", null);
    }

    @Override
    public ModelStream open(ModelRequest request) {
        requests.add(request);
        Iterator<ModelEvent> events = script.apply(request).iterator();
        return new ModelStream() {
            @Override
            public ModelEvent next() {
                if (!events.hasNext()) {
                    throw new ModelException(
                            ProblemCode.LLM_ERROR,
                            "An error occurred with the LLM request.",
                            "INTERNAL_SERVER_ERROR: the stream was cut",
                            null);
                }
                return events.next();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Embedder embedder(EmbeddingConfig config) {
        return new Embedder() {
            @Override
            public List<float[]> embed(List<String> texts) {
                return texts.stream().map(ScriptedModels::letters).toList();
            }

            @Override
            public int dimensions() {
                return 32;
            }

            @Override
            public String name() {
                return "scripted/letters";
            }

            @Override
            public boolean local() {
                return true;
            }
        };
    }

    /** Letter counts: alike for texts of like words, enough to tell near from far. */
    private static float[] letters(String text) {
        float[] out = new float[32];
        text.toLowerCase(java.util.Locale.ROOT).chars().forEach(c -> out[c & 31]++);
        out[0]++;
        return out;
    }

    @Override
    public LlmConfig resolve(String handle) {
        if (handle.startsWith("nobody/")) {
            throw Problem.notFound("NOT_FOUND: Handle " + handle + " not found, must be one of []");
        }
        return new LlmConfig(
                "scripted",
                null,
                "openai",
                null,
                "scripted",
                "base",
                null,
                windows.getOrDefault(handle, 128_000),
                false,
                windows.containsKey(handle) ? handle : "scripted/scripted",
                1.0,
                4_096,
                false,
                null,
                0,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                false,
                false,
                null,
                false,
                null);
    }

    @Override
    public EmbeddingConfig resolveEmbedding(String handle) {
        return new EmbeddingConfig("openai", null, "letters", 32, 300, "scripted/letters", 32, null, null, null);
    }

    @Override
    public String defaultHandle() {
        return "scripted/scripted";
    }

    @Override
    public String defaultEmbeddingHandle() {
        return "scripted/letters";
    }

    @Override
    public List<ModelCard> list() {
        return List.of(new ModelCard(resolve(""), 128_000));
    }

    @Override
    public List<EmbeddingConfig> listEmbeddings() {
        return List.of(resolveEmbedding(""));
    }

    @Override
    public List<ProviderStatus> providers() {
        return List.of();
    }

    @Override
    public void close() {}
}
