package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.llm.StrictSchema;
import dev.mneme.llm.openai.Quirks.Trait;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolSpec;
import java.util.regex.Pattern;

/** Builds a chat-completions body (contract 02 §4, first column of the dialects; 09 §5 for the providers' ways). Pure. */
final class ChatRequest {
    /** OpenAI's models that think before they answer. */
    private static final Pattern REASONING = Pattern.compile("(?:.*/)?(?:o1|o3|o4|gpt-5(?!.*-chat)).*");

    /** Models whose prompts OpenAI keeps for a day when asked to. */
    private static final Pattern KEPT = Pattern.compile("(?:gpt-4\\.1|gpt-5)(?!.*-(?:mini|nano)).*");

    /** xAI's models that refuse penalties. */
    private static final Pattern NO_PENALTIES = Pattern.compile("(?:.*/)?grok-(?:3-mini|4).*");

    /** OpenAI's models that refuse even the word of parallel calls in chat completions. */
    private static final Pattern SINGLE = Pattern.compile("o[134](?:-.*)?");

    /** The ending of the synthetic twins that are served first (contract 09 §4). */
    private static final String FAST = "-fast";

    private final ModelRequest request;
    private final LlmConfig config;
    private final Endpoint at;
    private final Quirks quirks;
    private final boolean reasoning;
    private final Structured structured;

    private ChatRequest(ModelRequest request, Endpoint at) {
        this.request = request;
        this.config = request.config();
        this.at = at;
        this.quirks = Quirks.of(at.provider());
        this.reasoning = quirks.has(Trait.OPENAI) && reasons(config.model());
        this.structured = Structured.of(config, quirks, !request.tools().isEmpty());
    }

    static ObjectNode of(ModelRequest request, Endpoint at) {
        return new ChatRequest(request, at).body();
    }

    /** Whether OpenAI knows the model as one that thinks before it answers. */
    static boolean reasons(String model) {
        return REASONING.matcher(model).matches();
    }

    /** The model's name as it is sent, and the service tier that goes with it. */
    static void model(ObjectNode body, LlmConfig config, Quirks quirks) {
        boolean fast = quirks.has(Trait.OPENAI) && config.model().endsWith(FAST);
        body.put("model", fast ? config.model().substring(0, config.model().length() - FAST.length()) : config.model());
        if (fast || (config.tier() != null && quirks.has(Trait.OPENAI))) {
            body.put("service_tier", fast ? "priority" : config.tier());
        }
    }

    /** How long OpenAI itself shall keep the prompt. */
    static void retention(ObjectNode body, LlmConfig config, Endpoint at) {
        if (at.baseUrl().equals(OpenAi.OFFICIAL) && KEPT.matcher(config.model()).matches()) {
            body.put("prompt_cache_retention", "24h");
        }
    }

    private ObjectNode body() {
        ObjectNode body = Json.object();
        model(body, config, quirks);
        body.set("messages", new ChatMessages(request, quirks, reasoning).of(structured.words()));
        sampling(body);
        thinking(body);
        if (!request.tools().isEmpty()) {
            tools(body);
        }
        if (structured.field() != null) {
            body.set("response_format", structured.field());
        }
        if (config.returnLogprobs() && !reasoning && quirks.has(Trait.LOGPROBS)) {
            body.put("logprobs", true);
            if (config.topLogprobs() != null) {
                body.put("top_logprobs", config.topLogprobs());
            }
        }
        if (quirks.has(Trait.USER)) {
            body.put("user", request.userId());
        }
        retention(body, config, at);
        body.put("stream", request.stream());
        if (request.stream() && quirks.has(Trait.STREAM_USAGE)) {
            body.putObject("stream_options").put("include_usage", true);
        }
        return body;
    }

    private void sampling(ObjectNode body) {
        boolean fixed = config.model().contains("deepseek-reasoner");
        if (reasoning) {
            body.put("temperature", 1.0);
        } else if (config.temperature() != null && !fixed) {
            body.put("temperature", config.temperature());
        }
        if (config.frequencyPenalty() != null
                && !reasoning
                && !fixed
                && !NO_PENALTIES.matcher(config.model()).matches()) {
            body.put("frequency_penalty", config.frequencyPenalty());
        }
        if (config.maxTokens() != null) {
            body.put(quirks.limit(), config.maxTokens());
        }
    }

    private void thinking(ObjectNode body) {
        String effort = config.reasoningEffort();
        if (reasoning) {
            if (effort != null) {
                body.put("reasoning_effort", effort);
            }
            if (config.verbosity() != null && config.model().contains("gpt-5")) {
                body.put("verbosity", config.verbosity());
            }
            return;
        }
        switch (quirks.thinking()) {
            case EFFORT -> {
                // elsewhere only where the config asks for it: servers refuse it for models that do not think
                if (effort != null && !quirks.has(Trait.OPENAI)) {
                    body.put("reasoning_effort", effort);
                }
            }
            case OBJECT -> {
                if (config.thinksItself()) {
                    ObjectNode wanted = body.putObject("reasoning");
                    if (effort != null) {
                        wanted.put("effort", effort);
                    } else if (config.maxReasoningTokens() > 0) {
                        wanted.put("max_tokens", config.maxReasoningTokens());
                    } else {
                        wanted.put("enabled", true);
                    }
                }
            }
            case SWITCH -> body.putObject("thinking").put("type", config.thinksItself() ? "enabled" : "disabled");
            case NONE -> {
                // the provider has no word for it
            }
        }
    }

    private void tools(ObjectNode body) {
        boolean strict = Boolean.TRUE.equals(config.strict()) && quirks.has(Trait.STRICT);
        ArrayNode tools = body.putArray("tools");
        for (ToolSpec tool : request.tools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name()).put("description", tool.description());
            function.set("parameters", strict ? StrictSchema.of(tool.parameters(), true) : tool.parameters());
            if (strict) {
                function.put("strict", true);
            }
        }
        ToolChoice.Mode mode = mode();
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
        boolean refused =
                quirks.has(Trait.OPENAI) && SINGLE.matcher(config.model()).matches();
        if (!refused && (quirks.has(Trait.PARALLEL) || request.parallel())) {
            body.put("parallel_tool_calls", request.parallel());
        }
    }

    /** The choice as far as the provider lets it be forced. */
    private ToolChoice.Mode mode() {
        ToolChoice.Mode mode = request.choice().mode();
        boolean forced = mode == ToolChoice.Mode.REQUIRED || mode == ToolChoice.Mode.NAMED;
        boolean mlx = "mlx".equals(config.compatibilityType());
        if (forced && (mlx || quirks.forced() == Quirks.Forced.AUTO)) {
            return ToolChoice.Mode.AUTO;
        }
        return mode == ToolChoice.Mode.NAMED && quirks.forced() == Quirks.Forced.REQUIRED
                ? ToolChoice.Mode.REQUIRED
                : mode;
    }
}
