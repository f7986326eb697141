package dev.mneme.llm.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.AnswerForm;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.History;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ReturnText;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import java.util.HashMap;
import java.util.Map;

/** Builds a body of {@code /api/chat}. Pure. */
final class OllamaRequest {
    /** Under this name lies the limit of the context that Ollama is told to keep. */
    private static final String LIMIT = "num-ctx";

    private static final String KEEP_ALIVE = "keep-alive";

    private final ModelRequest request;
    private final LlmConfig config;
    private final Endpoint at;

    private OllamaRequest(ModelRequest request, Endpoint at) {
        this.request = request;
        this.config = request.config();
        this.at = at;
    }

    /** @param thinking whether the model may be told to think at all */
    static ObjectNode of(ModelRequest request, Endpoint at, boolean thinking) {
        return new OllamaRequest(request, at).body(thinking);
    }

    /** Tokens of context that Ollama keeps at most, as the operator set it; 0: as many as the agent has. */
    static int limit(Endpoint at) {
        try {
            return Integer.parseInt(at.extras().getOrDefault(LIMIT, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private ObjectNode body(boolean thinking) {
        ObjectNode body = Json.object().put("model", config.model());
        body.set("messages", messages());
        if (!request.tools().isEmpty()) {
            ArrayNode tools = body.putArray("tools");
            for (ToolSpec tool : request.tools()) {
                tools.addObject()
                        .put("type", "function")
                        .putObject("function")
                        .put("name", tool.name())
                        .put("description", tool.description())
                        .set("parameters", tool.parameters());
            }
        }
        ObjectNode options = body.putObject("options");
        int limit = limit(at);
        options.put("num_ctx", limit > 0 ? Math.min(limit, config.contextWindow()) : config.contextWindow());
        if (config.maxTokens() != null) {
            options.put("num_predict", config.maxTokens());
        }
        if (config.temperature() != null) {
            options.put("temperature", config.temperature());
        }
        if (config.frequencyPenalty() != null) {
            options.put("frequency_penalty", config.frequencyPenalty());
        }
        if (thinking) {
            think(body);
        }
        format(body);
        if (config.returnLogprobs()) {
            body.put("logprobs", true);
            if (config.topLogprobs() != null) {
                body.put("top_logprobs", config.topLogprobs());
            }
        }
        String keep = at.extras().get(KEEP_ALIVE);
        if (keep != null) {
            body.put("keep_alive", keep);
        }
        return body.put("stream", request.stream());
    }

    /** Only where the config wishes something: else the model does as it is used to. */
    private void think(ObjectNode body) {
        String effort = config.reasoningEffort();
        if (effort != null && config.model().contains("gpt-oss")) {
            body.put("think", effort);
        } else if (effort != null) {
            body.put("think", !effort.equals("none"));
        } else if (config.thinksItself()) {
            body.put("think", true);
        }
    }

    /** A form of the answer would keep the model from calling tools: with tools it is asked for in words. */
    private void format(ObjectNode body) {
        JsonNode wish = config.responseFormat();
        if (wish == null || !request.tools().isEmpty()) {
            return;
        }
        switch (wish.path("type").asText()) {
            case "json_object" -> body.put("format", "json");
            case "json_schema" -> body.set("format", AnswerForm.schema(wish));
            default -> {
                // plain text
            }
        }
    }

    private ArrayNode messages() {
        ArrayNode messages = Json.array();
        messages.addObject()
                .put("role", "system")
                .put("content", request.system() + (request.tools().isEmpty() ? "" : AnswerForm.inWords(config, true)));
        Map<String, String> names = new HashMap<>();
        for (Message row : History.repaired(request.history())) {
            switch (row.role()) {
                case SYSTEM -> messages.addObject().put("role", "system").put("content", row.text());
                case USER, SUMMARY -> user(messages.addObject(), row);
                case ASSISTANT, APPROVAL -> {
                    assistant(messages.addObject(), row);
                    row.toolCalls().forEach(call -> names.put(call.id(), call.name()));
                }
                case TOOL -> {
                    for (ToolReturn back : row.toolReturns()) {
                        messages.addObject()
                                .put("role", "tool")
                                .put("tool_name", names.getOrDefault(back.toolCallId(), ""))
                                .put("content", ReturnText.of(back, row.createdAt(), request.timezone(), config));
                    }
                    Message shown = History.shown(row);
                    if (shown != null) {
                        user(messages.addObject(), shown);
                    }
                }
            }
        }
        return messages;
    }

    private static void user(ObjectNode out, Message row) {
        out.put("role", "user").put("content", row.text());
        for (Content part : row.content()) {
            if (part instanceof Content.Image image) {
                out.withArray("images").add(image.data());
            }
        }
    }

    private static void assistant(ObjectNode out, Message row) {
        out.put("role", "assistant").put("content", row.text());
        for (ToolCall call : row.toolCalls()) {
            out.withArray("tool_calls")
                    .addObject()
                    .putObject("function")
                    .put("name", call.name())
                    .set("arguments", object(call.arguments()));
        }
    }

    /** The arguments as an object; what is none was answered by the tool already. */
    private static JsonNode object(String arguments) {
        try {
            JsonNode tree = Json.parse(arguments);
            return tree.isObject() ? tree : Json.object();
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }
}
