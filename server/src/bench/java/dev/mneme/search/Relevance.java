package dev.mneme.search;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.mneme.base.Json;
import dev.mneme.search.Talks.Fact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.de.GermanLightStemFilter;
import org.apache.lucene.analysis.de.GermanNormalizationFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.KeywordRepeatFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.jspecify.annotations.Nullable;

/**
 * Measures analyses and fusions on {@link Talks}; its tables stand in decision 0010. Arguments, both optional: a file that
 * keeps the vectors between runs; anything more leaves the analyses out.
 */
final class Relevance {
    private static final int DEPTH = 100;
    private static final List<String> LANGUAGES = List.of("en", "de", "fr", "zh", "ja");
    private static final List<String> STYLES = List.of("keywords", "question", "paraphrase");

    private final Map<String, float[]> embedded = new HashMap<>();

    /** One language's conversation, its questions and which turn answers each. */
    private record Case(List<String> turns, List<String> queries, List<Integer> answers, List<String> groups) {}

    /** What is known of each turn for one query. */
    private record Scores(double[] text, double[] cosine, double ideal) {}

    private interface Fuse {
        double[] apply(Scores scores);
    }

    public static void main(String[] args) throws Exception {
        new Relevance().run(args);
        System.exit(0);
    }

    private void run(String[] args) throws Exception {
        List<Case> cases = LANGUAGES.stream().map(Relevance::compose).toList();
        embed(cases, args.length == 0 ? null : Path.of(args[0]));
        Map<String, Analyzer> analyses = analyses();
        System.out.println("== analyses, keyword half alone (MRR@10)");
        header();
        for (var analysis : args.length > 1 ? Map.<String, Analyzer>of().entrySet() : analyses.entrySet()) {
            evaluate(analysis.getKey(), cases, analysis.getValue(), 1.2, 0.75, scores -> scores.text());
        }
        Analyzer chosen = new Words();
        System.out.println("== BM25 parameters, chosen analysis");
        for (double b : args.length > 1 ? new double[0] : new double[] {0.75, 0.4, 0.2, 0}) {
            for (double k1 : new double[] {0.6, 1.2}) {
                evaluate("k1=" + k1 + " b=" + b, cases, chosen, k1, b, scores -> scores.text());
            }
        }
        System.out.println("== fusions, chosen analysis");
        header();
        for (var fusion : fusions().entrySet()) {
            evaluate(fusion.getKey(), cases, chosen, Lexical.K1, Lexical.B, fusion.getValue());
        }
    }

    private static Case compose(String language) {
        List<String> turns = new ArrayList<>(Talks.noise(language, 7));
        List<String> queries = new ArrayList<>();
        List<Integer> answers = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        for (Fact fact : Talks.facts()) {
            if (fact.language().equals(language)) {
                List<String> asked = List.of(fact.keywords(), fact.question(), fact.paraphrase());
                for (int style = 0; style < asked.size(); style++) {
                    queries.add(asked.get(style));
                    answers.add(turns.size());
                    groups.add(language + "/" + STYLES.get(style));
                }
                turns.add(fact.said());
            }
        }
        return new Case(turns, queries, answers, groups);
    }

    /** cache: a file that keeps the vectors between runs, or null. */
    private void embed(List<Case> cases, @Nullable Path cache) throws IOException {
        if (cache != null && Files.exists(cache)) {
            Json.MAPPER
                    .readTree(cache.toFile())
                    .properties()
                    .forEach(entry ->
                            embedded.put(entry.getKey(), Json.MAPPER.convertValue(entry.getValue(), float[].class)));
            return;
        }
        var model = new AllMiniLmL6V2QuantizedEmbeddingModel();
        List<String> texts = cases.stream()
                .flatMap(one -> java.util.stream.Stream.concat(one.turns().stream(), one.queries().stream()))
                .distinct()
                .toList();
        for (int from = 0; from < texts.size(); from += 64) {
            List<String> some = texts.subList(from, Math.min(texts.size(), from + 64));
            var vectors = model.embedAll(some.stream().map(TextSegment::from).toList())
                    .content();
            for (int i = 0; i < some.size(); i++) {
                embedded.put(some.get(i), Entry.unit(vectors.get(i).vector()));
            }
        }
        if (cache != null) {
            Files.writeString(cache, Json.write(embedded));
        }
    }

    private static void header() {
        System.out.printf(
                "%-34s %6s %6s %6s %6s | %6s %6s %6s | %s%n",
                "", "all", "en", "de+fr", "zh+ja", "keyw.", "quest.", "paraph", "recall@5");
    }

    private void evaluate(String name, List<Case> cases, Analyzer analyzer, double k1, double b, Fuse fuse)
            throws IOException {
        Map<String, double[]> sums = new HashMap<>();
        for (Case one : cases) {
            List<Map<String, Integer>> turns = new ArrayList<>();
            for (String turn : one.turns()) {
                turns.add(terms(analyzer, turn));
            }
            for (int q = 0; q < one.queries().size(); q++) {
                double[] text = bm25(turns, terms(analyzer, one.queries().get(q)), k1, b);
                float[] target = embedded.get(one.queries().get(q));
                double[] cosine = one.turns().stream()
                        .mapToDouble(turn -> Entry.cosine(target, embedded.get(turn)))
                        .toArray();
                double[] fused = fuse.apply(new Scores(
                        text, cosine, ideal(turns, terms(analyzer, one.queries().get(q)))));
                int rank = rank(fused, one.answers().get(q));
                double reciprocal = rank <= 10 ? 1.0 / rank : 0;
                String group = one.groups().get(q);
                String language = group.substring(0, 2);
                String family =
                        language.equals("en") ? "en" : language.equals("zh") || language.equals("ja") ? "cjk" : "eu";
                for (String key : List.of("all", family, group.substring(3))) {
                    double[] sum = sums.computeIfAbsent(key, k -> new double[3]);
                    sum[0] += reciprocal;
                    sum[1] += rank <= 5 ? 1 : 0;
                    sum[2]++;
                }
            }
        }
        Function<String, Double> mean = key -> sums.get(key)[0] / sums.get(key)[2];
        System.out.printf(
                "%-34s %6.3f %6.3f %6.3f %6.3f | %6.3f %6.3f %6.3f | %.3f%n",
                name,
                mean.apply("all"),
                mean.apply("en"),
                mean.apply("eu"),
                mean.apply("cjk"),
                mean.apply("keywords"),
                mean.apply("question"),
                mean.apply("paraphrase"),
                sums.get("all")[1] / sums.get("all")[2]);
    }

    /** Ties count half against: a score that cannot tell is not rewarded. */
    private static int rank(double[] scores, int answer) {
        double mine = scores[answer];
        if (!(mine > 0)) {
            return Integer.MAX_VALUE;
        }
        int better = 0;
        int same = 0;
        for (double score : scores) {
            better += score > mine ? 1 : 0;
            same += score == mine ? 1 : 0;
        }
        return better + 1 + same / 2;
    }

    private static double[] bm25(List<Map<String, Integer>> turns, Map<String, Integer> query, double k1, double b) {
        double[] scores = new double[turns.size()];
        double average = turns.stream().mapToInt(Relevance::length).average().orElse(1);
        for (String term : query.keySet()) {
            long frequency =
                    turns.stream().filter(turn -> turn.containsKey(term)).count();
            double idf = Math.log(1 + (turns.size() - frequency + 0.5) / (frequency + 0.5));
            for (int i = 0; i < scores.length; i++) {
                double count = turns.get(i).getOrDefault(term, 0);
                scores[i] += idf * count / (count + k1 * (1 - b + b * length(turns.get(i)) / average));
            }
        }
        return scores;
    }

    /** What a turn would score that held every term of the query very often. */
    private static double ideal(List<Map<String, Integer>> turns, Map<String, Integer> query) {
        double sum = 0;
        for (String term : query.keySet()) {
            long frequency =
                    turns.stream().filter(turn -> turn.containsKey(term)).count();
            sum += Math.log(1 + (turns.size() - frequency + 0.5) / (frequency + 0.5));
        }
        return sum;
    }

    private static int length(Map<String, Integer> turn) {
        return turn.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static Map<String, Integer> terms(Analyzer analyzer, String text) throws IOException {
        Map<String, Integer> terms = new LinkedHashMap<>();
        try (TokenStream stream = analyzer.tokenStream("", text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                terms.merge(term.toString(), 1, Integer::sum);
            }
        }
        return terms;
    }

    private static Map<String, Fuse> fusions() {
        Map<String, Fuse> all = new LinkedHashMap<>();
        all.put("keywords alone (BM25)", Scores::text);
        all.put(
                "vectors alone",
                scores -> Arrays.stream(scores.cosine()).map(c -> c + 2).toArray());
        for (double k : new double[] {60, 20, 10, 5, 2, 1}) {
            all.put("RRF k=" + (int) k, scores -> reciprocal(scores, k));
        }
        for (double w : new double[] {0.3, 0.5, 0.6, 0.7}) {
            all.put("words/best, min-max cosine " + w, scores -> sum(best(scores), span(scores), w));
        }
        for (double w : new double[] {0.3, 0.5, 0.7}) {
            all.put("words/best, cosine " + w, scores -> sum(best(scores), positive(scores), w));
        }
        for (double w : new double[] {0.4, 0.5, 0.6, 0.7, 0.8}) {
            all.put("words/best, deviations " + w, scores -> sum(best(scores), deviations(scores), w));
        }
        for (double w : new double[] {0.2, 0.3, 0.4, 0.5, 0.6}) {
            all.put("words/ideal, min-max cosine " + w, scores -> sum(ideal(scores), span(scores), w));
        }
        for (double w : new double[] {0.3, 0.4, 0.5, 0.6, 0.7}) {
            all.put("words/ideal, cosine " + w, scores -> sum(ideal(scores), positive(scores), w));
        }
        for (double w : new double[] {0.3, 0.4, 0.5, 0.6, 0.7}) {
            all.put("words/ideal, deviations " + w, scores -> sum(ideal(scores), deviations(scores), w));
        }
        for (double w : new double[] {0.3, 0.4, 0.5, 0.6, 0.7}) {
            all.put("words/ideal, above mean " + w, scores -> sum(ideal(scores), aboveMean(scores), w));
        }
        return all;
    }

    private static int[] order(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted((x, y) -> Double.compare(scores[y], scores[x]))
                .mapToInt(Integer::intValue)
                .limit(DEPTH)
                .toArray();
    }

    private static double[] reciprocal(Scores scores, double k) {
        double[] fused = new double[scores.text().length];
        int[] byText = order(scores.text());
        for (int i = 0; i < byText.length && scores.text()[byText[i]] > 0; i++) {
            fused[byText[i]] += 1 / (k + i + 1);
        }
        int[] byCosine = order(scores.cosine());
        for (int i = 0; i < byCosine.length; i++) {
            fused[byCosine[i]] += 1 / (k + i + 1);
        }
        return fused;
    }

    private static double[] sum(double[] words, double[] near, double w) {
        return IntStream.range(0, words.length)
                .mapToDouble(i -> w * near[i] + (1 - w) * words[i])
                .toArray();
    }

    private static double[] best(Scores scores) {
        double best = Arrays.stream(scores.text()).max().orElse(0);
        return Arrays.stream(scores.text()).map(x -> best > 0 ? x / best : 0).toArray();
    }

    private static double[] ideal(Scores scores) {
        return Arrays.stream(scores.text())
                .map(x -> scores.ideal() > 0 ? x / scores.ideal() : 0)
                .toArray();
    }

    private static double[] positive(Scores scores) {
        return Arrays.stream(scores.cosine()).map(x -> Math.max(0, x)).toArray();
    }

    private static double[] span(Scores scores) {
        int[] byCosine = order(scores.cosine());
        double high = scores.cosine()[byCosine[0]];
        double low = scores.cosine()[byCosine[byCosine.length - 1]];
        return Arrays.stream(scores.cosine())
                .map(x -> Math.clamp((x - low) / (high - low), 0, 1))
                .toArray();
    }

    /** How far a cosine is on the way from the mean of the nearest hundred to 1. */
    private static double[] aboveMean(Scores scores) {
        double mean = Arrays.stream(order(scores.cosine()))
                .mapToDouble(i -> scores.cosine()[i])
                .average()
                .orElse(0);
        return Arrays.stream(scores.cosine())
                .map(x -> Math.max(0, (x - mean) / (1 - mean)))
                .toArray();
    }

    /** Standard deviations above the mean of the nearest hundred; six and more count 1. */
    private static double[] deviations(Scores scores) {
        int[] byCosine = order(scores.cosine());
        double mean = Arrays.stream(byCosine)
                .mapToDouble(i -> scores.cosine()[i])
                .average()
                .orElse(0);
        double deviation = Math.sqrt(Arrays.stream(byCosine)
                .mapToDouble(i -> Math.pow(scores.cosine()[i] - mean, 2))
                .average()
                .orElse(1));
        return Arrays.stream(scores.cosine())
                .map(x -> Math.clamp((x - mean) / deviation / 6, 0, 1))
                .toArray();
    }

    private static Map<String, Analyzer> analyses() {
        Map<String, Analyzer> all = new LinkedHashMap<>();
        all.put("as in use", new Words());
        all.put("words only", chain(false, s -> s));
        all.put("+ folding", chain(false, ASCIIFoldingFilter::new));
        all.put("+ folding, CJK bigrams", chain(true, ASCIIFoldingFilter::new));
        all.put(
                "+ English stop words",
                chain(true, s -> new StopFilter(new ASCIIFoldingFilter(s), EnglishAnalyzer.ENGLISH_STOP_WORDS_SET)));
        all.put("+ Porter", chain(true, s -> new PorterStemFilter(new ASCIIFoldingFilter(s))));
        all.put(
                "+ Porter, stop words",
                chain(
                        true,
                        s -> new PorterStemFilter(
                                new StopFilter(new ASCIIFoldingFilter(s), EnglishAnalyzer.ENGLISH_STOP_WORDS_SET))));
        all.put("+ KStem", chain(true, s -> new KStemFilter(new ASCIIFoldingFilter(s))));
        all.put(
                "+ word and Porter stem",
                chain(
                        true,
                        s -> new RemoveDuplicatesTokenFilter(
                                new PorterStemFilter(new KeywordRepeatFilter(new ASCIIFoldingFilter(s))))));
        all.put(
                "+ German light",
                chain(true, s -> new ASCIIFoldingFilter(new GermanLightStemFilter(new GermanNormalizationFilter(s)))));
        all.put("+ French light", chain(true, s -> new ASCIIFoldingFilter(new FrenchLightStemFilter(s))));
        all.put(
                "+ German light, Porter",
                chain(
                        true,
                        s -> new PorterStemFilter(
                                new ASCIIFoldingFilter(new GermanLightStemFilter(new GermanNormalizationFilter(s))))));
        all.put(
                "+ French light, German light, Porter",
                chain(
                        true,
                        s -> new PorterStemFilter(new ASCIIFoldingFilter(new GermanLightStemFilter(
                                new GermanNormalizationFilter(new FrenchLightStemFilter(s)))))));
        return all;
    }

    private static Analyzer chain(boolean bigrams, Function<TokenStream, TokenStream> rest) {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                Tokenizer source = new StandardTokenizer();
                TokenStream stream = new LowerCaseFilter(new CJKWidthFilter(source));
                if (bigrams) {
                    stream = new CJKBigramFilter(stream, 15, true);
                }
                return new TokenStreamComponents(source, rest.apply(stream));
            }
        };
    }
}
