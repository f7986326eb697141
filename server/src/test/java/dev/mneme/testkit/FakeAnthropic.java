package dev.mneme.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Messages. Thinking comes with the signature {@value #SIGNATURE}. */
final class FakeAnthropic implements FakeLanguage {
    static final String SIGNATURE = "c2lnbmF0dXJl";

    @Override
    public List<FakeScript.Said> messages(JsonNode body) {
        List<FakeScript.Said> all = new ArrayList<>();
        for (JsonNode message : body.path("messages")) {
            String role = message.path("role").asText();
            for (JsonNode part : message.path("content")) {
                role = part.path("type").asText().equals("tool_result") ? "tool" : role;
            }
            all.add(new FakeScript.Said(role, FakeLanguage.text(message.path("content"))));
        }
        return all;
    }

    @Override
    public Map<String, JsonNode> tools(JsonNode body) {
        Map<String, JsonNode> tools = new LinkedHashMap<>();
        for (JsonNode tool : body.path("tools")) {
            tools.put(tool.path("name").asText(), tool.path("input_schema"));
        }
        return tools;
    }

    @Override
    public String whole(JsonNode body, FakeStep step) {
        ObjectNode answer = message(body);
        if (!step.think().isEmpty()) {
            block(answer).put("type", "thinking").put("thinking", step.think()).put("signature", SIGNATURE);
        }
        if (!step.say().isEmpty()) {
            block(answer).put("type", "text").put("text", step.say());
        }
        for (FakeStep.Call call : step.calls()) {
            ObjectNode use =
                    block(answer).put("type", "tool_use").put("id", id()).put("name", call.name());
            use.set("input", json(call.arguments()));
        }
        answer.put("stop_reason", stop(step));
        answer.set("usage", usage(body, step));
        return answer.toString();
    }

    @Override
    public List<String> stream(JsonNode body, FakeStep step) {
        List<String> out = new ArrayList<>();
        ObjectNode message = message(body);
        message.set("usage", usage(body, FakeStep.say("")));
        ObjectNode first = Json.object().put("type", "message_start");
        first.set("message", message);
        out.add(event(first));
        int index = 0;
        if (!step.think().isEmpty()) {
            begin(
                    out,
                    index,
                    Json.object().put("type", "thinking").put("thinking", "").put("signature", ""));
            for (String word : FakeLanguage.words(step.think())) {
                delta(out, index, Json.object().put("type", "thinking_delta").put("thinking", word));
            }
            delta(out, index, Json.object().put("type", "signature_delta").put("signature", SIGNATURE));
            end(out, index++);
        }
        if (!step.say().isEmpty()) {
            begin(out, index, Json.object().put("type", "text").put("text", ""));
            for (String word : FakeLanguage.words(step.say())) {
                delta(out, index, Json.object().put("type", "text_delta").put("text", word));
            }
            end(out, index++);
        }
        for (FakeStep.Call call : step.calls()) {
            ObjectNode use =
                    Json.object().put("type", "tool_use").put("id", id()).put("name", call.name());
            use.putObject("input");
            begin(out, index, use);
            for (String piece : FakeLanguage.pieces(call.arguments())) {
                delta(out, index, Json.object().put("type", "input_json_delta").put("partial_json", piece));
            }
            end(out, index++);
        }
        ObjectNode last = Json.object().put("type", "message_delta");
        last.putObject("delta").put("stop_reason", stop(step));
        last.set("usage", Json.object().put("output_tokens", step.say().length() / 4 + 1));
        out.add(event(last));
        out.add(event(Json.object().put("type", "message_stop")));
        return out;
    }

    private static void begin(List<String> out, int index, ObjectNode block) {
        ObjectNode event = Json.object().put("type", "content_block_start").put("index", index);
        event.set("content_block", block);
        out.add(event(event));
    }

    private static void delta(List<String> out, int index, ObjectNode delta) {
        ObjectNode event = Json.object().put("type", "content_block_delta").put("index", index);
        event.set("delta", delta);
        out.add(event(event));
    }

    private static void end(List<String> out, int index) {
        out.add(event(Json.object().put("type", "content_block_stop").put("index", index)));
    }

    private static String event(ObjectNode event) {
        return "event: " + event.get("type").asText() + "\ndata: " + event + "\n\n";
    }

    private static ObjectNode message(JsonNode body) {
        ObjectNode message =
                Json.object().put("id", "msg_1").put("type", "message").put("role", "assistant");
        message.put("model", body.path("model").asText());
        message.putArray("content");
        message.putNull("stop_reason");
        return message;
    }

    private static ObjectNode block(ObjectNode message) {
        return message.withArray("content").addObject();
    }

    private static JsonNode json(String arguments) {
        try {
            return Json.parse(arguments);
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }

    private static ObjectNode usage(JsonNode body, FakeStep step) {
        return Json.object()
                .put("input_tokens", FakeLanguage.tokens(body))
                .put("output_tokens", step.say().length() / 4 + 1)
                .put("cache_read_input_tokens", 0)
                .put("cache_creation_input_tokens", 0);
    }

    private static String stop(FakeStep step) {
        if (step.trick() == FakeStep.Trick.TRUNCATED) {
            return "max_tokens";
        }
        return step.calls().isEmpty() ? "end_turn" : "tool_use";
    }

    private static String id() {
        return "toolu_" + UUID.randomUUID().toString().replace("-", "");
    }
}
