package dev.mneme.llm.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.History;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ReturnText;
import dev.mneme.llm.StrictSchema;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import org.jspecify.annotations.Nullable;

/**
 * Builds a body of the Responses language (contract 02 §4, second column of the dialects). Pure.
 *
 * <p>Nothing is kept at the provider; thoughts come back encrypted and are sent again, since the model thinks on where it had stopped.
 */
final class ResponsesRequest {
    private final ModelRequest request;
    private final LlmConfig config;
    private final Endpoint at;
    private final boolean thoughts;
    private final Structured structured;

    private ResponsesRequest(ModelRequest request, Endpoint at, boolean thoughts) {
        this.request = request;
        this.config = request.config();
        this.at = at;
        this.thoughts = thoughts;
        this.structured =
                Structured.of(config, Quirks.of(at.provider()), !request.tools().isEmpty());
    }

    /** @param thoughts whether encrypted thoughts of earlier answers are sent again */
    static ObjectNode of(ModelRequest request, Endpoint at, boolean thoughts) {
        return new ResponsesRequest(request, at, thoughts).body();
    }

    /** Whether a request was refused because of thoughts that the provider cannot read any more, such as those of another account. */
    static boolean foreignThoughts(ModelException e) {
        return e.kind() == ProblemCode.LLM_BAD_REQUEST && e.detail().contains("encrypted_content");
    }

    private ObjectNode body() {
        ObjectNode body = Json.object();
        ChatRequest.model(body, config, Quirks.of(at.provider()));
        body.set("input", input());
        body.put("store", false);
        body.putArray("include").add("reasoning.encrypted_content");
        if (!"none".equals(config.reasoningEffort())) {
            ObjectNode reasoning = body.putObject("reasoning");
            if (config.reasoningEffort() != null) {
                reasoning.put("effort", config.reasoningEffort());
            }
            reasoning.put("summary", "detailed");
        }
        text(body);
        body.putNull("temperature");
        if (config.maxTokens() != null) {
            body.put("max_output_tokens", config.maxTokens());
        }
        if (!request.tools().isEmpty()) {
            tools(body);
        }
        body.put("user", request.userId());
        ChatRequest.retention(body, config, at);
        return body.put("stream", request.stream());
    }

    private void text(ObjectNode body) {
        ObjectNode text = Json.object();
        if (config.verbosity() != null && config.model().contains("gpt-5")) {
            text.put("verbosity", config.verbosity());
        }
        ObjectNode field = structured.field();
        if (field != null) {
            ObjectNode format =
                    text.putObject("format").put("type", field.path("type").asText());
            if (field.path("json_schema") instanceof ObjectNode schema) {
                format.setAll(schema);
            }
        }
        if (!text.isEmpty()) {
            body.set("text", text);
        }
    }

    private void tools(ObjectNode body) {
        boolean strict = Boolean.TRUE.equals(config.strict());
        ArrayNode tools = body.putArray("tools");
        for (ToolSpec tool : request.tools()) {
            ObjectNode each = tools.addObject()
                    .put("type", "function")
                    .put("name", tool.name())
                    .put("description", tool.description());
            each.set("parameters", strict ? StrictSchema.of(tool.parameters(), true) : tool.parameters());
            each.put("strict", strict);
        }
        switch (request.choice().mode()) {
            case AUTO -> body.put("tool_choice", "auto");
            case REQUIRED -> body.put("tool_choice", "required");
            case NONE -> body.put("tool_choice", "none");
            case NAMED ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .put("name", request.choice().name());
        }
        body.put("parallel_tool_calls", request.parallel());
    }

    private ArrayNode input() {
        ArrayNode input = Json.array();
        developer(input, request.system() + structured.words());
        for (Message row : History.repaired(request.history())) {
            switch (row.role()) {
                case SYSTEM -> developer(input, row.text());
                case USER, SUMMARY -> user(input, row);
                case ASSISTANT, APPROVAL -> assistant(input, row);
                case TOOL -> {
                    for (ToolReturn back : row.toolReturns()) {
                        String text = ReturnText.of(back, row.createdAt(), request.timezone(), config);
                        ObjectNode output = input.addObject()
                                .put("type", "function_call_output")
                                .put("call_id", back.toolCallId());
                        if (back.images().isEmpty()) {
                            output.put("output", text);
                        } else {
                            ArrayNode parts = output.putArray("output");
                            parts.addObject().put("type", "input_text").put("text", text);
                            back.images().forEach(image -> image(parts, image));
                        }
                    }
                }
            }
        }
        return input;
    }

    private static void developer(ArrayNode input, String text) {
        input.addObject().put("role", "developer").put("content", text);
    }

    private static void image(ArrayNode parts, Content.Image image) {
        parts.addObject()
                .put("type", "input_image")
                .put("image_url", "data:" + image.mediaType() + ";base64," + image.data())
                .put("detail", image.detail() == null ? "auto" : image.detail());
    }

    private static void user(ArrayNode input, Message row) {
        ArrayNode parts = input.addObject().put("role", "user").putArray("content");
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text ->
                    parts.addObject().put("type", "input_text").put("text", text.text());
                case Content.Image image -> image(parts, image);
                case Content.Reasoning reasoning -> {}
                case Content.RedactedReasoning redacted -> {}
                case Content.OmittedReasoning omitted -> {}
            }
        }
        if (parts.isEmpty()) {
            parts.addObject().put("type", "input_text").put("text", "");
        }
    }

    private void assistant(ArrayNode input, Message row) {
        boolean own = row.model() == null || row.model().equals(config.model());
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text -> {
                    if (!text.text().isEmpty()) {
                        input.addObject().put("role", "assistant").put("content", text.text());
                    }
                }
                case Content.Reasoning reasoning -> {
                    JsonNode item = thoughts && own ? item(reasoning.vendor()) : null;
                    if (item != null) {
                        input.add(item);
                    }
                }
                case Content.RedactedReasoning redacted -> {}
                case Content.OmittedReasoning omitted -> {}
                case Content.Image image -> {}
            }
        }
        for (ToolCall call : row.toolCalls()) {
            input.addObject()
                    .put("type", "function_call")
                    .put("call_id", call.id())
                    .put("name", call.name())
                    .put("arguments", call.arguments().isBlank() ? "{}" : call.arguments())
                    .put("status", "completed");
        }
    }

    /** What is stored of a thought, from an item of the provider: all that it wants back. Null: it gave nothing that can go back. */
    static @Nullable String vendor(JsonNode item) {
        if (!item.path("encrypted_content").isTextual()
                || item.path("id").asText().isEmpty()) {
            return null;
        }
        ObjectNode kept =
                Json.object().put("type", "reasoning").put("id", item.path("id").asText());
        kept.set("summary", item.path("summary").isArray() ? item.get("summary") : Json.array());
        kept.set("encrypted_content", item.get("encrypted_content"));
        return kept.toString();
    }

    /** The other way round; null: the thought is another provider's. */
    private static @Nullable JsonNode item(@Nullable String vendor) {
        if (vendor == null) {
            return null;
        }
        try {
            JsonNode item = Json.parse(vendor);
            return item.path("type").asText().equals("reasoning") && item.has("encrypted_content") ? item : null;
        } catch (JsonProcessingException e) {
            return null; // another provider's mark
        }
    }
}
