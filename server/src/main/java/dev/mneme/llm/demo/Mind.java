package dev.mneme.llm.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.ToolSpec;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the demo model: keep what the user tells of themselves, look up what they ask, say so. Pure.
 *
 * <p>One step at a time: the loop calls again after each tool, with the return in the history.
 */
final class Mind {
    static final String WHO = "I am the demo model of Mneme: I answer by fixed rules, without a language model";

    private static final Pattern GREETING = Pattern.compile(
            "(?i)^(?:hi|hello|hey|hallo|bonjour|good (?:morning|day|evening|afternoon))\\b.*", Pattern.DOTALL);

    /** Writing tools; a fact is written once whatever they answer. */
    private static final Set<String> WRITERS = Set.of(
            "memory_insert", "memory_replace", "core_memory_append", "core_memory_replace", "archival_memory_insert");

    /** A line that says that nothing is known yet: the first fact takes its place. */
    static final Pattern PLACEHOLDER = Pattern.compile(
            "(?i)(?:i know )?nothing (?:is known )?(?:about (?:this|the) (?:person|user|human))?(?: is known)?(?: yet)?\\.?");

    private Mind() {}

    static Reply reply(Scene scene) {
        ToolSpec named = namedTool(scene);
        if (named != null && !scene.called(named.name())) {
            return Reply.call(
                    "The user names the tool " + named.name() + ", so I call it.",
                    named.name(),
                    arguments(named, scene.user()));
        }
        List<Fact> facts = Fact.in(scene.user());
        for (Fact fact : facts) {
            Reply write = known(scene, fact) || attempted(scene, fact) ? null : write(scene, fact);
            if (write != null) {
                return write;
            }
        }
        if (named != null) {
            Scene.Done last = scene.done().getLast();
            return Reply.say(
                    "The tool has answered.",
                    (last.failed() ? "The tool " + named.name() + " failed: " : named.name() + " answered: ")
                            + last.text());
        }
        List<String> questions =
                Fact.sentences(scene.user()).stream().filter(Fact::asks).toList();
        if (!questions.isEmpty() && (facts.isEmpty() || scene.user().strip().endsWith("?"))) {
            return Answers.to(scene, questions.getLast());
        }
        return facts.isEmpty() ? smallTalk(scene) : confirm(scene, facts);
    }

    private static boolean known(Scene scene, Fact fact) {
        return scene.blocks().stream()
                .anyMatch(block -> block.lines().stream()
                        .anyMatch(line -> line.replaceFirst("^[-*] ", "").equalsIgnoreCase(fact.line())));
    }

    /** Whether this turn has tried to write the fact already: nothing is tried twice. */
    private static boolean attempted(Scene scene, Fact fact) {
        String text = Json.write(fact.line());
        return scene.done().stream()
                .anyMatch(done -> WRITERS.contains(done.call().name())
                        && done.call().arguments().contains(text));
    }

    /** The call that stores a fact; null: no tool or no block for it. */
    private static @Nullable Reply write(Scene scene, Fact fact) {
        if (fact.note() && scene.offers("archival_memory_insert")) {
            ObjectNode arguments = Json.object().put("content", fact.line());
            return Reply.call(
                    "The user wants this kept, so I put it into archival memory.", "archival_memory_insert", arguments);
        }
        Scene.Block home = scene.home();
        if (home == null) {
            return scene.offers("archival_memory_insert")
                    ? Reply.call(
                            "No block is open for writing, so I use archival memory.",
                            "archival_memory_insert",
                            Json.object().put("content", fact.line()))
                    : null;
        }
        String blank = home.lines().stream()
                .filter(line -> PLACEHOLDER.matcher(line).matches())
                .findFirst()
                .orElse(null);
        String old = fact.key() == null || blank != null ? blank : oldLine(home, fact.key());
        String changed = "This replaces what I knew: " + old + ".";
        String added = "This is worth remembering: " + fact.line() + ".";
        if (old != null && scene.offers("memory_replace")) {
            return Reply.call(
                    changed,
                    "memory_replace",
                    Json.object()
                            .put("label", home.label())
                            .put("old_string", old)
                            .put("new_string", fact.line()));
        }
        if (old != null && scene.offers("core_memory_replace")) {
            return Reply.call(
                    changed,
                    "core_memory_replace",
                    Json.object()
                            .put("label", home.label())
                            .put("old_content", old)
                            .put("new_content", fact.line()));
        }
        if (scene.offers("memory_insert")) {
            return Reply.call(
                    added,
                    "memory_insert",
                    Json.object().put("label", home.label()).put("new_string", fact.line()));
        }
        if (scene.offers("core_memory_append")) {
            return Reply.call(
                    added,
                    "core_memory_append",
                    Json.object().put("label", home.label()).put("content", fact.line()));
        }
        return null;
    }

    private static @Nullable String oldLine(Scene.Block block, String key) {
        for (String line : block.lines()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(key.toLowerCase(Locale.ROOT))) {
                return line;
            }
        }
        return null;
    }

    private static Reply confirm(Scene scene, List<Fact> facts) {
        List<String> lines = facts.stream().map(Fact::line).toList();
        String listed = String.join("; ", lines);
        for (Scene.Done done : scene.done()) {
            if (done.failed() && WRITERS.contains(done.call().name())) {
                return Reply.say("A memory tool refused.", "I could not store that: " + done.text());
            }
        }
        boolean written = facts.stream().anyMatch(fact -> attempted(scene, fact));
        if (!written && facts.stream().allMatch(fact -> known(scene, fact))) {
            return Reply.say("That is in my memory already.", "I know that already: " + listed + ".");
        }
        if (!written) {
            return Reply.say(
                    "I have no tool to write memory with.",
                    "I heard that (" + listed + "), but I have no memory tool to keep it.");
        }
        String name = Answers.name(scene, facts);
        boolean greets =
                GREETING.matcher(scene.user()).matches() || lines.stream().anyMatch(line -> line.startsWith("Name: "));
        String opening = greets && name != null ? "Nice to meet you, " + name + "! " : "";
        return Reply.say("It is stored, so I can answer.", opening + "I will remember: " + listed + ".");
    }

    private static Reply smallTalk(Scene scene) {
        String name = Answers.name(scene, List.of());
        if (scene.user().isEmpty() || GREETING.matcher(scene.user()).matches()) {
            return Reply.say(
                    "A greeting.",
                    "Hello" + (name == null ? "" : ", " + name) + "! " + WHO
                            + ". Tell me something about yourself, then ask me about it.");
        }
        if (scene.user().toLowerCase(Locale.ROOT).startsWith("thank")) {
            return Reply.say("Thanks.", "You are welcome" + (name == null ? "" : ", " + name) + ".");
        }
        String heard = scene.user().length() > 120 ? scene.user().substring(0, 120) + "…" : scene.user();
        return Reply.say(
                "Nothing to store, nothing to look up.",
                WHO + ". I heard: “" + heard
                        + "”. I found no fact about you in it to keep; try “my name is …” or “remember that …”.");
    }

    /** A tool that the user names by its exact name, other than the ones used by the rules above. */
    private static @Nullable ToolSpec namedTool(Scene scene) {
        for (ToolSpec tool : scene.tools().values()) {
            String name = tool.name();
            boolean own = WRITERS.contains(name)
                    || name.equals("send_message")
                    || name.equals("conversation_search")
                    || name.equals("archival_memory_search");
            int at = own || name.length() < 3 ? -1 : scene.user().indexOf(name);
            if (at >= 0 && edge(scene.user(), at - 1) && edge(scene.user(), at + name.length())) {
                return tool;
            }
        }
        return null;
    }

    private static boolean edge(String text, int at) {
        return at < 0 || at >= text.length() || !(Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
    }

    /** A JSON object in the user's words, else what the schema requires. */
    private static ObjectNode arguments(ToolSpec tool, String text) {
        int open = text.indexOf('{');
        int close = text.lastIndexOf('}');
        if (open >= 0 && close > open) {
            try {
                if (Json.parse(text.substring(open, close + 1)) instanceof ObjectNode object) {
                    return object;
                }
            } catch (JsonProcessingException e) {
                // no JSON after all: the schema says what is needed
            }
        }
        return Obedience.filled(tool, text);
    }
}
