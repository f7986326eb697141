package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.History;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.llm.ReturnText;
import dev.mneme.llm.StrictSchema;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import java.util.Set;
import java.util.regex.Pattern;

/** Builds a chat-completions body (contract 02 §4, first column of the dialects; 09 §5 for the providers' ways). Pure. */
final class ChatRequest {
    private static final Pattern REASONING = Pattern.compile("(?:.*/)?(?:o1|o3|o4|gpt-5(?!.*-chat)).*");
    private static final Pattern VALID_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    /** Providers whose servers know no forced choice: the model is left free. */
    private static final Set<String> ONLY_AUTO = Set.of("vllm", "together", "lmstudio_openai", "sglang");

    /** Providers that can be told to call something, but not what. */
    private static final Set<String> NO_NAMED = Set.of("groq", "openrouter", "ollama");

    private final ModelRequest request;
    private final LlmConfig config;
    private final String provider;
    private final boolean openAi;
    private final boolean reasoning;

    private ChatRequest(ModelRequest request, String provider) {
        this.request = request;
        this.config = request.config();
        this.provider = provider;
        this.openAi = provider.equals("openai");
        this.reasoning = openAi && REASONING.matcher(config.model()).matches();
    }

    static ObjectNode of(ModelRequest request, String provider) {
        return new ChatRequest(request, provider).body();
    }

    private ObjectNode body() {
        ObjectNode body = Json.object();
        body.put("model", config.model());
        body.set("messages", messages());
        sampling(body);
        thinking(body);
        if (!request.tools().isEmpty()) {
            tools(body);
        }
        if (openAi) {
            body.put("user", request.userId());
        }
        body.put("stream", request.stream());
        if (request.stream()) {
            body.putObject("stream_options").put("include_usage", true);
        }
        return body;
    }

    private void sampling(ObjectNode body) {
        if (reasoning) {
            body.put("temperature", 1.0);
        } else if (config.temperature() != null && !config.model().equals("deepseek-reasoner")) {
            body.put("temperature", config.temperature());
        }
        if (config.frequencyPenalty() != null && !reasoning) {
            body.put("frequency_penalty", config.frequencyPenalty());
        }
        if (config.maxTokens() != null) {
            body.put(openAi ? "max_completion_tokens" : "max_tokens", config.maxTokens());
        }
    }

    private void thinking(ObjectNode body) {
        if (reasoning) {
            if (config.reasoningEffort() != null) {
                body.put("reasoning_effort", config.reasoningEffort());
            }
            if (config.verbosity() != null && config.model().contains("gpt-5")) {
                body.put("verbosity", config.verbosity());
            }
        } else if (provider.equals("openrouter") && config.enableReasoner()) {
            ObjectNode wanted = body.putObject("reasoning");
            if (config.reasoningEffort() != null) {
                wanted.put("effort", config.reasoningEffort());
            } else if (config.maxReasoningTokens() > 0) {
                wanted.put("max_tokens", config.maxReasoningTokens());
            } else {
                wanted.put("enabled", true);
            }
        }
    }

    private void tools(ObjectNode body) {
        boolean strict = Boolean.TRUE.equals(config.strict()) && !provider.equals("deepseek");
        ArrayNode tools = body.putArray("tools");
        for (ToolSpec tool : request.tools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name()).put("description", tool.description());
            function.set("parameters", strict ? StrictSchema.of(tool.parameters(), true) : tool.parameters());
            if (strict) {
                function.put("strict", true);
            }
        }
        ToolChoice.Mode mode = request.choice().mode();
        if (ONLY_AUTO.contains(provider) && mode != ToolChoice.Mode.NONE) {
            mode = ToolChoice.Mode.AUTO;
        } else if (NO_NAMED.contains(provider) && mode == ToolChoice.Mode.NAMED) {
            mode = ToolChoice.Mode.REQUIRED;
        }
        switch (mode) {
            case AUTO -> body.put("tool_choice", "auto");
            case REQUIRED -> body.put("tool_choice", "required");
            case NONE -> body.put("tool_choice", "none");
            case NAMED ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", request.choice().name());
        }
        // Only where it is known: other servers refuse what they do not know.
        if (openAi || request.parallel()) {
            body.put("parallel_tool_calls", request.parallel());
        }
    }

    private ArrayNode messages() {
        ArrayNode messages = Json.array();
        messages.addObject().put("role", reasoning ? "developer" : "system").put("content", request.system());
        for (Message row : History.repaired(request.history())) {
            switch (row.role()) {
                case SYSTEM ->
                    messages.addObject()
                            .put("role", reasoning ? "developer" : "system")
                            .put("content", row.text());
                case USER, SUMMARY -> user(messages.addObject(), row);
                case ASSISTANT, APPROVAL -> assistant(messages.addObject(), row);
                case TOOL -> {
                    for (ToolReturn back : row.toolReturns()) {
                        messages.addObject()
                                .put("role", "tool")
                                .put("tool_call_id", back.toolCallId())
                                .put("content", ReturnText.of(back, row.createdAt(), request.timezone(), config));
                    }
                }
            }
        }
        return messages;
    }

    private static void user(ObjectNode out, Message row) {
        out.put("role", "user");
        boolean plain = row.content().stream().noneMatch(Content.Image.class::isInstance);
        if (plain) {
            out.put("content", row.text());
        } else {
            ArrayNode parts = out.putArray("content");
            for (Content part : row.content()) {
                switch (part) {
                    case Content.Text text ->
                        parts.addObject().put("type", "text").put("text", text.text());
                    case Content.Image image -> {
                        ObjectNode url =
                                parts.addObject().put("type", "image_url").putObject("image_url");
                        url.put("url", "data:" + image.mediaType() + ";base64," + image.data());
                        if (image.detail() != null) {
                            url.put("detail", image.detail());
                        }
                    }
                    case Content.Reasoning reasoning -> {}
                    case Content.RedactedReasoning redacted -> {}
                    case Content.OmittedReasoning omitted -> {}
                }
            }
        }
        if (row.name() != null && VALID_NAME.matcher(row.name()).matches()) {
            out.put("name", row.name());
        }
    }

    private void assistant(ObjectNode out, Message row) {
        String text = row.text();
        out.put("role", "assistant").put("content", text.isEmpty() ? null : text);
        if (row.toolCalls().isEmpty()) {
            return;
        }
        if (provider.equals("deepseek")) {
            out.put("reasoning_content", "");
        }
        ArrayNode calls = out.putArray("tool_calls");
        for (ToolCall call : row.toolCalls()) {
            ObjectNode each = calls.addObject().put("id", call.id()).put("type", "function");
            each.putObject("function")
                    .put("name", call.name())
                    .put("arguments", call.arguments().isBlank() ? "{}" : call.arguments());
        }
    }
}
