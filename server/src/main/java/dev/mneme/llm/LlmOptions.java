package dev.mneme.llm;

import dev.mneme.base.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which providers this server may call and what it uses when a request names none. Read from the environment at every start, so a
 * changed variable counts at once.
 *
 * @param providers in listing order
 * @param defaultLlm handle or bare name
 * @param defaultEmbedding handle or bare name; null: the embedder inside this process
 * @param globalMaxContextWindow tokens; the window of a resolved model is cut to it unless the request asks for more
 * @param allowedPrivateHosts host names and addresses on private networks that a caller's own model_endpoint may name
 * @param catalogueFile JSON file with windows and limits that win over the built-in ones
 * @param retries how long one run may go on asking a provider that is busy or broken
 * @param fallback handle of the model that is asked when that is spent; null: none
 */
public record LlmOptions(
        List<ProviderOption> providers,
        @Nullable String defaultLlm,
        @Nullable String defaultEmbedding,
        int globalMaxContextWindow,
        List<String> allowedPrivateHosts,
        @Nullable String catalogueFile,
        RetryLimits retries,
        @Nullable String fallback) {
    /** Tokens; the retired server's cap (contract 09 §4), so that agents do not grow costly contexts unasked. */
    public static final int GLOBAL_MAX_CONTEXT_WINDOW = 128_000;

    /** Long enough for a slow local model to answer; zero switches it off. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(600);

    /** A setting of this room, for the generated list of settings. */
    public record Variable(String name, String meaning, boolean secret) {}

    public LlmOptions {
        providers = List.copyOf(providers);
        allowedPrivateHosts = List.copyOf(allowedPrivateHosts);
    }

    public LlmOptions(
            List<ProviderOption> providers,
            @Nullable String defaultLlm,
            @Nullable String defaultEmbedding,
            int globalMaxContextWindow,
            List<String> allowedPrivateHosts) {
        this(
                providers,
                defaultLlm,
                defaultEmbedding,
                globalMaxContextWindow,
                allowedPrivateHosts,
                null,
                RetryLimits.DEFAULT,
                null);
    }

    /** No provider at all: only the demo model and the embedder inside this process. */
    public static LlmOptions none() {
        return new LlmOptions(List.of(), null, null, GLOBAL_MAX_CONTEXT_WINDOW, List.of());
    }

    /** The same with other defaults, as given on the command line; null keeps what was. */
    public LlmOptions withDefaults(@Nullable String llm, @Nullable String embedding) {
        return new LlmOptions(
                providers,
                llm == null ? defaultLlm : llm,
                embedding == null ? defaultEmbedding : embedding,
                globalMaxContextWindow,
                allowedPrivateHosts,
                catalogueFile,
                retries,
                fallback);
    }

    /** Every variable that {@link #fromEnvironment} reads. */
    public static List<Variable> variables() {
        List<Variable> all = new ArrayList<>();
        for (KnownProvider known : KnownProvider.values()) {
            if (known.keyVariable != null) {
                all.add(new Variable(known.keyVariable, "Key of " + known.display + "; configures it.", true));
            }
            for (String url : known.urlVariables) {
                String otherwise = known.publicUrl == null ? "; configures it." : ", default " + known.publicUrl + ".";
                all.add(new Variable(url, "Address of " + known.display + otherwise, false));
            }
            for (KnownProvider.Extra extra : known.extras()) {
                all.add(new Variable(extra.variable(), extra.meaning(), extra.secret()));
            }
            all.add(new Variable(
                    timeoutVariable(known),
                    "Seconds to wait for " + known.display + ", 0 for no limit; wins over the two general timeouts.",
                    false));
        }
        all.add(new Variable("LETTA_DEFAULT_LLM_HANDLE", "Model used when a request names none.", false));
        all.add(new Variable("LETTA_DEFAULT_EMBEDDING_HANDLE", "Embedder used when a request names none.", false));
        all.add(new Variable(
                "LETTA_LLM_REQUEST_TIMEOUT_SECONDS",
                "Longest wait for an answer that is not streamed, 0 for none, default 600.",
                false));
        all.add(new Variable(
                "LETTA_LLM_STREAM_TIMEOUT_SECONDS",
                "Longest silence in a streamed answer, 0 for none, default 600.",
                false));
        all.add(new Variable(
                "GLOBAL_MAX_CONTEXT_WINDOW_LIMIT",
                "Tokens of context an agent gets unless it asks for more, default 128000.",
                false));
        all.add(new Variable(
                "MNEME_ALLOWED_PRIVATE_HOSTS",
                "Comma list of private hosts that a caller's own model_endpoint may name; none by default.",
                false));
        all.add(new Variable(
                "MNEME_MODELS_FILE",
                "JSON file with model windows and limits that win over the built-in ones.",
                false));
        all.add(new Variable(
                "MNEME_RETRY_ATTEMPTS",
                "Further tries of model calls that one run may make when a provider is busy or broken, default 5.",
                false));
        all.add(new Variable(
                "MNEME_RETRY_SECONDS", "Seconds that one run may wait between such tries, default 60.", false));
        all.add(new Variable(
                "MNEME_FALLBACK_MODEL",
                "Handle of the model that is asked when those are spent and the provider is still busy, broken or silent.",
                false));
        all.addAll(CloudOptions.VARIABLES);
        return List.copyOf(all);
    }

    /** Reads the environment. A number that is none is refused with its variable's name. */
    public static LlmOptions fromEnvironment(Map<String, String> environment) {
        Duration request = seconds(environment, "LETTA_LLM_REQUEST_TIMEOUT_SECONDS", DEFAULT_TIMEOUT);
        Duration stream = seconds(environment, "LETTA_LLM_STREAM_TIMEOUT_SECONDS", DEFAULT_TIMEOUT);
        List<ProviderOption> providers = new ArrayList<>();
        for (KnownProvider known : KnownProvider.values()) {
            CloudOptions.Place cloud = CloudOptions.of(known, environment);
            String key = cloud != null
                    ? cloud.key()
                    : known.keyVariable == null ? null : text(environment, known.keyVariable);
            String url = cloud == null ? null : cloud.url();
            for (String variable : known.urlVariables) {
                url = url == null ? text(environment, variable) : url;
            }
            String address = url != null ? url : known.publicUrl;
            // An address alone is enough: local servers behind OPENAI_BASE_URL want no key.
            if (address == null || (key == null && url == null)) {
                continue;
            }
            Map<String, String> extras = new LinkedHashMap<>(known.defaults());
            for (KnownProvider.Extra extra : known.extras()) {
                String value = text(environment, extra.variable());
                if (value != null) {
                    extras.put(extra.name(), value);
                }
            }
            String timeout = timeoutVariable(known);
            providers.add(new ProviderOption(
                    known.prefix,
                    known.address(address),
                    key,
                    seconds(environment, timeout, request),
                    seconds(environment, timeout, stream),
                    extras));
        }
        return new LlmOptions(
                providers,
                text(environment, "LETTA_DEFAULT_LLM_HANDLE"),
                text(environment, "LETTA_DEFAULT_EMBEDDING_HANDLE"),
                number(environment, "GLOBAL_MAX_CONTEXT_WINDOW_LIMIT", 1, GLOBAL_MAX_CONTEXT_WINDOW),
                list(environment, "MNEME_ALLOWED_PRIVATE_HOSTS"),
                text(environment, "MNEME_MODELS_FILE"),
                new RetryLimits(
                        number(environment, "MNEME_RETRY_ATTEMPTS", 0, RetryLimits.DEFAULT_ATTEMPTS),
                        number(environment, "MNEME_RETRY_SECONDS", 0, RetryLimits.DEFAULT_SECONDS)),
                text(environment, "MNEME_FALLBACK_MODEL"));
    }

    private static String timeoutVariable(KnownProvider known) {
        return known.name() + "_TIMEOUT_SECONDS";
    }

    private static @Nullable String text(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static List<String> list(Map<String, String> environment, String name) {
        String value = text(environment, name);
        return value == null
                ? List.of()
                : Arrays.stream(value.split(","))
                        .map(String::strip)
                        .filter(host -> !host.isEmpty())
                        .toList();
    }

    private static Duration seconds(Map<String, String> environment, String name, Duration otherwise) {
        String value = text(environment, name);
        if (value == null) {
            return otherwise;
        }
        try {
            double seconds = Double.parseDouble(value);
            if (seconds >= 0 && seconds <= Integer.MAX_VALUE) {
                return Duration.ofMillis(Math.round(seconds * 1_000));
            }
        } catch (NumberFormatException e) {
            // falls through to the one refusal below
        }
        throw Problem.invalid(name + " must be a number of seconds, 0 for no limit; it is '" + value + "'");
    }

    private static int number(Map<String, String> environment, String name, int least, int otherwise) {
        String value = text(environment, name);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // falls through to the one refusal below
        }
        throw Problem.invalid(name + " must be a whole number above " + (least - 1) + "; it is '" + value + "'");
    }
}
