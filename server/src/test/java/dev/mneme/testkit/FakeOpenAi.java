package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Chat completions. */
final class FakeOpenAi implements FakeLanguage {
    @Override
    public List<FakeScript.Said> messages(JsonNode body) {
        List<FakeScript.Said> all = new ArrayList<>();
        for (JsonNode message : body.path("messages")) {
            all.add(new FakeScript.Said(message.path("role").asText(), FakeLanguage.text(message.path("content"))));
        }
        return all;
    }

    @Override
    public Map<String, JsonNode> tools(JsonNode body) {
        Map<String, JsonNode> tools = new LinkedHashMap<>();
        for (JsonNode tool : body.path("tools")) {
            tools.put(
                    tool.path("function").path("name").asText(),
                    tool.path("function").path("parameters"));
        }
        return tools;
    }

    @Override
    public String whole(JsonNode body, FakeStep step) {
        ObjectNode answer = head(body, "chat.completion");
        ObjectNode choice =
                answer.withArray("choices").addObject().put("index", 0).put("finish_reason", finish(step));
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.put("content", step.say().isEmpty() ? null : step.say());
        if (!step.think().isEmpty()) {
            message.put("reasoning_content", step.think());
        }
        for (FakeStep.Call call : step.calls()) {
            ObjectNode each =
                    message.withArray("tool_calls").addObject().put("id", id()).put("type", "function");
            each.putObject("function").put("name", call.name()).put("arguments", call.arguments());
        }
        answer.set("usage", usage(body, step));
        return answer.toString();
    }

    @Override
    public List<String> stream(JsonNode body, FakeStep step) {
        List<String> frames = new ArrayList<>();
        frames.add(chunk(body, Json.object().put("role", "assistant").put("content", ""), null));
        for (String word : FakeLanguage.words(step.think())) {
            frames.add(chunk(body, Json.object().put("reasoning_content", word), null));
        }
        for (String word : FakeLanguage.words(step.say())) {
            frames.add(chunk(body, Json.object().put("content", word), null));
        }
        int index = 0;
        for (FakeStep.Call call : step.calls()) {
            ObjectNode delta = Json.object();
            ObjectNode first = delta.withArray("tool_calls")
                    .addObject()
                    .put("index", index)
                    .put("id", id())
                    .put("type", "function");
            first.putObject("function").put("name", call.name()).put("arguments", "");
            frames.add(chunk(body, delta, null));
            for (String piece : FakeLanguage.pieces(call.arguments())) {
                ObjectNode more = Json.object();
                more.withArray("tool_calls")
                        .addObject()
                        .put("index", index)
                        .putObject("function")
                        .put("arguments", piece);
                frames.add(chunk(body, more, null));
            }
            index++;
        }
        frames.add(chunk(body, Json.object(), finish(step)));
        if (body.path("stream_options").path("include_usage").asBoolean()) {
            ObjectNode last = head(body, "chat.completion.chunk");
            last.putArray("choices");
            last.set("usage", usage(body, step));
            frames.add("data: " + last + "\n\n");
        }
        frames.add("data: [DONE]\n\n");
        return frames;
    }

    private static String chunk(JsonNode body, ObjectNode delta, String finish) {
        ObjectNode chunk = head(body, "chat.completion.chunk");
        ObjectNode choice = chunk.withArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        return "data: " + chunk + "\n\n";
    }

    private static ObjectNode head(JsonNode body, String kind) {
        return Json.object()
                .put("id", "chatcmpl-1")
                .put("object", kind)
                .put("model", body.path("model").asText());
    }

    private static String finish(FakeStep step) {
        if (step.trick() == FakeStep.Trick.TRUNCATED) {
            return "length";
        }
        return step.calls().isEmpty() ? "stop" : "tool_calls";
    }

    private static ObjectNode usage(JsonNode body, FakeStep step) {
        int in = FakeLanguage.tokens(body);
        int out = step.say().length() / 4 + 1;
        ObjectNode usage = Json.object()
                .put("prompt_tokens", in)
                .put("completion_tokens", out)
                .put("total_tokens", in + out);
        usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
        return usage;
    }

    private static String id() {
        return "call_" + UUID.randomUUID().toString().replace("-", "");
    }
}
