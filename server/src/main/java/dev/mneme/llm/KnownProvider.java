package dev.mneme.llm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The providers that can be configured through the environment, in the order in which their models are listed (contract 09 §1, §3).
 *
 * <p>A row says: the handle prefix, the name used in error texts, the endpoint type that clients see, the wire language, the
 * variable of the key, the public address (null: it is wherever the operator runs it), whether {@code /v1} is added to an address
 * that lacks it, and the variables that give the address.
 */
enum KnownProvider {
    OPENAI(
            "openai",
            "OpenAI",
            "openai",
            Dialect.OPENAI,
            "OPENAI_API_KEY",
            "https://api.openai.com/v1",
            false,
            "OPENAI_BASE_URL",
            "OPENAI_API_BASE"),
    ANTHROPIC(
            "anthropic",
            "Anthropic",
            "anthropic",
            Dialect.ANTHROPIC,
            "ANTHROPIC_API_KEY",
            "https://api.anthropic.com/v1",
            true,
            "ANTHROPIC_BASE_URL"),
    OLLAMA("ollama", "Ollama", "openai", Dialect.OLLAMA, null, null, true, "OLLAMA_BASE_URL"),
    GOOGLE_AI(
            "google_ai",
            "Google AI",
            "google_ai",
            Dialect.GOOGLE,
            "GEMINI_API_KEY",
            "https://generativelanguage.googleapis.com/v1beta",
            false,
            "GEMINI_BASE_URL"),
    GOOGLE_VERTEX("google_vertex", "Google Vertex AI", "google_vertex", Dialect.GOOGLE, null, null, false),
    AZURE("azure", "Azure OpenAI", "azure", Dialect.OPENAI, "AZURE_API_KEY", null, false, "AZURE_BASE_URL"),
    GROQ("groq", "Groq", "groq", Dialect.OPENAI, "GROQ_API_KEY", "https://api.groq.com/openai/v1", false),
    TOGETHER(
            "together",
            "Together",
            "together",
            Dialect.OPENAI,
            "TOGETHER_API_KEY",
            "https://api.together.xyz/v1",
            false),
    VLLM("vllm", "vLLM", "openai", Dialect.OPENAI, null, null, true, "VLLM_API_BASE"),
    BEDROCK("bedrock", "AWS Bedrock", "bedrock", Dialect.BEDROCK, null, null, false),
    DEEPSEEK(
            "deepseek",
            "DeepSeek",
            "deepseek",
            Dialect.OPENAI,
            "DEEPSEEK_API_KEY",
            "https://api.deepseek.com/v1",
            false),
    XAI("xai", "xAI", "xai", Dialect.OPENAI, "XAI_API_KEY", "https://api.x.ai/v1", false),
    LMSTUDIO("lmstudio_openai", "LM Studio", "openai", Dialect.OPENAI, null, null, true, "LMSTUDIO_BASE_URL"),
    ZAI("zai", "Z.ai", "zai", Dialect.OPENAI, "ZAI_API_KEY", "https://api.z.ai/api/paas/v4", false, "ZAI_BASE_URL"),
    OPENROUTER(
            "openrouter",
            "OpenRouter",
            "openrouter",
            Dialect.OPENAI,
            "OPENROUTER_API_KEY",
            "https://openrouter.ai/api/v1",
            false),
    MISTRAL("mistral", "Mistral", "mistral", Dialect.OPENAI, "MISTRAL_API_KEY", "https://api.mistral.ai/v1", false),
    CEREBRAS(
            "cerebras",
            "Cerebras",
            "cerebras",
            Dialect.OPENAI,
            "CEREBRAS_API_KEY",
            "https://api.cerebras.ai/v1",
            false),
    SGLANG("sglang", "SGLang", "openai", Dialect.OPENAI, null, null, true, "SGLANG_API_BASE"),
    MINIMAX(
            "minimax",
            "MiniMax",
            "minimax",
            Dialect.ANTHROPIC,
            "MINIMAX_API_KEY",
            "https://api.minimax.io/anthropic/v1",
            true),
    BASETEN(
            "baseten",
            "Baseten",
            "baseten",
            Dialect.OPENAI,
            "BASETEN_API_KEY",
            "https://inference.baseten.co/v1",
            false),
    FIREWORKS(
            "fireworks",
            "Fireworks",
            "fireworks",
            Dialect.OPENAI,
            "FIREWORKS_API_KEY",
            "https://api.fireworks.ai/inference/v1",
            false,
            "FIREWORKS_API_BASE");

    private static final Pattern VERSION = Pattern.compile("/v\\d\\w*$");

    /** Which wire language a provider speaks. */
    enum Dialect {
        OPENAI,
        OLLAMA,
        ANTHROPIC,
        GOOGLE,
        BEDROCK
    }

    /** Under this name lies the prefix that replaces a provider's own in handles. */
    static final String HANDLE_BASE = "handle-base";

    /**
     * One more variable of a provider.
     *
     * @param name under which the provider's codec finds the value
     * @param otherwise what counts if the variable is not set; null: nothing
     */
    record Extra(String name, String variable, @Nullable String otherwise, String meaning, boolean secret) {}

    private static final Map<KnownProvider, List<Extra>> EXTRAS = Map.of(
            AZURE,
            List.of(new Extra(
                    "api-version",
                    "AZURE_API_VERSION",
                    "2024-09-01-preview",
                    "Version of the Azure language, default 2024-09-01-preview; not used for addresses that end in /openai/v1.",
                    false)),
            OLLAMA,
            List.of(
                    new Extra(
                            "num-ctx",
                            "OLLAMA_NUM_CTX",
                            null,
                            "Tokens of context that Ollama keeps in memory at most; otherwise the agent's whole context window.",
                            false),
                    new Extra(
                            "keep-alive",
                            "OLLAMA_KEEP_ALIVE",
                            null,
                            "How long Ollama keeps a model loaded after a call (5m, -1 …); otherwise as it is set up.",
                            false)),
            OPENROUTER,
            List.of(
                    handleBase("OPENROUTER_HANDLE_BASE", "openrouter"),
                    new Extra(
                            "referer", "OPENROUTER_REFERER", null, "Address of your site, told to OpenRouter.", false),
                    new Extra("title", "OPENROUTER_TITLE", null, "Name of your site, told to OpenRouter.", false)),
            VLLM,
            List.of(handleBase("VLLM_HANDLE_BASE", "vllm")),
            SGLANG,
            List.of(handleBase("SGLANG_HANDLE_BASE", "sglang")));

    private static Extra handleBase(String variable, String prefix) {
        return new Extra(HANDLE_BASE, variable, null, "Replaces " + prefix + "/ at the start of handles.", false);
    }

    final String prefix;
    final String display;
    final String endpointType;
    final Dialect dialect;
    final @Nullable String keyVariable;
    final @Nullable String publicUrl;
    final List<String> urlVariables;
    private final boolean versioned;

    KnownProvider(
            String prefix,
            String display,
            String endpointType,
            Dialect dialect,
            @Nullable String keyVariable,
            @Nullable String publicUrl,
            boolean versioned,
            String... urlVariables) {
        this.prefix = prefix;
        this.display = display;
        this.endpointType = endpointType;
        this.dialect = dialect;
        this.keyVariable = keyVariable;
        this.publicUrl = publicUrl;
        this.versioned = versioned;
        this.urlVariables = List.of(urlVariables);
    }

    /** The provider of a handle prefix; null: there is none of that name. */
    static @Nullable KnownProvider of(String prefix) {
        String name = switch (prefix.toLowerCase(Locale.ROOT)) {
            case "openai-proxy" -> "openai"; // the retired server's word for any other base URL
            case "lmstudio" -> "lmstudio_openai";
            default -> prefix.toLowerCase(Locale.ROOT);
        };
        for (KnownProvider provider : values()) {
            if (provider.prefix.equals(name)) {
                return provider;
            }
        }
        return null;
    }

    /** Whether it runs on the operator's own machines: it needs an address and no key. */
    boolean selfHosted() {
        return publicUrl == null && keyVariable == null && !cloud();
    }

    /** Whether its models may write their calls as text: all but those of the one whose language it is, at its own addresses. */
    boolean mayWriteCalls(String address) {
        return switch (dialect) {
            case OPENAI -> this != AZURE && !address.startsWith(String.valueOf(OPENAI.publicUrl));
            case OLLAMA -> true;
            case ANTHROPIC, GOOGLE, BEDROCK -> false;
        };
    }

    /** The variables beyond key and address. */
    List<Extra> extras() {
        return EXTRAS.getOrDefault(this, List.of());
    }

    /** The extras that count when nothing is set. */
    Map<String, String> defaults() {
        Map<String, String> values = new LinkedHashMap<>();
        for (Extra extra : extras()) {
            if (extra.otherwise() != null) {
                values.put(extra.name(), extra.otherwise());
            }
        }
        return values;
    }

    /** Whether it is configured by a cloud's own variables ({@link CloudOptions}). */
    boolean cloud() {
        return this == GOOGLE_VERTEX || this == BEDROCK;
    }

    /** The model's bare name: in Bedrock's ids it stands between a vendor and a version. */
    String bare(String model) {
        return this == BEDROCK
                ? model.replaceFirst("^.*anthropic\\.", "").replaceFirst("-v\\d+(?::\\d+)?$", "")
                : model;
    }

    /** The variable without which it cannot be called. */
    String missingVariable() {
        return switch (this) {
            case GOOGLE_VERTEX -> "GOOGLE_APPLICATION_CREDENTIALS";
            case BEDROCK -> "AWS_ACCESS_KEY_ID";
            default ->
                keyVariable != null && (publicUrl != null || urlVariables.isEmpty())
                        ? keyVariable
                        : urlVariables.getFirst();
        };
    }

    /** The address as requests use it: no trailing slash, {@code /v1} added where this provider wants it. */
    String address(String configured) {
        String url = configured.strip();
        while (url.endsWith("/")) {
            url = url.substring(0, url.length() - 1);
        }
        if (this == GOOGLE_AI) {
            url = url.endsWith("/openai") ? url.substring(0, url.length() - "/openai".length()) : url;
            return VERSION.matcher(url).find() ? url : url + "/v1beta";
        }
        return versioned && !url.endsWith("/v1") ? url + "/v1" : url;
    }

    /** The prefixes in listing order. */
    static List<String> prefixes() {
        List<String> names = new ArrayList<>();
        for (KnownProvider provider : values()) {
            names.add(provider.prefix);
        }
        return names;
    }
}
