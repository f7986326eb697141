package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.LlmConfig;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How an agent's context is made smaller, complete (contract 04 §6). Immutable.
 *
 * @param model handle of the summariser; one that cannot be called makes room for the agent's own model
 * @param modelSettings overrides for it, null: none
 * @param prompt what the summariser is told in this mode
 * @param acknowledgement whether an assistant's promise stands before the transcript
 * @param clipChars characters of a summary, null: no limit
 * @param share of the context that a sliding window evicts at least, above 0 and below 1
 */
public record CompactionSettings(
        String model,
        @Nullable JsonNode modelSettings,
        String prompt,
        boolean acknowledgement,
        @Nullable Integer clipChars,
        Mode mode,
        double share) {
    /** Shares that leave something to evict and something to keep. */
    private static final double LEAST_SHARE = 0.05;

    private static final double MOST_SHARE = 0.95;

    /** What is summarised, and by whom. */
    public enum Mode {
        SLIDING_WINDOW,
        ALL,
        /** By the agent itself, with its own prompt, history and tools, so that the provider's cache is used. */
        SELF_COMPACT_SLIDING_WINDOW,
        SELF_COMPACT_ALL;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the newer part stays. */
        public boolean sliding() {
            return this == SLIDING_WINDOW || this == SELF_COMPACT_SLIDING_WINDOW;
        }

        /** Whether the agent's own model is asked with the agent's own prompt. */
        public boolean self() {
            return this == SELF_COMPACT_ALL || this == SELF_COMPACT_SLIDING_WINDOW;
        }

        static Mode of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** The settings of an agent. */
    public static CompactionSettings of(AgentState agent) {
        return of(agent, null);
    }

    /**
     * The settings of an agent with some of them changed for one time; another mode brings its stock prompt unless one is sent.
     *
     * @param sent as in the agent's JSON, null: nothing
     */
    public static CompactionSettings of(AgentState agent, @Nullable JsonNode sent) {
        LlmConfig model = agent.llmConfig();
        ObjectNode all = Compaction.changed(agent.compactionSettings(), Json.object(), model);
        if (sent != null && sent.isObject()) {
            all = Compaction.changed(all, sent, model);
            if (sent.path("prompt").isTextual()) {
                all.set("prompt", sent.get("prompt"));
            }
        }
        JsonNode clip = all.path("clip_chars");
        JsonNode settings = all.path("model_settings");
        return new CompactionSettings(
                all.path("model").asText(),
                settings.isObject() ? settings : null,
                all.path("prompt").asText(),
                all.path("prompt_acknowledgement").asBoolean(),
                clip.isNumber() ? Integer.valueOf(Math.max(0, clip.intValue())) : null,
                Mode.of(all.path("mode").asText()),
                Math.clamp(all.path("sliding_window_percentage").asDouble(), LEAST_SHARE, MOST_SHARE));
    }

    /** What the summariser is told in a mode: the settings' own prompt in their own mode, else the stock one. */
    public String prompt(Mode wanted) {
        return wanted == mode ? prompt : Compaction.prompt(wanted.word());
    }

    /** The summariser's config with the overrides. */
    public LlmConfig tuned(LlmConfig config) {
        if (modelSettings == null) {
            return config;
        }
        ObjectNode tree = Json.MAPPER.valueToTree(config);
        ModelSettings.apply(modelSettings, tree);
        return Json.MAPPER.convertValue(tree, LlmConfig.class);
    }
}
