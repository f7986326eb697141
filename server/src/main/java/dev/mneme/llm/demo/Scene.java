package dev.mneme.llm.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the demo model sees: the blocks in the prompt, what the user said last, what was done about it since, the tools.
 *
 * @param done the calls of this turn with their returns, in order
 */
record Scene(String user, List<Block> blocks, List<Done> done, Map<String, ToolSpec> tools) {
    record Block(String label, boolean readOnly, String value) {
        List<String> lines() {
            return value.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    record Done(ToolCall call, @Nullable ToolReturn back) {
        boolean failed() {
            return back != null && !back.ok();
        }

        String text() {
            return back == null ? "" : back.text();
        }
    }

    private static final Pattern BLOCK =
            Pattern.compile("(?s)<([\\w./-]+)>\\s*<description>.*?</description>\\s*<metadata>(.*?)</metadata>\\s*"
                    + "(?:<warning>.*?</warning>\\s*)?<value>\\n?(.*?)\\n?</value>\\s*</\\1>");

    /** Characters of a message that the rules look at, so that a pasted book costs no more than a letter. */
    private static final int LONGEST_HEARD = 4_000;

    private static final Pattern LINE_NUMBER = Pattern.compile("(?m)^\\d+→ ?");

    static Scene of(ModelRequest request) {
        List<Message> history = request.history();
        String user = "";
        int at = history.size() - 1;
        for (; at >= 0; at--) {
            Message message = history.get(at);
            String said = message.role() == Role.USER ? spoken(message.text()) : null;
            if (said != null) {
                user = said;
                break;
            }
        }
        Map<String, ToolReturn> returns = new LinkedHashMap<>();
        List<ToolCall> calls = new ArrayList<>();
        for (Message message : history.subList(at + 1, history.size())) {
            if (message.role() != Role.TOOL) {
                calls.addAll(message.toolCalls()); // a tool row names the calls that it answers
            }
            message.toolReturns().forEach(back -> returns.put(back.toolCallId(), back));
        }
        List<Done> done = new ArrayList<>();
        calls.forEach(call -> done.add(new Done(call, returns.get(call.id()))));
        Map<String, ToolSpec> tools = new LinkedHashMap<>();
        request.tools().forEach(tool -> tools.put(tool.name(), tool));
        String heard = user.strip();
        return new Scene(
                heard.length() <= LONGEST_HEARD ? heard : heard.substring(0, LONGEST_HEARD),
                blocks(request.system()),
                done,
                tools);
    }

    boolean offers(String tool) {
        return tools.containsKey(tool);
    }

    boolean called(String tool) {
        return done.stream().anyMatch(each -> each.call().name().equals(tool));
    }

    /** The block for facts about the user; null: there is none that may be written. */
    @Nullable
    Block home() {
        for (String label : List.of("human", "user")) {
            for (Block block : blocks) {
                if (block.label().equals(label) && !block.readOnly()) {
                    return block;
                }
            }
        }
        for (Block block : blocks) {
            if (!block.readOnly() && !block.label().contains("persona")) {
                return block;
            }
        }
        return null;
    }

    private static List<Block> blocks(String system) {
        int from = system.indexOf("<memory_blocks>");
        if (from < 0) {
            return List.of();
        }
        int to = system.indexOf("</memory_blocks>", from);
        Matcher matcher = BLOCK.matcher(system).region(from, to < 0 ? system.length() : to);
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            String value = LINE_NUMBER.matcher(matcher.group(3)).replaceAll("");
            blocks.add(new Block(matcher.group(1), matcher.group(2).contains("read_only=true"), value));
        }
        return blocks;
    }

    /** What a person said in this text; null: a program wrote it (a heartbeat, a login, an alert). */
    private static @Nullable String spoken(String text) {
        String trimmed = text.strip();
        if (trimmed.startsWith("<system")) {
            return null;
        }
        if (!trimmed.startsWith("{")) {
            return trimmed;
        }
        try {
            JsonNode tree = Json.parse(trimmed);
            if (!tree.path("type").isTextual()) {
                return trimmed;
            }
            return tree.path("type").asText().equals("user_message")
                    ? tree.path("message").asText()
                    : null;
        } catch (JsonProcessingException e) {
            return trimmed; // a person may well write a brace
        }
    }
}
