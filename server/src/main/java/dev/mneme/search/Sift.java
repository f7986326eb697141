package dev.mneme.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The parts of words by which a database finds rows that may match a query, without analysing them. Pure.
 *
 * <p>A part occurs in every ASCII text in which its term occurs. Of other alphabets it finds the spelling of the query, not those that
 * only analysis makes equal (such as {@code café} for {@code cafe}).
 */
final class Sift {
    /** Most parts looked for: each costs the database a look through every row. */
    private static final int MOST = 8;

    /** A term that occurs in more than every so many rows chooses nothing. */
    private static final int RARE = 20;

    /** Letters cut off a word of another alphabet, for its endings, when so many more are left. */
    private static final int ENDING = 2;

    private static final int LEFT = 4;

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

    private Sift() {}

    /**
     * Parts of the query's rare words.
     *
     * @param sample rows as any; which terms are rare is seen by them
     */
    static List<String> parts(Probe probe, List<Backlog.Fresh> sample, Words words) {
        Set<String> rare = Set.copyOf(rare(probe.terms(), sample));
        List<String> parts = new ArrayList<>();
        for (String term : probe.terms()) {
            if (rare.contains(term)) {
                parts.add(ascii(term) ? stem(term) : inside(term));
            }
        }
        // Words whose terms lost their accents.
        for (MatchResult word : WORD.matcher(probe.query().text().toLowerCase(Locale.ROOT))
                .results()
                .toList()) {
            if (!ascii(word.group())
                    && words.count(word.group()).terms().keySet().stream()
                            .anyMatch(term -> rare.contains(term) && ascii(term))) {
                parts.add(inside(
                        word.group().length() >= LEFT + ENDING
                                ? word.group().substring(0, word.group().length() - ENDING)
                                : word.group()));
            }
        }
        return parts.stream().distinct().limit(MOST).toList();
    }

    /** The rare ones, rarest first; when none is rare, the rarest. */
    private static List<String> rare(List<String> terms, List<Backlog.Fresh> sample) {
        List<Integer> order = new ArrayList<>();
        int[] rows = new int[terms.size()];
        for (int t = 0; t < terms.size(); t++) {
            order.add(t);
            for (Backlog.Fresh row : sample) {
                rows[t] += row.counts()[t] > 0 ? 1 : 0;
            }
        }
        order.sort(Comparator.comparingInt(t -> rows[t]));
        List<String> rare = new ArrayList<>();
        for (int t : order) {
            if (rare.size() < MOST && (rare.isEmpty() || rows[t] * RARE <= sample.size())) {
                rare.add(terms.get(t));
            }
        }
        return rare;
    }

    /** What Porter's rules leave of every word with this stem: they put an i for a y, add an e, and make -bl of -bil. */
    private static String stem(String term) {
        String stem = term.endsWith("bl") ? term.substring(0, term.length() - 1) : term;
        return stem.length() > 2 && (stem.endsWith("e") || stem.endsWith("i"))
                ? stem.substring(0, stem.length() - 1)
                : stem;
    }

    /** Without its first letter, which may be a capital: SQLite knows small and capital letters of ASCII only. */
    private static String inside(String word) {
        int first = word.codePointAt(0);
        int from = Character.charCount(first);
        return first > 127 && Character.isLowerCase(first) && word.length() > from + 1 ? word.substring(from) : word;
    }

    private static boolean ascii(String word) {
        return word.chars().allMatch(c -> c < 128);
    }
}
