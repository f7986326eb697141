package dev.mneme.llm.openai;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a provider that speaks like OpenAI does differently, as data (contract 09 §5 and the providers' own documentation).
 *
 * @param forced how far a choice of tool can be forced
 * @param format what can be asked of the form of an answer
 * @param thinking how thinking is asked for
 * @param limit the field that limits the answer's tokens
 * @param list path of the list of models
 */
record Quirks(Forced forced, Format format, Thinking thinking, String limit, String list, Set<Trait> traits) {
    /** How far a choice of tool can be forced. */
    enum Forced {
        /** To one tool. */
        NAMED,
        /** To some tool. */
        REQUIRED,
        /** Not at all: the model is left free. */
        AUTO
    }

    /** What can be asked of the form of an answer; the rest is asked for in words. */
    enum Format {
        /** Any JSON, or JSON of a schema. */
        SCHEMA,
        /** JSON of a schema, but not just any JSON. */
        ONLY_SCHEMA,
        /** Any JSON. */
        ONLY_OBJECT,
        /** Nothing. */
        NONE
    }

    /** How thinking is asked for where the config wishes it. */
    enum Thinking {
        /** {@code reasoning_effort}. */
        EFFORT,
        /** {@code reasoning: {effort | max_tokens | enabled}}. */
        OBJECT,
        /** {@code thinking: {type}}. */
        SWITCH,
        /** Not at all. */
        NONE
    }

    /** A small difference that is there or not. */
    enum Trait {
        /** It is OpenAI's own: reasoning models have rules of their own there. */
        OPENAI,
        /** The acting user is told. */
        USER,
        /** {@code parallel_tool_calls} is known and always sent. */
        PARALLEL,
        /** {@code strict} schemas are known. */
        STRICT,
        /** Log probabilities are known. */
        LOGPROBS,
        /** Usage in streams must be asked for. */
        STREAM_USAGE,
        /** A form of the answer and tools exclude each other. */
        FORMAT_WITHOUT_TOOLS,
        /** Ids of calls have exactly nine letters or digits. */
        SHORT_IDS,
        /** After a tool's return the assistant speaks, never the user. */
        ANSWERS_TOOLS,
        /** Thoughts of the turn go back with its calls. */
        THOUGHTS_RETURN,
        /** The model's own marks on its thoughts go back with them. */
        DETAILS_RETURN,
        /** In the list only models that tell their window can chat. */
        LISTS_WINDOWS,
        /** The list also has models whose window cannot hold an agent's prompt. */
        LISTS_SMALL
    }

    private static final String NEW_LIMIT = "max_completion_tokens";
    private static final String OLD_LIMIT = "max_tokens";
    private static final Quirks USUAL = new Quirks(
            Forced.NAMED,
            Format.SCHEMA,
            Thinking.EFFORT,
            OLD_LIMIT,
            "/models",
            Set.of(Trait.STREAM_USAGE, Trait.STRICT, Trait.LOGPROBS));
    private static final Map<String, Quirks> OF = table();

    static Quirks of(String provider) {
        return OF.getOrDefault(provider, USUAL);
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    private static Map<String, Quirks> table() {
        Map<String, Quirks> of = new HashMap<>();
        Quirks openAi = USUAL.limit(NEW_LIMIT).and(Trait.OPENAI, Trait.USER, Trait.PARALLEL);
        of.put("openai", openAi);
        of.put("azure", openAi);
        of.put(
                "groq",
                USUAL.forced(Forced.REQUIRED)
                        .thinking(Thinking.NONE)
                        .without(Trait.LOGPROBS)
                        .and(Trait.FORMAT_WITHOUT_TOOLS, Trait.LISTS_WINDOWS));
        of.put("together", USUAL.forced(Forced.AUTO).and(Trait.LISTS_SMALL));
        of.put("vllm", USUAL.forced(Forced.AUTO));
        of.put("sglang", USUAL.forced(Forced.AUTO));
        of.put(
                "lmstudio_openai",
                USUAL.forced(Forced.REQUIRED).format(Format.ONLY_SCHEMA).without(Trait.LOGPROBS));
        of.put("ollama", USUAL.forced(Forced.REQUIRED));
        of.put(
                "deepseek",
                USUAL.format(Format.ONLY_OBJECT).without(Trait.STRICT).and(Trait.THOUGHTS_RETURN));
        of.put("xai", USUAL.limit(NEW_LIMIT));
        of.put(
                "zai",
                USUAL.forced(Forced.AUTO)
                        .format(Format.ONLY_OBJECT)
                        .thinking(Thinking.SWITCH)
                        .without(Trait.LOGPROBS, Trait.STRICT));
        of.put(
                "openrouter",
                USUAL.forced(Forced.REQUIRED)
                        .thinking(Thinking.OBJECT)
                        .list("/models?supported_parameters=tools")
                        .and(Trait.DETAILS_RETURN));
        of.put(
                "mistral",
                USUAL.without(Trait.STREAM_USAGE, Trait.LOGPROBS)
                        .thinking(Thinking.NONE)
                        .and(Trait.SHORT_IDS, Trait.ANSWERS_TOOLS));
        of.put("cerebras", USUAL.limit(NEW_LIMIT).without(Trait.STRICT));
        of.put("fireworks", USUAL.without(Trait.STRICT));
        return Map.copyOf(of);
    }

    private Quirks forced(Forced other) {
        return new Quirks(other, format, thinking, limit, list, traits);
    }

    private Quirks format(Format other) {
        return new Quirks(forced, other, thinking, limit, list, traits);
    }

    private Quirks thinking(Thinking other) {
        return new Quirks(forced, format, other, limit, list, traits);
    }

    private Quirks limit(String other) {
        return new Quirks(forced, format, thinking, other, list, traits);
    }

    private Quirks list(String other) {
        return new Quirks(forced, format, thinking, limit, other, traits);
    }

    private Quirks and(Trait... more) {
        EnumSet<Trait> all = EnumSet.copyOf(traits);
        all.addAll(Set.of(more));
        return new Quirks(forced, format, thinking, limit, list, Set.copyOf(all));
    }

    private Quirks without(Trait... fewer) {
        EnumSet<Trait> all = EnumSet.copyOf(traits);
        all.removeAll(Set.of(fewer));
        return new Quirks(forced, format, thinking, limit, list, Set.copyOf(all));
    }
}
