package dev.mneme.llm.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Answer;
import dev.mneme.llm.AnswerStream;
import dev.mneme.llm.Failures;
import dev.mneme.llm.Sse;

/** One answer of the Responses language as it arrives, streamed or whole. One thread. */
final class ResponsesStream extends AnswerStream {
    private final int requestLength;
    private final Items items = new Items();

    /** @param deltas whether deltas are wanted; a server that answers whole all the same is understood */
    ResponsesStream(Answer answer, boolean deltas, int requestLength) {
        super(answer, deltas);
        this.requestLength = requestLength;
    }

    @Override
    protected void whole() {
        String body = answer.text();
        JsonNode response = parsed(body);
        if (!response.path("output").isArray()) {
            throw Failures.garbage(answer.endpoint(), body);
        }
        if (deltas) {
            ready.addAll(items.told(response));
        }
        end(response);
    }

    @Override
    protected void piece() {
        Sse.Event event = sse.next();
        if (event == null || event.data().strip().equals("[DONE]")) {
            throw sse.stray().isEmpty()
                    ? Failures.cut(answer.endpoint(), null)
                    : Failures.garbage(answer.endpoint(), sse.stray());
        }
        JsonNode data = parsed(event.data());
        int index = data.path("output_index").asInt();
        switch (data.path("type").asText()) {
            case "response.output_item.added" -> items.begun(index, data.path("item"), ready);
            case "response.reasoning_summary_part.added" ->
                items.thoughtBegun(data.path("summary_index").asInt(), ready);
            case "response.reasoning_summary_text.delta", "response.reasoning_text.delta" ->
                items.thought(data.path("delta").asText(), ready);
            case "response.output_text.delta", "response.refusal.delta" ->
                items.said(data.path("delta").asText(), ready);
            case "response.function_call_arguments.delta" ->
                items.argued(index, data.path("delta").asText(), ready);
            case "response.output_item.done" -> items.done(index, data.path("item"), ready);
            case "response.completed", "response.incomplete" -> end(data.path("response"));
            case "response.failed" -> throw failed(data.path("response"));
            case "error" -> throw Failures.inStream(answer.endpoint(), data);
            default -> {
                // ends of parts, progress, and the tools of the provider that are never asked for
            }
        }
    }

    private void end(JsonNode response) {
        if (response.path("status").asText().equals("failed")) {
            throw failed(response);
        }
        ready.add(items.whole(response, answer.endpoint(), requestLength));
    }

    private RuntimeException failed(JsonNode response) {
        return Failures.inStream(answer.endpoint(), Json.object().set("error", response.path("error")));
    }

    /** JSON from the provider; an error that it carries in place of an answer is thrown as one. */
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
        if (tree.hasNonNull("error") && !tree.path("output").isArray()) {
            throw Failures.inStream(answer.endpoint(), tree);
        }
        return tree;
    }
}
