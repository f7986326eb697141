package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.LlmConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code compaction_settings} of an agent with every field filled in (contract 01 §4.6, 04 §6). Pure. */
final class Compaction {
    static final String SLIDING = "sliding_window";
    static final String ALL = "all";
    static final String SELF_SLIDING = "self_compact_sliding_window";
    static final String SELF_ALL = "self_compact_all";
    /** Characters of a summary (contract 04 §6). */
    private static final int CLIP_CHARS = 50_000;
    /** Share of the context that is evicted at least (contract 04 §6). */
    private static final double SLIDING_SHARE = 0.3;

    /** Cheap models that summarise well, by provider (contract 04 §6). */
    private static final Map<String, String> SUMMARISERS = Map.of(
            "anthropic", "anthropic/claude-haiku-4-5",
            "openai", "openai/gpt-5-mini",
            "google_ai", "google_ai/gemini-2.5-flash",
            "letta", "letta/auto");

    private static final String SECTIONS = """
            Write these parts, leaving out those with nothing to say:
            1. Goals: what the user wants, in the large and right now.
            2. What happened: the course of events in order, with decisions and their reasons.
            3. Details to keep: names, dates, numbers, places, file paths, wishes and promises, word for word.
            4. Errors: what went wrong and how it was mended, so that it is not tried again.
            5. Where to look: words worth searching for in the message history when a detail is missing here.
            Do not invent anything, do not address the user, and write nothing but the summary.""";

    private static final Map<String, String> PROMPTS = Map.of(
            SLIDING, """
            You keep the memory of a long conversation between an agent and a user. The older part of it, which you are given as a \
            transcript, is about to leave the agent's view; the newer part stays. Summarise the older part in under 300 words, so \
            that the agent can go on as if it still saw it. If the transcript begins with an earlier summary, work it in.
            """ + SECTIONS, ALL, """
            You keep the memory of a long conversation between an agent and a user. All of it, which you are given as a transcript, \
            is about to leave the agent's view, and your summary takes its place. Summarise it in under 500 words, so that the agent \
            can go on with the very next step. If the transcript begins with an earlier summary, work it in.
            """ + SECTIONS, SELF_SLIDING, """
            The messages above are the older part of your conversation with the user and are about to leave your view. Stop what you \
            are doing and, without calling a tool, summarise them in under 300 words for yourself, so that you can go on as if you \
            still saw them. If they begin with an earlier summary, work it in.
            """ + SECTIONS, SELF_ALL, """
            The whole conversation above is about to leave your view; only your summary will stay. Stop what you are doing and, \
            without calling a tool, summarise it in under 500 words for yourself, so that you can go on with the very next step. If \
            it begins with an earlier summary, work it in.
            """ + SECTIONS);

    private Compaction() {}

    /** The settings of a new agent. */
    static ObjectNode ofNew(@Nullable JsonNode sent, LlmConfig model) {
        return merged(Json.object(), sent, model);
    }

    /** The settings after some were sent: what is not sent stays; another mode brings its own prompt. */
    static ObjectNode changed(@Nullable JsonNode old, JsonNode sent, LlmConfig model) {
        ObjectNode start = old instanceof ObjectNode object ? object.deepCopy() : Json.object();
        JsonNode mode = sent.get("mode");
        boolean other = mode != null && mode.isTextual() && !mode.equals(start.get("mode"));
        ObjectNode out = merged(start, sent, model);
        if (other) {
            out.put("prompt", prompt(out.path("mode").asText()));
        }
        return out;
    }

    /** The settings when the agent moved from one model to another: a summariser that was the old provider's usual one follows. */
    static @Nullable JsonNode moved(@Nullable JsonNode old, LlmConfig from, LlmConfig to) {
        if (!(old instanceof ObjectNode settings)
                || !settings.path("model").asText("").equals(summariser(from))) {
            return old;
        }
        return settings.deepCopy().put("model", summariser(to));
    }

    private static ObjectNode merged(ObjectNode start, @Nullable JsonNode sent, LlmConfig model) {
        ObjectNode out = Json.object();
        JsonNode given = sent == null ? Json.object() : sent;
        String mode = text(given, start, "mode", SLIDING);
        if (!PROMPTS.containsKey(mode)) {
            throw Problem.unprocessable("Unknown mode '" + mode + "' in compaction_settings: use one of "
                    + String.join(", ", List.of(ALL, SLIDING, SELF_ALL, SELF_SLIDING)) + ".");
        }
        out.put("model", text(given, start, "model", summariser(model)));
        out.set("model_settings", pick(given, start, "model_settings", Json.MAPPER.nullNode()));
        out.put("prompt", text(given, start, "prompt", prompt(mode)));
        out.set("prompt_acknowledgement", pick(given, start, "prompt_acknowledgement", Json.tree(false)));
        // An explicit null means: no limit.
        out.set("clip_chars", given.has("clip_chars") ? given.get("clip_chars") : start.path("clip_chars"));
        if (out.path("clip_chars").isMissingNode()) {
            out.put("clip_chars", CLIP_CHARS);
        }
        out.put("mode", mode);
        out.set("sliding_window_percentage", pick(given, start, "sliding_window_percentage", Json.tree(SLIDING_SHARE)));
        return out;
    }

    private static String text(JsonNode given, JsonNode start, String key, String otherwise) {
        return pick(given, start, key, Json.tree(otherwise)).asText();
    }

    private static JsonNode pick(JsonNode given, JsonNode start, String key, JsonNode otherwise) {
        if (given.hasNonNull(key)) {
            return given.get(key);
        }
        return start.hasNonNull(key) ? start.get(key) : otherwise;
    }

    static String prompt(String mode) {
        return String.valueOf(PROMPTS.get(mode));
    }

    private static String summariser(LlmConfig model) {
        String usual = model.providerName() == null ? null : SUMMARISERS.get(model.providerName());
        if (usual != null) {
            return usual;
        }
        return model.handle() == null ? model.model() : model.handle();
    }
}
