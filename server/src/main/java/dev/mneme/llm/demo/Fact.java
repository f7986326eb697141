package dev.mneme.llm.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something that the user said of themselves, as a line for a memory block.
 *
 * @param line the whole line: {@code Name: Ada}, {@code Lives in Paris}
 * @param key start of the line under which only one value is true, so that a new value replaces the old; null: values add up
 * @param note asked to be remembered and of no known kind
 */
record Fact(String line, @Nullable String key, boolean note) {
    /** Characters; a longer fact is cut, memory blocks are not for essays. */
    private static final int LONGEST = 200;

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    /** What ends a value: the end of the sentence, or the start of another statement. */
    private static final String END =
            "(?=\\s*(?:[.!?;\\n]|$|,? (?:and|but|so|because|since) (?:i|i'm|my|we|please|he|she|it)\\b|, (?:i|i'm|my|please)\\b))";

    private static final Pattern NAME = Pattern.compile(
            "\\b(?:my name is|my name's|my name has changed to|i am called|i'm called|i go by|call me|people call me)"
                    + "\\s+(?:now )?([\\p{L}][\\p{L}'-]*)((?-i:(?: \\p{Lu}[\\p{L}'.-]*){0,3}))",
            FLAGS);
    private static final Pattern I_AM = Pattern.compile(
            "(?:^|[.!,;] ?|\\b(?:hi|hello|hey)[,!]? )(?:i am|i'm|this is)\\s+((?-i:\\p{Lu}[\\p{Ll}'-]+(?: \\p{Lu}[\\p{L}'-]+)*))\\b(?=\\s*(?:[.!,;]|$| and\\b))",
            FLAGS);
    private static final Pattern LIVES = Pattern.compile(
            "\\bi(?:'ve| have)?(?: am| just| now| currently| recently)* (?:live|living|reside|moved|relocated) (?:now )?(?:in|to|at|near) (.+?)"
                    + END,
            FLAGS);
    private static final Pattern FROM =
            Pattern.compile("\\b(?:i am|i'm|i come) (?:originally )?from (.+?)" + END, FLAGS);
    private static final Pattern WORKS =
            Pattern.compile("\\bi (?:now |currently )?work (?:now )?(?:at|for) (.+?)" + END, FLAGS);
    private static final Pattern JOB = Pattern.compile("\\bi (?:now |currently )?work as (an? .+?)" + END, FLAGS);
    private static final Pattern IS_A = Pattern.compile("\\b(?:i am|i'm) (an? [\\p{L}][\\p{L} -]{2,60}?)" + END, FLAGS);
    private static final Pattern FEELS = Pattern.compile(
            "\\bi (?:really |also |do |absolutely |still |now )*(like|love|enjoy|adore|prefer|hate|dislike) (?!to know\\b|you to\\b)(.+?)"
                    + END,
            FLAGS);
    private static final Pattern MY = Pattern.compile(
            "\\bmy ((?:favou?rite )?[\\p{L}]+(?:['’]s)?(?: [\\p{L}]+)?) (?:is|are|is called|is named|are called) (?:now |called |named )?(.+?)"
                    + END,
            FLAGS);
    private static final Pattern HAVE = Pattern.compile(
            "\\bi (?:also |now )?have ((?:an?|one|two|three|four|five|\\d+) [\\p{L} ]{2,40}?(?: (?:named|called) .+?)?)"
                    + END,
            FLAGS);
    private static final Pattern REMEMBER = Pattern.compile(
            "\\b(?:remember|note|memori[sz]e|don't forget|do not forget|keep in mind|save)(?: that| this| down)?[:,]? (.+?)(?=[.!]?\\s*$|[.!] )",
            FLAGS);
    private static final Pattern QUESTION = Pattern.compile(
            "^(?:and |so |but |please |hey |hi |ok |now )*(?:what|what's|where|who|whose|when|which|why|how|do|does|did|can|could|would|will|is|are|am|was|were|have|has|tell me)\\b.*",
            FLAGS | Pattern.DOTALL);

    /** Words after "I am" that are no name. */
    private static final Set<String> NO_NAMES =
            Set.of("Sorry", "Fine", "Good", "Happy", "Sure", "Not", "Here", "Back", "Ok", "Okay", "So");

    /** Whether a sentence asks instead of telling. */
    static boolean asks(String sentence) {
        String text = sentence.strip();
        return text.endsWith("?") || QUESTION.matcher(text).matches();
    }

    /** All facts in the text, in order of kind; each line once. */
    static List<Fact> in(String text) {
        Map<String, Fact> found = new LinkedHashMap<>();
        for (String sentence : sentences(text)) {
            if (!asks(sentence) || REMEMBER.matcher(sentence).find()) {
                statement(sentence, found);
            }
        }
        return new ArrayList<>(found.values());
    }

    /** Sentences with their end marks; a point inside a number, an address or a name ends nothing. */
    static List<String> sentences(String text) {
        return List.of(text.split("(?<=[.!?])\\s+|\\n+")).stream()
                .filter(sentence -> !sentence.isBlank())
                .toList();
    }

    private static void statement(String sentence, Map<String, Fact> found) {
        int before = found.size();
        Matcher name = NAME.matcher(sentence);
        if (name.find()) {
            add(found, "Name: ", title(name.group(1)) + name.group(2), "Name: ");
        } else {
            Matcher iAm = I_AM.matcher(sentence);
            if (iAm.find() && !NO_NAMES.contains(iAm.group(1).split(" ")[0])) {
                add(found, "Name: ", iAm.group(1), "Name: ");
            }
        }
        each(LIVES, sentence, found, "Lives in ", "Lives in ");
        each(FROM, sentence, found, "Comes from ", "Comes from ");
        each(WORKS, sentence, found, "Works at ", "Works at ");
        each(JOB, sentence, found, "Works as ", "Works as ");
        each(IS_A, sentence, found, "Is ", null);
        for (Matcher feels = FEELS.matcher(sentence); feels.find(); ) {
            String verb = feels.group(1).toLowerCase(Locale.ROOT);
            add(found, title(verb) + "s ", feels.group(2), null);
        }
        for (Matcher my = MY.matcher(sentence); my.find(); ) {
            String key = my.group(1).toLowerCase(Locale.ROOT);
            if (!key.equals("name")) {
                add(found, title(key) + ": ", my.group(2), title(key) + ": ");
            }
        }
        each(HAVE, sentence, found, "Has ", null);
        if (found.size() == before) {
            Matcher remember = REMEMBER.matcher(sentence);
            if (remember.find() && !asks(sentence) && !remember.group(1).strip().equalsIgnoreCase("me")) {
                String line = cut(remember.group(1));
                found.putIfAbsent(line, new Fact(line, null, true));
            }
        }
    }

    private static void each(
            Pattern pattern, String sentence, Map<String, Fact> found, String start, @Nullable String key) {
        for (Matcher matcher = pattern.matcher(sentence); matcher.find(); ) {
            add(found, start, matcher.group(1), key);
        }
    }

    private static void add(Map<String, Fact> found, String start, String value, @Nullable String key) {
        String clean = value.strip().replaceAll("[,\\s]+$", "").replaceAll(" (?:now|too|as well|very much|a lot)$", "");
        if (!clean.isEmpty()) {
            String line = cut(start + clean);
            found.putIfAbsent(line, new Fact(line, key, false));
        }
    }

    private static String cut(String text) {
        String line = text.strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST).strip() + "…";
    }

    static String title(String word) {
        return word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
