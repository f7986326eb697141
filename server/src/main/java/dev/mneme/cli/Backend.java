package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A kind of model that {@code quickstart} can choose by itself.
 *
 * <p>The environment says which are configured; the server's own list of models says which model to take.
 */
enum Backend {
    OPENAI("openai", "openai/gpt-4o-mini", "OPENAI_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    ANTHROPIC("anthropic", "anthropic/claude-haiku-4-5", "ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
    OLLAMA("ollama", "ollama/llama3.1", "OLLAMA_BASE_URL (such as http://localhost:11434)", "OLLAMA_BASE_URL"),
    DEMO("demo", "demo/mneme-demo", "nothing");

    /** Taken first where the server lists them: able with tools, and not the dearest. */
    private static final List<String> PREFERRED = List.of(
            "gpt-4o-mini", "gpt-4.1-mini", "gpt-4.1", "gpt-4o", "claude-haiku", "claude-sonnet", "llama3", "qwen");

    private static final List<String> NOT_FOR_CHAT = List.of("embed", "whisper", "tts", "dall-e", "moderation");

    private final String word;
    private final String usual;
    private final String advice;
    private final Set<String> variables;

    Backend(String word, String usual, String advice, String... variables) {
        this.word = word;
        this.usual = usual;
        this.advice = advice;
        this.variables = Set.of(variables);
    }

    /** The word of {@code --backend}. */
    String word() {
        return word;
    }

    /** What to set in the environment. */
    String advice() {
        return advice;
    }

    boolean configured(Map<String, String> environment) {
        return this == DEMO
                || variables.stream()
                        .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
    }

    /** The first that is configured; the demo model if none is. */
    static Backend first(Map<String, String> environment) {
        for (Backend backend : values()) {
            if (backend.configured(environment)) {
                return backend;
            }
        }
        return DEMO;
    }

    /** The handle to use, from the server's list of models; the usual one when the provider lists nothing. */
    String handle(JsonNode models) {
        List<String> listed = new ArrayList<>();
        for (JsonNode model : models) {
            String handle = model.path("handle").asText();
            boolean ours = handle.startsWith(word + "/") || handle.startsWith(word + "-proxy/");
            if (ours && NOT_FOR_CHAT.stream().noneMatch(handle::contains)) {
                listed.add(handle);
            }
        }
        for (String name : PREFERRED) {
            for (String handle : listed) {
                if (handle.contains("/" + name)) {
                    return handle;
                }
            }
        }
        return listed.isEmpty() ? usual : listed.getFirst();
    }
}
