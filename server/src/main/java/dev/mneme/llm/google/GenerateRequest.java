package dev.mneme.llm.google;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.AnswerForm;
import dev.mneme.llm.History;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolSpec;
import java.util.Set;
import java.util.regex.Pattern;

/** Builds a generateContent body (contract 09 §5; the words are those of Google's reference). Pure. */
final class GenerateRequest {
    /** Models that think: from 2.5 on, without those that draw or speak. */
    private static final Pattern THINKS = Pattern.compile("(?:.*/)?gemini-(?:2\\.5|[3-9]).*");

    private static final Pattern DRAWS_OR_SPEAKS = Pattern.compile(".*(?:image|tts|audio|live|embedding).*");

    /** Models that are told a level of thinking instead of a budget. */
    private static final Pattern LEVELS = Pattern.compile("(?:.*/)?gemini-[3-9].*");

    private static final Set<String> KNOWN_LEVELS = Set.of("minimal", "low", "medium", "high");

    /** Tokens: the bounds of a thinking budget (Google's documentation of thinking). */
    private static final int LEAST_PRO = 128;

    private static final int MOST_PRO = 32_768;
    private static final int LEAST_LITE = 512;
    private static final int MOST = 24_576;

    private final ModelRequest request;
    private final LlmConfig config;
    private final boolean ids;

    private GenerateRequest(ModelRequest request, boolean ids) {
        this.request = request;
        this.config = request.config();
        this.ids = ids;
    }

    /** @param ids whether the place takes the ids of calls: AI Studio does, Vertex not everywhere */
    static ObjectNode of(ModelRequest request, boolean ids) {
        return new GenerateRequest(request, ids).body();
    }

    private ObjectNode body() {
        ObjectNode body = Json.object();
        String prompt =
                request.system() + AnswerForm.inWords(config, !request.tools().isEmpty());
        if (!prompt.isBlank()) {
            body.putObject("systemInstruction").putArray("parts").addObject().put("text", prompt);
        }
        body.set("contents", new Contents(request, ids).of(History.repaired(request.history())));
        if (!request.tools().isEmpty()) {
            tools(body);
        }
        ObjectNode generation = body.putObject("generationConfig");
        if (config.temperature() != null) {
            generation.put("temperature", config.temperature());
        }
        if (config.maxTokens() != null) {
            generation.put("maxOutputTokens", config.maxTokens());
        }
        thinking(generation);
        if (config.responseFormat() != null
                && config.responseFormat().path("type").asText().startsWith("json")
                && request.tools().isEmpty()) {
            generation.put("responseMimeType", "application/json"); // together with tools the provider refuses it
        }
        return body;
    }

    private void thinking(ObjectNode generation) {
        String model = config.model();
        if (!THINKS.matcher(model).matches() || DRAWS_OR_SPEAKS.matcher(model).matches()) {
            return;
        }
        boolean wanted = config.thinksItself();
        ObjectNode thinking = generation.putObject("thinkingConfig").put("includeThoughts", wanted);
        if (LEVELS.matcher(model).matches() && config.maxReasoningTokens() == 0) {
            if (!wanted) {
                thinking.put("thinkingLevel", model.contains("flash") ? "minimal" : "low");
            } else if (config.reasoningEffort() != null && KNOWN_LEVELS.contains(config.reasoningEffort())) {
                thinking.put("thinkingLevel", config.reasoningEffort());
            }
        } else if (wanted && config.maxReasoningTokens() > 0) {
            thinking.put("thinkingBudget", budget(model, config.maxReasoningTokens()));
        } else if (!wanted) {
            thinking.put("thinkingBudget", model.contains("flash") ? 0 : LEAST_PRO); // Pro cannot be stopped thinking
        }
    }

    private static int budget(String model, int asked) {
        if (model.contains("lite")) {
            return Math.clamp(asked, LEAST_LITE, MOST);
        }
        return model.contains("flash") ? Math.min(asked, MOST) : Math.clamp(asked, LEAST_PRO, MOST_PRO);
    }

    private void tools(ObjectNode body) {
        ArrayNode declarations = body.putArray("tools").addObject().putArray("functionDeclarations");
        for (ToolSpec tool : request.tools()) {
            ObjectNode declared =
                    declarations.addObject().put("name", tool.name()).put("description", tool.description());
            ObjectNode parameters = CleanSchema.of(tool.parameters());
            if (parameters != null) {
                declared.set("parameters", parameters);
            }
        }
        ObjectNode calling = body.putObject("toolConfig").putObject("functionCallingConfig");
        ToolChoice choice = request.choice();
        switch (choice.mode()) {
            case AUTO -> calling.put("mode", "AUTO");
            case REQUIRED -> calling.put("mode", "ANY");
            case NONE -> calling.put("mode", "NONE");
            case NAMED ->
                calling.put("mode", "ANY").putArray("allowedFunctionNames").add(choice.name());
        }
    }
}
