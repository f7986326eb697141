package dev.mneme.memory;

import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import dev.mneme.tool.ToolFilter;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds tools by words and by meaning (contract 05 §2). An organisation has hundreds of tools at most, so they are compared one by one and
 * nothing is stored. Thread-safe.
 */
public final class ToolSearch {
    /** Flattens the weight of the first ranks against the later ones; the usual number of reciprocal rank fusion. */
    private static final int RANK_CONSTANT = 60;

    /** Tools looked at, newest first. */
    private static final int MOST_TOOLS = 2_000;

    /** A word of the name says more than one of the description. */
    private static final int NAME_WEIGHT = 3;

    /** Vectors kept, since descriptions seldom change. */
    private static final int MOST_VECTORS = 5_000;

    private final Tools tools;
    private final MessageEmbedder embedders;
    private final Map<String, float[]> vectors = new LinkedHashMap<>(16, 0.75f, true);

    public ToolSearch(Tools tools, MessageEmbedder embedders) {
        this.tools = tools;
        this.embedders = embedders;
    }

    /** Which half is asked. */
    public enum Mode {
        VECTOR,
        FTS,
        HYBRID
    }

    /** A tool that was found. Ranks count from 1; null: that half did not find it. text: what was compared. */
    public record Hit(
            ToolRow tool,
            String text,
            @Nullable Integer textRank,
            @Nullable Integer vectorRank,
            double score) {}

    /**
     * Looks for tools, best first.
     *
     * @param query null or blank: every tool that fits, newest first
     * @param types words of tool types, empty: any
     * @param tags any of these, empty: any
     */
    public List<Hit> search(
            String org, @Nullable String query, Mode mode, List<String> types, List<String> tags, int limit) {
        ToolFilter filter = new ToolFilter(
                null, List.of(), List.of(), null, types, List.of(), false, false, null, null, MOST_TOOLS, false);
        List<ToolRow> fitting = tools.list(org, filter).stream()
                .filter(tool -> tags.isEmpty() || tool.tags().stream().anyMatch(tags::contains))
                .toList();
        if (query == null || query.isBlank()) {
            return fitting.stream()
                    .limit(limit)
                    .map(tool -> new Hit(tool, text(tool), null, null, 0))
                    .toList();
        }
        Map<ToolRow, Integer> byWords = mode == Mode.VECTOR ? Map.of() : ranks(wordScores(fitting, query));
        Map<ToolRow, Integer> byMeaning = mode == Mode.FTS ? Map.of() : ranks(meaningScores(fitting, query, mode));
        List<Hit> hits = new ArrayList<>();
        for (ToolRow tool : fitting) {
            Integer words = byWords.get(tool);
            Integer meaning = byMeaning.get(tool);
            if (words != null || meaning != null) {
                hits.add(new Hit(tool, text(tool), words, meaning, share(words) + share(meaning)));
            }
        }
        hits.sort(Comparator.comparingDouble(Hit::score).reversed());
        return hits.subList(0, Math.min(limit, hits.size()));
    }

    private static double share(@Nullable Integer rank) {
        return rank == null ? 0 : 1.0 / (RANK_CONSTANT + rank);
    }

    private static String text(ToolRow tool) {
        String tags = tool.tags().isEmpty() ? "" : "\nTags: " + String.join(", ", tool.tags());
        return tool.name() + "\n" + (tool.description() == null ? "" : tool.description()) + tags;
    }

    /** Positions by falling score; what has no score has no rank. */
    private static Map<ToolRow, Integer> ranks(Map<ToolRow, Double> scores) {
        List<ToolRow> order = scores.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.<ToolRow, Double>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
        Map<ToolRow, Integer> out = new HashMap<>();
        order.forEach(tool -> out.put(tool, out.size() + 1));
        return out;
    }

    private static Map<ToolRow, Double> wordScores(List<ToolRow> all, String query) {
        List<Set<String>> names = all.stream().map(tool -> words(tool.name())).toList();
        List<Set<String>> texts = all.stream().map(tool -> words(text(tool))).toList();
        Map<ToolRow, Double> out = new LinkedHashMap<>();
        for (String word : words(query)) {
            long having = texts.stream().filter(text -> text.contains(word)).count();
            double rarity = Math.log(1 + (all.size() + 1.0) / (having + 1.0));
            for (int i = 0; i < all.size(); i++) {
                int weight =
                        names.get(i).contains(word) ? NAME_WEIGHT : texts.get(i).contains(word) ? 1 : 0;
                out.merge(all.get(i), weight * rarity, Double::sum);
            }
        }
        return out;
    }

    /** Lower-case words, those inside snake and camel case too, without a plural s. */
    private static Set<String> words(String text) {
        Set<String> out = new HashSet<>();
        for (String word : text.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").split("[^\\p{L}\\p{N}]+")) {
            String lower = word.toLowerCase(Locale.ROOT);
            if (!lower.isEmpty()) {
                out.add(lower.length() > 3 && lower.endsWith("s") ? lower.substring(0, lower.length() - 1) : lower);
            }
        }
        return out;
    }

    private Map<ToolRow, Double> meaningScores(List<ToolRow> all, String query, Mode mode) {
        try {
            Embedder embedder = embedders.embedder();
            if (embedder == null) {
                return Map.of();
            }
            List<String> texts =
                    new ArrayList<>(all.stream().map(ToolSearch::text).toList());
            texts.add(query);
            List<float[]> found = vectors(embedder, texts);
            float[] wanted = found.getLast();
            Map<ToolRow, Double> out = new LinkedHashMap<>();
            for (int i = 0; i < all.size(); i++) {
                out.put(all.get(i), cosine(found.get(i), wanted));
            }
            return out;
        } catch (ModelException e) {
            if (mode == Mode.VECTOR) {
                throw e;
            }
            return Map.of(); // words alone still find what is asked for
        }
    }

    private List<float[]> vectors(Embedder embedder, List<String> texts) {
        List<String> missing = new ArrayList<>();
        synchronized (vectors) {
            texts.stream().filter(text -> !vectors.containsKey(text)).distinct().forEach(missing::add);
        }
        List<float[]> made = missing.isEmpty() ? List.of() : embedder.embed(missing);
        Map<String, float[]> fresh = new HashMap<>();
        for (int i = 0; i < missing.size(); i++) {
            fresh.put(missing.get(i), made.get(i));
        }
        synchronized (vectors) {
            List<float[]> out = new ArrayList<>();
            for (String text : texts) {
                float[] known = vectors.getOrDefault(text, fresh.get(text));
                out.add(known == null ? new float[embedder.dimensions()] : known);
            }
            vectors.putAll(fresh);
            while (vectors.size() > MOST_VECTORS) {
                vectors.remove(vectors.keySet().iterator().next());
            }
            return out;
        }
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double lengths = norm(a) * norm(b);
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            dot += a[i] * b[i];
        }
        return lengths == 0 ? 0 : dot / lengths;
    }

    private static double norm(float[] vector) {
        double sum = 0;
        for (float each : vector) {
            sum += each * each;
        }
        return Math.sqrt(sum);
    }
}
