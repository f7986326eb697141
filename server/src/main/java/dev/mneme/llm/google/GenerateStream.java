package dev.mneme.llm.google;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.llm.Answer;
import dev.mneme.llm.AnswerStream;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.Sse;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One answer of the Gemini language as it arrives, streamed or whole. One thread.
 *
 * <p>A thought signature is kept verbatim: on the text it came with; one that came with a call or a thought on the thought, and where
 * no thought is shown, on an omitted one. {@link Contents} sends it back on the first call, where the provider looks for it.
 */
final class GenerateStream extends AnswerStream {
    /** Marks thoughts whose signature is Google's. */
    static final String VENDOR = "google";

    /** Finish reasons that mean a filter withheld the answer. */
    private static final Set<String> WITHHELD = Set.of(
            "SAFETY",
            "RECITATION",
            "BLOCKLIST",
            "PROHIBITED_CONTENT",
            "SPII",
            "LANGUAGE",
            "IMAGE_SAFETY",
            "MODEL_ARMOR");

    private final StringBuilder thoughts = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private @Nullable String thoughtSignature;
    private @Nullable String textSignature;
    private @Nullable JsonNode usage;
    private String finish = "";
    private String blocked = "";

    GenerateStream(Answer answer, boolean deltas) {
        super(answer, deltas);
    }

    @Override
    protected void whole() {
        String body = answer.text();
        JsonNode tree = parsed(body);
        // Without alt=sse some proxies answer a stream as one list.
        for (JsonNode each : tree.isArray() ? tree : Json.array().add(tree)) {
            take(each, body);
        }
        if (!deltas) {
            ready.clear();
        }
        ready.add(done());
    }

    @Override
    protected void piece() {
        Sse.Event event = sse.next();
        if (event != null) {
            take(parsed(event.data()), event.data());
            return;
        }
        if (finish.isEmpty() && blocked.isEmpty()) {
            throw sse.stray().isEmpty()
                    ? Failures.cut(answer.endpoint(), null)
                    : Failures.garbage(answer.endpoint(), sse.stray());
        }
        ready.add(done());
    }

    private void take(JsonNode chunk, String body) {
        if (!chunk.has("candidates") && !chunk.has("promptFeedback") && !chunk.has("usageMetadata")) {
            throw Failures.garbage(answer.endpoint(), body);
        }
        if (chunk.path("usageMetadata").isObject()) {
            usage = chunk.get("usageMetadata");
        }
        blocked = chunk.path("promptFeedback").path("blockReason").asText(blocked);
        JsonNode candidate = chunk.path("candidates").path(0);
        for (JsonNode part : candidate.path("content").path("parts")) {
            part(part);
        }
        finish = candidate.path("finishReason").asText(finish);
    }

    private void part(JsonNode part) {
        String signature = part.hasNonNull("thoughtSignature")
                ? part.get("thoughtSignature").asText()
                : null;
        String said = part.path("text").asText();
        if (part.has("functionCall")) {
            call(part.get("functionCall"));
            keep(signature);
        } else if (part.path("thought").asBoolean()) {
            keep(signature);
            if (!said.isEmpty()) {
                thoughts.append(said);
                ready.add(new ModelEvent.ReasoningDelta(said));
            }
        } else if (part.has("text")) {
            if (!said.isEmpty()) {
                text.append(said);
                ready.add(new ModelEvent.TextDelta(said));
            }
            if (signature != null) {
                textSignature = signature;
            }
        }
        // Pictures, code and whatever else is added are never asked for.
    }

    /** The first signature counts: of several calls at once only the first one carries it. */
    private void keep(@Nullable String signature) {
        if (signature != null && thoughtSignature == null) {
            thoughtSignature = signature;
        }
    }

    private void call(JsonNode call) {
        String given = call.path("id").asText();
        String id = given.isEmpty() ? "call_" + IdKind.uuid().toString().replace("-", "") : given;
        String name = call.path("name").asText();
        String arguments = call.path("args").isObject() ? call.get("args").toString() : "{}";
        int index = calls.size();
        calls.add(new ToolCall(id, name, arguments));
        ready.add(new ModelEvent.CallDelta(index, id, name, null));
        ready.add(new ModelEvent.CallDelta(index, null, null, arguments));
    }

    private ModelEvent.Done done() {
        boolean truncated = finish.equals("MAX_TOKENS");
        if (text.isEmpty() && calls.isEmpty() && !truncated) {
            if (!blocked.isEmpty() || WITHHELD.contains(finish)) {
                throw Failures.withheld(answer.endpoint(), blocked.isEmpty() ? finish : blocked);
            }
            throw Failures.nothing(answer.endpoint(), finish.equals("STOP") ? "" : finish);
        }
        if (text.isEmpty()) {
            keep(textSignature); // it came on an empty last part
        }
        List<Content> content = new ArrayList<>();
        if (!thoughts.isEmpty()) {
            content.add(new Content.Reasoning(true, thoughts.toString(), thoughtSignature, VENDOR));
        } else if (thoughtSignature != null) {
            content.add(new Content.OmittedReasoning(thoughtSignature));
        }
        if (!text.isEmpty()) {
            content.add(new Content.Text(text.toString(), textSignature));
        }
        return new ModelEvent.Done(content, calls, truncated, usage());
    }

    private Usage usage() {
        int in = count("promptTokenCount") + count("toolUsePromptTokenCount");
        int thought = count("thoughtsTokenCount");
        int out = count("candidatesTokenCount") + thought;
        return new Usage(in, out, in + out, known("cachedContentTokenCount"), null, known("thoughtsTokenCount"));
    }

    private int count(String name) {
        return usage == null ? 0 : usage.path(name).asInt();
    }

    private @Nullable Integer known(String name) {
        return usage != null && usage.path(name).isNumber()
                ? Integer.valueOf(usage.get(name).asInt())
                : null;
    }

    private JsonNode parsed(String body) {
        JsonNode tree;
        try {
            tree = Json.parse(body);
        } catch (JsonProcessingException e) {
            throw Failures.garbage(answer.endpoint(), body);
        }
        if (!tree.isContainerNode()) {
            throw Failures.garbage(answer.endpoint(), body);
        }
        if (tree.hasNonNull("error")) {
            throw Failures.inStream(answer.endpoint(), tree);
        }
        return tree;
    }
}
