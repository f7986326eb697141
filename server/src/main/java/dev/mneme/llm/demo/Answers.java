package dev.mneme.llm.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the demo model answers a question: from the blocks, else from a search, else by saying that it does not know. Pure. */
final class Answers {
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final Pattern NAME_LINE =
            Pattern.compile("^(?:[-*] )?(?:.*\\b)?(?:name(?: is|:)|called)\\s+([\\p{L}][\\p{L}' -]*)", FLAGS);
    private static final Pattern ALL = Pattern.compile(
            ".*\\b(?:know|remember|learn(?:ed|t)?) (?:of |about )me\\b.*|.*\\bwho am i\\b.*", FLAGS | Pattern.DOTALL);
    private static final Pattern MY_NAME =
            Pattern.compile(".*\\b(?:my name|i'm called|am i called|call me)\\b.*", FLAGS | Pattern.DOTALL);
    private static final Pattern SELF = Pattern.compile(
            ".*\\b(?:who|what) are you\\b.*|.*\\byour name\\b.*|.*\\bwhat can you do\\b.*", FLAGS | Pattern.DOTALL);
    private static final Pattern PERSONAL = Pattern.compile(
            ".*\\b(?:i|me|my|mine|we|our|us|remember|recall|told|said|say|mention(?:ed)?|earlier|before|last time|yesterday|previous(?:ly)?)\\b.*",
            FLAGS | Pattern.DOTALL);
    private static final Pattern LISTED_CONTENT =
            Pattern.compile("'content': (?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\")");

    /** Words that say nothing of what is asked for. */
    private static final Set<String> EMPTY = Set.of(
            ("a about after again all also am an and any anything are as at be been before but by can could did do "
                            + "does doing earlier ever for from had has have he her him his how i if in is it its just know last let like live lives me "
                            + "mention mentioned mine more my name now of on once or our please previously recall remember said say she so some "
                            + "something tell that the their them then there these they thing things this time to told us was we were what whats "
                            + "when where which who whose why will with work works would yesterday you your")
                    .split(" "));

    private Answers() {}

    /** The user's name as the blocks or these new facts have it; null: unknown. */
    static @Nullable String name(Scene scene, List<Fact> facts) {
        for (Fact fact : facts) {
            if (fact.line().startsWith("Name: ")) {
                return fact.line().substring(6);
            }
        }
        for (Scene.Block block : scene.blocks()) {
            if (!block.label().contains("persona")) {
                for (String line : block.lines()) {
                    Matcher matcher = NAME_LINE.matcher(line);
                    if (matcher.find()) {
                        return matcher.group(1).strip();
                    }
                }
            }
        }
        return null;
    }

    static Reply to(Scene scene, String question) {
        if (SELF.matcher(question).matches()) {
            return Reply.say(
                    "They ask about me.",
                    Mind.WHO + ". I keep facts about you in memory blocks, search our past and answer from it.");
        }
        if (ALL.matcher(question).matches()) {
            List<String> lines = userLines(scene);
            if (!lines.isEmpty()) {
                return Reply.say(
                        "My memory blocks hold this.",
                        "This is what I know about you: " + String.join("; ", lines) + ".");
            }
        }
        String known = fromBlocks(scene, question);
        if (known != null) {
            return Reply.say("The answer is in my memory blocks.", known);
        }
        if (!PERSONAL.matcher(question).matches()) {
            return Reply.say("This is not about us.", "I cannot answer that. " + Mind.WHO + ".");
        }
        return searched(scene, question);
    }

    private static @Nullable String fromBlocks(Scene scene, String question) {
        String asked = question.toLowerCase(Locale.ROOT);
        List<String> lines = userLines(scene);
        List<String> said = new ArrayList<>();
        boolean namePart = MY_NAME.matcher(question).matches();
        String name = namePart ? name(scene, List.of()) : null;
        for (String line : lines) {
            boolean fits = (asked.contains("where")
                            && asked.matches("(?s).*\\b(?:live|living|home|reside)\\b.*")
                            && line.startsWith("Lives in "))
                    || (asked.contains("from") && line.startsWith("Comes from "))
                    || (asked.matches("(?s).*\\b(?:work|job|living)\\b.*")
                            && (line.startsWith("Works ") || line.startsWith("Is a")))
                    || (asked.matches("(?s).*\\b(?:do i|what i) (?:like|love|enjoy|prefer)\\b.*")
                            && line.matches("(?:Like|Love|Enjoy|Prefer|Adore)s .*"))
                    || (asked.matches("(?s).*\\b(?:do i|what i) (?:hate|dislike)\\b.*")
                            && line.matches("(?:Hate|Dislike)s .*"));
            if (fits) {
                said.add(secondPerson(line));
            }
        }
        String others = said.isEmpty() ? "" : "You " + String.join(", and you ", said) + ".";
        if (name != null) {
            return ("Your name is " + name + ". " + others).strip();
        }
        if (!others.isEmpty()) {
            return others;
        }
        if (namePart) {
            return null;
        }
        String best = best(lines, words(question));
        return best == null ? null : colon(best);
    }

    private static Reply searched(Scene scene, String question) {
        Set<String> words = words(question);
        String query = words.isEmpty() ? question.replaceAll("[?!.]+$", "") : String.join(" ", words);
        for (String tool : List.of("conversation_search", "archival_memory_search")) {
            if (scene.offers(tool) && !scene.called(tool)) {
                return Reply.call(
                        "This is not in my memory blocks, so I search.",
                        tool,
                        Json.object().put("query", query));
            }
            for (Scene.Done done : scene.done()) {
                String found = done.call().name().equals(tool) ? best(results(done.text(), scene.user()), words) : null;
                if (found != null) {
                    String where = tool.startsWith("archival") ? "my archival memory" : "our conversation";
                    return Reply.say("The search found it.", "I found this in " + where + ": “" + found + "”");
                }
            }
        }
        String looked = scene.done().isEmpty() ? "" : " I searched and found nothing.";
        return Reply.say("I do not know.", "I do not know that yet." + looked + " Tell me and I will remember it.");
    }

    /** Texts found by a search tool, without the question itself and without questions asked before. */
    private static List<String> results(String text, String user) {
        List<String> found = new ArrayList<>();
        try {
            JsonNode tree = Json.parse(text);
            JsonNode list = tree.isArray() ? tree : tree.path("results");
            for (JsonNode each : list) {
                found.add(each.path("content").asText());
            }
        } catch (JsonProcessingException e) {
            // the archival tool answers in Python's notation
            for (Matcher matcher = LISTED_CONTENT.matcher(text); matcher.find(); ) {
                String content = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
                found.add(content.replaceAll("\\\\(.)", "$1"));
            }
        }
        found.removeIf(each -> each.isBlank()
                || each.strip().equals(user.strip())
                || each.strip().endsWith("?"));
        return found;
    }

    private static List<String> userLines(Scene scene) {
        List<String> lines = new ArrayList<>();
        for (Scene.Block block : scene.blocks()) {
            if (!block.label().contains("persona")) {
                block.lines().stream()
                        .filter(line -> !Mind.PLACEHOLDER.matcher(line).matches())
                        .forEach(line -> lines.add(line.replaceFirst("^[-*] ", "")));
            }
        }
        return lines;
    }

    /** The first line with the most of these words; null: no line has any. */
    private static @Nullable String best(List<String> lines, Set<String> words) {
        String best = null;
        long most = 0;
        for (String line : lines) {
            Set<String> has = words(line);
            long hits = words.stream()
                    .filter(word -> has.stream().anyMatch(other -> alike(word, other)))
                    .count();
            if (hits > most) {
                most = hits;
                best = line;
            }
        }
        // a search without telling words trusts the search
        return best == null && words.isEmpty() && !lines.isEmpty() ? lines.getFirst() : best;
    }

    private static boolean alike(String a, String b) {
        int n = Math.min(a.length(), b.length());
        return a.equals(b) || (n >= 4 && Math.abs(a.length() - b.length()) <= 3 && a.regionMatches(0, b, 0, n));
    }

    static Set<String> words(String text) {
        Set<String> words = new LinkedHashSet<>(Arrays.asList(
                text.toLowerCase(Locale.ROOT).replaceAll("['’]s\\b", "").split("[^\\p{L}\\p{N}]+")));
        words.removeIf(word -> word.isEmpty() || EMPTY.contains(word));
        return words;
    }

    private static String secondPerson(String line) {
        return line.startsWith("Is ")
                ? "are " + line.substring(3)
                : line.replaceFirst("^(\\p{L}+?)s ", "$1 ").substring(0, 1).toLowerCase(Locale.ROOT)
                        + line.replaceFirst("^(\\p{L}+?)s ", "$1 ").substring(1);
    }

    private static String colon(String line) {
        int at = line.indexOf(": ");
        return at > 0 && at < 40
                ? "Your " + line.substring(0, at).toLowerCase(Locale.ROOT) + " is "
                        + line.substring(at + 2).replaceAll("\\.$", "") + "."
                : "I remember: " + line + (line.endsWith(".") ? "" : ".");
    }
}
