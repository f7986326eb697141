package dev.mneme.llm.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.AnswerForm;
import dev.mneme.llm.History;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.llm.StrictSchema;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Builds a messages body with its beta headers (contract 02 §4, third column of the dialects; 09 §5). Pure. */
final class MessagesRequest {
    record Built(ObjectNode body, List<String> betas) {}

    /** Tokens; the provider refuses smaller budgets. */
    private static final int LEAST_BUDGET = 1_024;

    /** Tokens for the answer itself, where the limit leaves none beside the thinking. */
    private static final int LEAST_ANSWER = 1_024;

    /** Tokens; the provider demands a limit, so a config without one gets this. */
    private static final int DEFAULT_MAX_TOKENS = 8_192;

    /** Models that decide themselves how long to think: from 4.6 on; later ones take no budget at all. */
    private static final Pattern ADAPTIVE =
            Pattern.compile(".*claude-(?:.*4-[6-9]|(?:opus|sonnet|haiku|fable|mythos)-[5-9]).*");

    private static final Pattern FIRST_ADAPTIVE = Pattern.compile(".*claude-.*4-6.*");

    /**
     * Tokens; a longer answer may take more than the ten minutes after which connections without a sign of life are cut, at 128,000 tokens
     * an hour. Anthropic's own clients refuse to wait for one that is not streamed.
     */
    private static final int LONGEST_WHOLE = 21_333;

    private final ModelRequest request;
    private final LlmConfig config;
    private final List<String> betas = new ArrayList<>();

    private MessagesRequest(ModelRequest request) {
        this.request = request;
        this.config = request.config();
    }

    static Built of(ModelRequest request) {
        MessagesRequest built = new MessagesRequest(request);
        ObjectNode body = built.body();
        return new Built(body, built.betas);
    }

    private ObjectNode body() {
        List<Message> rows = History.repaired(request.history());
        boolean thinks = config.thinksItself() && mayThink(rows);
        ObjectNode body = Json.object().put("model", config.model());
        limits(body, thinks);
        String prompt = request.system()
                + AnswerForm.inWords(request.config(), !request.tools().isEmpty());
        ObjectNode system =
                body.putArray("system").addObject().put("type", "text").put("text", prompt);
        if (prompt.isBlank()) {
            body.remove("system"); // the provider refuses empty texts
        } else {
            mark(system);
        }
        body.set("messages", new Turns(request, thinks).of(rows));
        if (!request.tools().isEmpty()) {
            tools(body, thinks);
        }
        body.put("stream", request.stream() || body.path("max_tokens").asInt() > LONGEST_WHOLE);
        return body;
    }

    /**
     * Whether the provider would let this history be continued with thinking: an open round of tool calls must have begun with a
     * thought, which one made by another model has not.
     */
    private static boolean mayThink(List<Message> rows) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            switch (rows.get(i).role()) {
                case TOOL -> {}
                case ASSISTANT, APPROVAL -> {
                    return rows.get(i).toolCalls().isEmpty() || Turns.hasThoughts(rows.get(i));
                }
                case USER, SYSTEM, SUMMARY -> {
                    return true;
                }
            }
        }
        return true;
    }

    private void limits(ObjectNode body, boolean thinks) {
        int limit = config.maxTokens() == null ? DEFAULT_MAX_TOKENS : config.maxTokens();
        // The first of them still took a budget from those who set one.
        boolean adaptive = ADAPTIVE.matcher(config.model()).matches()
                && (config.maxReasoningTokens() == 0
                        || !FIRST_ADAPTIVE.matcher(config.model()).matches());
        if (thinks && adaptive) {
            body.putObject("thinking").put("type", "adaptive");
            betas.add("interleaved-thinking-2025-05-14");
        } else if (thinks) {
            int budget = Math.max(LEAST_BUDGET, config.maxReasoningTokens());
            limit = Math.max(limit, budget + LEAST_ANSWER);
            body.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
            betas.add("interleaved-thinking-2025-05-14");
        }
        body.put("max_tokens", limit);
        if (thinks) {
            body.put("temperature", 1.0);
        } else if (config.temperature() != null) {
            body.put("temperature", Math.clamp(config.temperature(), 0.0, 1.0));
        }
        if (config.effort() != null && (adaptive || config.model().contains("opus-4-5"))) {
            body.putObject("output_config").put("effort", config.effort());
            betas.add("effort-2025-11-24");
        }
    }

    private void tools(ObjectNode body, boolean thinks) {
        boolean strict = Boolean.TRUE.equals(config.strict());
        ArrayNode tools = body.putArray("tools");
        ObjectNode last = null;
        for (ToolSpec tool : request.tools()) {
            last = tools.addObject().put("name", tool.name()).put("description", tool.description());
            last.set("input_schema", strict ? StrictSchema.of(tool.parameters(), false) : tool.parameters());
            if (strict) {
                last.put("strict", true);
            }
        }
        if (last != null) {
            mark(last);
        }
        if (strict) {
            betas.add("structured-outputs-2025-11-13");
        }
        if (request.stream()) { // only where somebody sees the pieces
            betas.add("fine-grained-tool-streaming-2025-05-14");
        }
        ObjectNode choice = body.putObject("tool_choice");
        ToolChoice.Mode mode = request.choice().mode();
        // With thinking on, the provider takes no forced choice.
        switch (thinks && mode != ToolChoice.Mode.NONE ? ToolChoice.Mode.AUTO : mode) {
            case AUTO -> choice.put("type", "auto");
            case REQUIRED -> choice.put("type", "any");
            case NAMED ->
                choice.put("type", "tool").put("name", request.choice().name());
            case NONE -> choice.put("type", "none");
        }
        if (mode != ToolChoice.Mode.NONE) {
            choice.put("disable_parallel_tool_use", !request.parallel());
        }
    }

    /** Marks the end of a part that the provider may keep for the next call. */
    static void mark(ObjectNode block) {
        block.putObject("cache_control").put("type", "ephemeral");
    }
}
