package dev.mneme.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@code @script} that a test writes into the last user message, one command a line:
 *
 * <pre>
 * &#64;think TEXT        reasoning of the next step
 * &#64;call NAME {json}  one step: a tool call
 * &#64;also NAME {json}  a parallel call in the same step
 * &#64;say TEXT          one step: text (through send_message where that tool is offered)
 * &#64;long N            one step: N words
 * &#64;fail CODE TIMES   the next step answers that status TIMES times (default 1), then goes on
 * &#64;sleep MS          wait before the next step
 * &#64;cut &#64;garbage &#64;empty &#64;silent &#64;stalled &#64;unfinished    the next step goes wrong in that way
 * </pre>
 *
 * Which step is due follows from the assistant messages after that user message. Without a script: {@code echo: <text>}.
 */
final class FakeScript {
    private static final String START = "@script";

    /** One message of a request: its role and plain text. */
    record Said(String role, String text) {}

    private final Map<String, Integer> failed = new ConcurrentHashMap<>();

    FakeStep decide(String language, List<Said> messages, Map<String, JsonNode> tools) {
        int last = -1;
        String text = "";
        for (int i = messages.size() - 1; i >= 0 && last < 0; i--) {
            String spoken = messages.get(i).role().equals("user")
                    ? spoken(messages.get(i).text())
                    : null;
            if (spoken != null) {
                last = i;
                text = spoken;
            }
        }
        int index = 0;
        for (Said said : messages.subList(last + 1, messages.size())) {
            index += said.role().equals("assistant") ? 1 : 0;
        }
        FakeStep step;
        if (text.startsWith(START)) {
            List<FakeStep> steps = parse(text);
            step = index < steps.size() ? steps.get(index) : FakeStep.say("done");
            step = filled(step, tools, index + 1 < steps.size());
        } else {
            step = FakeStep.say("echo: " + (text.length() > 200 ? text.substring(0, 200) : text));
        }
        if (tools.containsKey("send_message")
                && !step.say().isEmpty()
                && step.calls().isEmpty()) {
            String arguments = Json.object().put("message", step.say()).toString();
            step = filled(
                    FakeStep.call("send_message", arguments)
                            .thinking(step.think())
                            .with(step.trick()),
                    tools,
                    false);
        }
        return step.failCode() == 0 ? step : maybeFail(step, language + text + index);
    }

    void clear() {
        failed.clear();
    }

    /** The header x-times of a failing step says how often it fails. */
    private FakeStep maybeFail(FakeStep step, String key) {
        int times = Integer.parseInt(step.headers().getOrDefault("x-times", "1"));
        int before = failed.merge(key, 1, Integer::sum) - 1;
        return before < times ? step : step.failing(0);
    }

    private static @Nullable String spoken(String text) {
        String trimmed = text.strip();
        if (trimmed.startsWith("{")) {
            try {
                JsonNode tree = Json.parse(trimmed);
                if (tree.path("type").isTextual()) {
                    return tree.path("type").asText().equals("user_message")
                            ? tree.path("message").asText()
                            : null;
                }
            } catch (JsonProcessingException e) {
                return trimmed;
            }
        }
        return trimmed.startsWith("<system") || trimmed.startsWith("<event>") ? null : trimmed;
    }

    private static List<FakeStep> parse(String script) {
        List<FakeStep> steps = new ArrayList<>();
        FakeStep next = FakeStep.say("");
        for (String raw : script.split("\n")) {
            String[] words = raw.strip().split("\\s+", 3);
            String first = words.length > 1 ? words[1] : "";
            String rest = raw.strip().substring(words[0].length()).strip();
            String json = words.length > 2 ? words[2] : "{}";
            switch (words[0]) {
                case "@think" -> next = next.thinking(rest);
                case "@sleep" -> next = next.after(Long.parseLong(first));
                case "@fail" ->
                    next = next.failing(Integer.parseInt(first)).header("x-times", words.length > 2 ? words[2] : "1");
                case "@cut", "@garbage", "@empty", "@silent", "@stalled", "@unfinished" ->
                    next = next.with(
                            FakeStep.Trick.valueOf(words[0].substring(1).toUpperCase(java.util.Locale.ROOT)));
                case "@call" -> {
                    steps.add(next.also(first, json));
                    next = FakeStep.say("");
                }
                case "@also" -> steps.set(steps.size() - 1, steps.getLast().also(first, json));
                case "@say" -> {
                    steps.add(next.saying(rest));
                    next = FakeStep.say("");
                }
                case "@long" -> {
                    StringBuilder words2 = new StringBuilder();
                    for (int i = 0; i < Integer.parseInt(first); i++) {
                        words2.append("word").append(i).append(' ');
                    }
                    steps.add(next.saying(words2.toString()));
                    next = FakeStep.say("");
                }
                default -> {
                    // the head line, and whatever is no command
                }
            }
        }
        return steps;
    }

    /** Adds what schemas ask for besides: a heartbeat, inner thoughts. */
    private static FakeStep filled(FakeStep step, Map<String, JsonNode> tools, boolean more) {
        FakeStep out = new FakeStep(
                step.think(),
                step.say(),
                List.of(),
                step.failCode(),
                step.failBody(),
                step.headers(),
                step.sleepMillis(),
                step.chunkMillis(),
                step.trick());
        for (FakeStep.Call call : step.calls()) {
            String arguments = call.arguments();
            JsonNode properties =
                    tools.containsKey(call.name()) ? tools.get(call.name()).path("properties") : Json.object();
            try {
                if (Json.parse(arguments) instanceof com.fasterxml.jackson.databind.node.ObjectNode object) {
                    if (properties.has("request_heartbeat") && !object.has("request_heartbeat")) {
                        object.put("request_heartbeat", more);
                    }
                    for (String thought : List.of("thinking", "inner_thoughts")) {
                        if (properties.has(thought) && !object.has(thought)) {
                            object.put(thought, "I follow the script.");
                        }
                    }
                    arguments = object.toString();
                }
            } catch (JsonProcessingException e) {
                // broken on purpose: sent as it stands
            }
            out = out.also(call.name(), arguments);
        }
        return out;
    }
}
