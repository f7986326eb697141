package dev.mneme.llm.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.LiveModels;
import dev.mneme.llm.LlmOptions;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A conversation with the demo model: a tiny agent with real block edits and a search over what was said. */
final class DemoChat {
    final Map<String, String> blocks = new LinkedHashMap<>();
    final List<Message> history = new ArrayList<>();
    final List<String> archive = new ArrayList<>();
    final List<ToolCall> calls = new ArrayList<>();
    final List<ModelEvent> events = new ArrayList<>();
    private final Models models = new LiveModels(LlmOptions.none());
    private final List<ToolSpec> tools = new ArrayList<>();
    private final List<String> past = new ArrayList<>();
    ModelRequest.ToolChoice choice = ModelRequest.ToolChoice.AUTO;
    boolean stream;

    DemoChat(String... toolNames) {
        blocks.put("human", "");
        blocks.put("persona", "I am a kind agent.");
        for (String name : toolNames) {
            tool(name, "{\"type\":\"object\",\"properties\":{},\"required\":[]}");
        }
    }

    static DemoChat usual() {
        return new DemoChat("conversation_search", "memory_insert", "memory_replace");
    }

    void tool(String name, String schema) {
        tools.add(new ToolSpec(name, "A tool.", Json.read(schema, JsonNode.class)));
    }

    /** Forgets the context but not the blocks and the searchable past. */
    void forget() {
        history.clear();
    }

    /** Says something; the final text comes back. */
    String say(String text) {
        add(Role.USER, text, List.of(), List.of());
        for (int step = 0; step < 10; step++) {
            ModelEvent.Done done = call();
            String said = "";
            for (Content part : done.content()) {
                said += part instanceof Content.Text t ? t.text() : "";
            }
            add(Role.ASSISTANT, said, done.calls(), List.of());
            if (done.calls().isEmpty()) {
                past.add(text);
                return said;
            }
            List<ToolReturn> returns = new ArrayList<>();
            for (ToolCall call : done.calls()) {
                calls.add(call);
                ObjectNode arguments = Json.read(call.arguments(), ObjectNode.class);
                if (call.name().equals("send_message")) {
                    past.add(text);
                    return arguments.get("message").asText();
                }
                String failed = null;
                String back = "";
                try {
                    back = run(call.name(), arguments);
                } catch (IllegalArgumentException e) {
                    failed = e.getMessage();
                }
                returns.add(new ToolReturn(
                        call.id(), failed == null ? "success" : "error", failed == null ? back : failed, null, null));
            }
            add(Role.TOOL, "", List.of(), returns);
        }
        throw new AssertionError("no end after 10 steps: " + calls);
    }

    private ModelEvent.Done call() {
        ModelRequest request = new ModelRequest(
                models.resolve("demo/mneme-demo"),
                system(),
                history,
                tools,
                choice,
                false,
                stream,
                "agent-1",
                "user-1",
                "UTC");
        try (ModelStream answer = models.open(request)) {
            while (true) {
                ModelEvent event = answer.next();
                events.add(event);
                if (event instanceof ModelEvent.Done done) {
                    return done;
                }
            }
        }
    }

    private String run(String tool, ObjectNode arguments) {
        String label = arguments.path("label").asText();
        String old = blocks.getOrDefault(label, "");
        return switch (tool) {
            case "memory_insert" -> put(label, old + (old.isEmpty() ? "" : "\n") + text(arguments, "new_string"));
            case "core_memory_append" -> put(label, old + "\n" + text(arguments, "content"));
            case "memory_replace" -> replace(label, old, text(arguments, "old_string"), text(arguments, "new_string"));
            case "core_memory_replace" ->
                replace(label, old, text(arguments, "old_content"), text(arguments, "new_content"));
            case "archival_memory_insert" -> {
                archive.add(text(arguments, "content"));
                yield "None";
            }
            case "archival_memory_search" -> {
                String items = "";
                for (String each : archive) {
                    items += (items.isEmpty() ? "" : ", ") + "{'id': 'passage-1', 'content': '"
                            + each.replace("'", "\\'") + "', 'tags': []}";
                }
                yield "[" + items + "]";
            }
            case "conversation_search" -> {
                ObjectNode found = Json.object();
                for (String each : past) {
                    found.withArray("results").addObject().put("role", "user").put("content", each);
                }
                yield found.toString();
            }
            case "roll_dice" -> "4";
            default -> throw new IllegalArgumentException("no tool " + tool);
        };
    }

    private String put(String label, String value) {
        if (!blocks.containsKey(label)) {
            throw new IllegalArgumentException("no block " + label);
        }
        blocks.put(label, value);
        return value;
    }

    private String replace(String label, String value, String old, String fresh) {
        if (!value.contains(old)) {
            throw new IllegalArgumentException("no such text: " + old);
        }
        return put(label, value.replace(old, fresh));
    }

    private static String text(ObjectNode arguments, String name) {
        return arguments.required(name).asText();
    }

    private String system() {
        StringBuilder out = new StringBuilder("You are an agent.\n\n<memory_blocks>\nThese blocks are yours:\n\n");
        blocks.forEach((label, value) -> out.append("<" + label
                + ">\n<description>\nWhat it is for.\n</description>\n<metadata>\n- chars_current=" + value.length()
                + "\n- chars_limit=2000\n</metadata>\n<value>\n" + value + "\n</value>\n</" + label + ">\n\n"));
        return out + "</memory_blocks>\n\n<memory_metadata>\n</memory_metadata>";
    }

    private void add(Role role, String text, List<ToolCall> made, List<ToolReturn> returns) {
        List<Content> content = text.isEmpty() ? List.of() : List.of(new Content.Text(text));
        history.add(message(role, content, made, returns));
    }

    static Message message(Role role, List<Content> content, List<ToolCall> calls, List<ToolReturn> returns) {
        @Nullable String none = null;
        return new Message(
                "message-" + UUID.randomUUID(),
                "agent-1",
                none,
                role,
                content,
                calls,
                returns,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                none,
                false,
                null,
                1_700_000_000_000_000L);
    }
}
