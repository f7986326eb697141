package dev.mneme.memory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The system text that an agent gets when its maker gives none, by type of agent: resources {@code prompts/<type>.txt}. Immutable. */
public final class SystemPrompts {
    private static final List<String> TYPES = List.of(
            "letta_v1_agent",
            "memgpt_agent",
            "memgpt_v2_agent",
            "react_agent",
            "workflow_agent",
            "sleeptime_agent",
            "voice_convo_agent",
            "voice_sleeptime_agent");

    private final Map<String, String> texts = new HashMap<>();

    public SystemPrompts() {
        for (String type : TYPES) {
            texts.put(type, text("/prompts/" + type + ".txt"));
        }
    }

    /** The text of a type; null: this type has none and its maker must write one (split_thread_agent). */
    public @Nullable String of(String agentType) {
        return texts.get(agentType);
    }

    private static String text(String resource) {
        try (InputStream in = SystemPrompts.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
