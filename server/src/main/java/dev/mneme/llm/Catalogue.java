package dev.mneme.llm;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is known of models by their names: windows, output limits, vector sizes. The built-in list is the resource
 * {@code llm/models.json}; a file of the same shape wins over it, so that a new model needs no new version of this server.
 */
final class Catalogue {
    /** Tokens, for a model that nobody knows at a hosted provider: what most have today. */
    static final int UNKNOWN_WINDOW = 128_000;

    /** Tokens, for a model that nobody knows on the operator's own machines: small enough for a laptop's memory. */
    static final int UNKNOWN_LOCAL_WINDOW = 32_768;

    /** Tokens of one answer for an unknown model (contract 09 §4). */
    static final int UNKNOWN_MAX_TOKENS = 4_096;

    /**
     * One line of the list.
     *
     * @param match model name, any letter case, {@code *} for anything; the first line that fits counts
     * @param provider the provider it is known from, for bare names
     * @param model the name that the provider takes, where people use a shorter one
     * @param reasoning how it thinks: openai (effort), anthropic (budget), adaptive, google,
     *     switch (on or off); null: it does not
     * @param dim numbers in a vector; 0: an embedder of unknown size; null: not an embedder
     */
    record Entry(
            String match,
            @Nullable String provider,
            @Nullable String model,
            @Nullable Integer window,
            @JsonProperty("max_tokens") @Nullable Integer maxTokens,
            @Nullable String reasoning,
            @Nullable String effort,
            @Nullable Integer dim) {}

    private record Line(Pattern pattern, Entry entry) {}

    private final List<Line> lines = new ArrayList<>();

    Catalogue(@Nullable String file) {
        if (file != null) {
            add(fromFile(file));
        }
        add(builtIn());
    }

    /** The line of a model name; a vendor's path before it ({@code anthropic/claude-x}) is passed over. */
    @Nullable
    Entry find(String model) {
        String whole = model.toLowerCase(Locale.ROOT);
        String last = whole.substring(whole.lastIndexOf('/') + 1);
        for (Line line : lines) {
            if (line.pattern.matcher(whole).matches()
                    || line.pattern.matcher(last).matches()) {
                return line.entry;
            }
        }
        return null;
    }

    /** The name as the provider takes it. */
    String sent(String provider, String model) {
        Entry entry = find(model);
        return entry == null || entry.model == null || !provider.equals(entry.provider) ? model : entry.model;
    }

    /** Whether the name is that of an embedder. */
    boolean isEmbedder(String model) {
        Entry entry = find(model);
        return entry != null && entry.dim != null;
    }

    private void add(List<Entry> entries) {
        for (Entry entry : entries) {
            StringBuilder pattern = new StringBuilder();
            for (String piece : entry.match.toLowerCase(Locale.ROOT).split("\\*", -1)) {
                pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(piece));
            }
            lines.add(new Line(Pattern.compile(pattern.toString()), entry));
        }
    }

    private static List<Entry> builtIn() {
        try (InputStream in = Catalogue.class.getResourceAsStream("/llm/models.json")) {
            if (in == null) {
                throw new IllegalStateException("llm/models.json is missing from the build");
            }
            return Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Entry> fromFile(String file) {
        try {
            return Json.MAPPER.readValue(Files.readString(Path.of(file)), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new Problem(
                    dev.mneme.base.ProblemCode.INVALID_ARGUMENT,
                    "INVALID_ARGUMENT: MNEME_MODELS_FILE " + file + " is no list of models: " + e.getOriginalMessage(),
                    e);
        } catch (IOException e) {
            throw new Problem(
                    dev.mneme.base.ProblemCode.INVALID_ARGUMENT,
                    "INVALID_ARGUMENT: MNEME_MODELS_FILE " + file + " cannot be read: " + e.getMessage(),
                    e);
        }
    }
}
