package dev.mneme.agent;

import dev.mneme.base.Problem;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Names of agents: what is allowed, and one to begin with (contract 01 §4.6). Names are not unique. */
final class AgentNames {
    /** Characters. Names are shown in lists and used in file names. */
    static final int LONGEST = 500;

    private static final Pattern ALLOWED = Pattern.compile("[\\w '\\-]*", Pattern.UNICODE_CHARACTER_CLASS);

    private static final List<String> ADJECTIVES = List.of(
            "Amber", "Brave", "Bright", "Calm", "Candid", "Clever", "Copper", "Crisp", "Curious", "Deft", "Eager",
            "Early", "Fair", "Fleet", "Fond", "Frank", "Gentle", "Glad", "Golden", "Hardy", "Hazel", "Honest", "Humble",
            "Jolly", "Keen", "Kind", "Lively", "Lucid", "Lucky", "Mellow", "Merry", "Mild", "Modest", "Nimble", "Noble",
            "Patient", "Plucky", "Polite", "Prompt", "Proud", "Quick", "Quiet", "Ready", "Rosy", "Rustic", "Sharp",
            "Silver", "Sincere", "Snug", "Solid", "Spry", "Steady", "Still", "Sunny", "Swift", "Tidy", "True", "Vivid",
            "Warm", "Wise", "Witty", "Young", "Zesty");

    private static final List<String> NOUNS = List.of(
            "Alder", "Anchor", "Badger", "Beacon", "Birch", "Brook", "Cedar", "Clover", "Comet", "Compass", "Coral",
            "Crane", "Dolphin", "Dune", "Ember", "Falcon", "Fern", "Finch", "Fjord", "Forest", "Fox", "Glacier",
            "Harbor", "Hare", "Heron", "Island", "Ivy", "Juniper", "Kestrel", "Lantern", "Lark", "Lemur", "Lynx",
            "Maple", "Marten", "Meadow", "Moss", "Nutmeg", "Oak", "Orchard", "Osprey", "Otter", "Panda", "Pebble",
            "Pine", "Plover", "Prairie", "Quartz", "Raven", "Reed", "River", "Robin", "Saffron", "Sparrow", "Spruce",
            "Stork", "Summit", "Swallow", "Thistle", "Tiger", "Valley", "Walnut", "Willow", "Wren");

    private AgentNames() {}

    /** Two words in one, such as BrightOtter. */
    static String random(RandomGenerator random) {
        return ADJECTIVES.get(random.nextInt(ADJECTIVES.size())) + NOUNS.get(random.nextInt(NOUNS.size()));
    }

    /** The name, or 422. */
    static String checked(String name) {
        bounded(name);
        if (!ALLOWED.matcher(name).matches()) {
            throw Problem.unprocessable("Agent name '" + name
                    + "' contains invalid characters. Use letters of any language, digits, spaces, hyphens, underscores and"
                    + " apostrophes, but none that file systems dislike, like / \\ : * ? \" < > |");
        }
        return name;
    }

    /** The name, or 422 for its length alone: a change may bring characters that a new agent may not have (contract 01 §5). */
    static String bounded(String name) {
        if (name.length() > LONGEST) {
            throw Problem.unprocessable(
                    "Agent names have at most " + LONGEST + " characters; this one has " + name.length() + ".");
        }
        return name;
    }
}
