package dev.mneme.llm.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Answer;
import dev.mneme.llm.AnswerStream;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.Sse;

/** One chat completion as it arrives, streamed or whole. One thread. */
final class ChatStream extends AnswerStream {
    private final int requestLength;
    private final Collected collected = new Collected();

    /** @param deltas whether deltas are wanted; a server that answers whole all the same is understood */
    ChatStream(Answer answer, boolean deltas, int requestLength) {
        super(answer, deltas);
        this.requestLength = requestLength;
    }

    @Override
    protected void whole() {
        String body = answer.text();
        JsonNode tree = parsed(body);
        if (!tree.path("choices").path(0).has("message")) {
            throw Failures.garbage(answer.endpoint(), body);
        }
        for (ModelEvent event : collected.take(tree)) {
            if (deltas) {
                ready.add(event);
            }
        }
        ready.add(collected.done(answer.endpoint(), requestLength));
    }

    @Override
    protected void piece() {
        Sse.Event event = sse.next();
        if (event == null) {
            if (!collected.finished()) {
                throw sse.stray().isEmpty()
                        ? Failures.cut(answer.endpoint(), null)
                        : Failures.garbage(answer.endpoint(), sse.stray());
            }
            ready.add(collected.done(answer.endpoint(), requestLength));
        } else if (event.data().strip().equals("[DONE]")) {
            ready.add(collected.done(answer.endpoint(), requestLength));
        } else {
            ready.addAll(collected.take(parsed(event.data())));
        }
    }

    /** JSON from the provider; an error that it carries is thrown as one. */
    private JsonNode parsed(String text) {
        JsonNode tree;
        try {
            tree = Json.parse(text);
        } catch (JsonProcessingException e) {
            throw Failures.garbage(answer.endpoint(), text);
        }
        if (!tree.isObject()) {
            throw Failures.garbage(answer.endpoint(), text);
        }
        if (tree.hasNonNull("error")) {
            throw Failures.inStream(answer.endpoint(), tree);
        }
        return tree;
    }
}
