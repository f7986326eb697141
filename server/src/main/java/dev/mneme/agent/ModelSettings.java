package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.LlmConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The {@code model_settings} of the wire: a view of the model's config, and a way to change it (contract 01 §3, §4.1, 09 §4). Pure.
 *
 * <p>Sent settings bring their provider's defaults along: what they do not name is set to the default, but for the output limit.
 */
final class ModelSettings {
    /** Tokens of an answer that the view shows when the config has no limit. */
    private static final int SHOWN_MAX_TOKENS = 4_096;
    /** Tokens of thinking when nobody says. */
    private static final int THINKING_BUDGET = 1_024;

    private static final double USUAL_TEMPERATURE = 0.7;

    /** What a kind of provider can be told besides the usual. */
    private enum Dialect {
        EFFORT_HIGH_STRICT,
        EFFORT_MEDIUM,
        THINKING,
        THINKING_CONFIG,
        THINKING_SWITCH,
        PLAIN
    }

    private static final Map<String, Dialect> DIALECTS = Map.ofEntries(
            Map.entry("openai", Dialect.EFFORT_HIGH_STRICT),
            Map.entry("sglang", Dialect.EFFORT_HIGH_STRICT),
            Map.entry("chatgpt_oauth", Dialect.EFFORT_MEDIUM),
            Map.entry("anthropic", Dialect.THINKING),
            Map.entry("google_ai", Dialect.THINKING_CONFIG),
            Map.entry("google_vertex", Dialect.THINKING_CONFIG),
            Map.entry("zai", Dialect.THINKING_SWITCH),
            Map.entry("azure", Dialect.PLAIN),
            Map.entry("xai", Dialect.PLAIN),
            Map.entry("groq", Dialect.PLAIN),
            Map.entry("deepseek", Dialect.PLAIN),
            Map.entry("together", Dialect.PLAIN),
            Map.entry("bedrock", Dialect.PLAIN),
            Map.entry("baseten", Dialect.PLAIN),
            Map.entry("openrouter", Dialect.PLAIN));

    private ModelSettings() {}

    /** The view. An endpoint type without settings of its own shows OpenAI's, whose dialect it speaks. */
    static JsonNode of(LlmConfig config) {
        boolean known = DIALECTS.containsKey(config.modelEndpointType());
        String type = known ? config.modelEndpointType() : "openai";
        ObjectNode out = Json.object()
                .put("provider_type", type)
                .put("max_output_tokens", config.maxTokens() == null ? SHOWN_MAX_TOKENS : config.maxTokens())
                .put("parallel_tool_calls", true)
                .put("temperature", config.temperature());
        switch (dialect(type)) {
            case EFFORT_HIGH_STRICT, EFFORT_MEDIUM -> {
                out.putObject("reasoning")
                        .put(
                                "reasoning_effort",
                                config.reasoningEffort() == null ? "minimal" : config.reasoningEffort());
                out.put("strict", Boolean.TRUE.equals(config.strict()));
            }
            case THINKING -> {
                out.putObject("thinking")
                        .put("type", config.enableReasoner() ? "enabled" : "disabled")
                        .put("budget_tokens", budget(config));
                out.put("verbosity", config.verbosity())
                        .put("effort", config.effort())
                        .put("strict", Boolean.TRUE.equals(config.strict()));
            }
            case THINKING_CONFIG ->
                out.putObject("thinking_config")
                        .put("include_thoughts", config.enableReasoner())
                        .put("thinking_budget", budget(config));
            case THINKING_SWITCH ->
                out.putObject("thinking")
                        .put("type", config.enableReasoner() ? "enabled" : "disabled")
                        .put("clear_thinking", false);
            case PLAIN -> {}
        }
        out.set(
                dialect(type) == Dialect.THINKING_CONFIG ? "response_schema" : "response_format",
                config.responseFormat());
        return out;
    }

    private static int budget(LlmConfig config) {
        return config.maxReasoningTokens() == 0 ? THINKING_BUDGET : config.maxReasoningTokens();
    }

    private static Dialect dialect(String type) {
        Dialect dialect = DIALECTS.get(type);
        if (dialect == null) {
            throw Problem.unprocessable("Unknown provider_type '" + type + "' in model_settings: use one of "
                    + String.join(", ", DIALECTS.keySet().stream().sorted().toList()) + ".");
        }
        return dialect;
    }

    /** Writes sent settings into a config that is being made, a tree in llm_config's names. */
    static void apply(JsonNode settings, ObjectNode config) {
        Dialect dialect = dialect(settings.path("provider_type").asText(""));
        typed(settings);
        JsonNode limit = settings.get("max_output_tokens");
        if (limit != null && limit.isInt()) {
            config.put("max_tokens", limit.intValue());
        }
        config.put("parallel_tool_calls", settings.path("parallel_tool_calls").asBoolean(true));
        double temperature = dialect == Dialect.THINKING ? 1 : USUAL_TEMPERATURE;
        config.put("temperature", settings.path("temperature").asDouble(temperature));
        switch (dialect) {
            case EFFORT_HIGH_STRICT -> {
                config.put("reasoning_effort", effort(settings, "high"));
                config.put("strict", settings.path("strict").asBoolean(true));
                format(settings.get("response_format"), config);
            }
            case EFFORT_MEDIUM -> config.put("reasoning_effort", effort(settings, "medium"));
            case THINKING -> thinking(settings, config);
            case THINKING_CONFIG -> {
                JsonNode thinking = settings.path("thinking_config");
                config.put("enable_reasoner", thinking.path("include_thoughts").asBoolean(true));
                config.put(
                        "max_reasoning_tokens", thinking.path("thinking_budget").asInt(THINKING_BUDGET));
                format(settings.get("response_schema"), config);
            }
            case THINKING_SWITCH -> {
                config.put("enable_reasoner", isEnabled(settings));
                format(settings.get("response_format"), config);
            }
            case PLAIN -> format(settings.get("response_format"), config);
        }
    }

    /** 422 for a value of the wrong kind, which would else silently count as not sent. */
    private static void typed(JsonNode settings) {
        typed(settings, "max_output_tokens", value -> value.isInt() && value.intValue() > 0, "a whole number above 0");
        typed(settings, "temperature", JsonNode::isNumber, "a number");
        typed(settings, "parallel_tool_calls", JsonNode::isBoolean, "true or false");
        typed(settings, "strict", JsonNode::isBoolean, "true or false");
        typed(settings, "verbosity", JsonNode::isTextual, "a text");
        typed(settings, "effort", JsonNode::isTextual, "a text");
        for (String group : List.of("reasoning", "thinking", "thinking_config")) {
            typed(settings, group, JsonNode::isObject, "an object");
        }
        typed(settings.path("reasoning"), "reasoning_effort", JsonNode::isTextual, "a text");
        typed(settings.path("thinking"), "type", JsonNode::isTextual, "a text");
        typed(settings.path("thinking"), "budget_tokens", JsonNode::isInt, "a whole number");
        typed(settings.path("thinking_config"), "include_thoughts", JsonNode::isBoolean, "true or false");
        typed(settings.path("thinking_config"), "thinking_budget", JsonNode::isInt, "a whole number");
        Fields.responseFormat(settings.get("response_format"));
        Fields.responseFormat(settings.get("response_schema"));
    }

    private static void typed(JsonNode settings, String key, Predicate<JsonNode> fits, String what) {
        JsonNode value = settings.get(key);
        if (value != null && !value.isNull() && !fits.test(value)) {
            throw Problem.unprocessable(key + " in model_settings must be " + what + ".");
        }
    }

    private static void thinking(JsonNode settings, ObjectNode config) {
        config.put("enable_reasoner", isEnabled(settings));
        config.put(
                "max_reasoning_tokens",
                settings.path("thinking").path("budget_tokens").asInt(THINKING_BUDGET));
        config.put("strict", settings.path("strict").asBoolean(false));
        for (String key : new String[] {"verbosity", "effort"}) {
            JsonNode value = settings.get(key);
            if (value != null && value.isTextual()) {
                config.set(key, value);
            }
        }
        format(settings.get("response_format"), config);
    }

    private static boolean isEnabled(JsonNode settings) {
        return settings.path("thinking").path("type").asText("enabled").equals("enabled");
    }

    private static String effort(JsonNode settings, String otherwise) {
        return settings.path("reasoning").path("reasoning_effort").asText(otherwise);
    }

    private static void format(@Nullable JsonNode format, ObjectNode config) {
        if (format != null && !format.isNull()) {
            config.set("response_format", format);
        }
    }
}
