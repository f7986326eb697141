package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static dev.mneme.testkit.Deskware.USER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.Json;
import dev.mneme.llm.LiveModels;
import dev.mneme.llm.Models;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.FakeProvider;
import dev.mneme.testkit.FakeStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a provider can keep of one request for the next: as long as nothing in an agent changes, each request begins with the bytes of the one
 * before it.
 */
class PromptCacheTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"openai/gpt-4o", "anthropic/claude-sonnet-4-5"})
    void eachRequestBeginsAsTheOneBefore(String handle) {
        try (FakeProvider fake = FakeProvider.start();
                Models models = new LiveModels(fake.options());
                Deskware ware = Deskware.on(folder, models)) {
            String agent = agent(ware, handle);
            ware.send(agent, "one");
            fake.next(
                    FakeStep.call("conversation_search", "{\"query\":\"one\"}").thinking("look it up"),
                    FakeStep.say("found it"));
            ware.send(agent, "two");
            ware.send(agent, "three");
            List<JsonNode> calls = fake.calls();
            assertThat(calls).hasSize(4);
            for (int i = 1; i < calls.size(); i++) {
                assertThat(head(calls.get(i))).isEqualTo(head(calls.get(i - 1)));
                List<String> before = messages(calls.get(i - 1));
                assertThat(messages(calls.get(i)).subList(0, before.size())).isEqualTo(before);
            }
            // A fact that changes the prompt changes what follows it, and nothing but its block.
            fake.next(
                    FakeStep.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"Likes tea\"}"),
                    FakeStep.say("noted"));
            ware.send(agent, "I like tea");
            calls = fake.calls();
            assertThat(head(calls.getLast())).isNotEqualTo(head(calls.getFirst()));
            assertThat(calls.getLast().path("tools")).isEqualTo(calls.getFirst().path("tools"));
            if (handle.startsWith("anthropic")) {
                calls.forEach(PromptCacheTest::threeMarks);
            }
        }
    }

    /** What stands before the messages in the provider's cache: the tools and the system text. */
    private static String head(JsonNode body) {
        JsonNode system =
                body.has("system") ? body.get("system") : body.path("messages").get(0);
        return body.path("tools") + "\n" + system + "\n" + body.path("model");
    }

    /** The messages without the mark that moves along and with one spelling for a single text. */
    private static List<String> messages(JsonNode body) {
        List<String> out = new ArrayList<>();
        for (JsonNode message : body.path("messages")) {
            ObjectNode copy = message.deepCopy();
            if (copy.get("content") instanceof ArrayNode blocks) {
                blocks.forEach(block -> ((ObjectNode) block).remove("cache_control"));
                boolean plain = blocks.size() == 1
                        && blocks.get(0).path("type").asText().equals("text");
                if (plain) {
                    copy.set(
                            "content",
                            TextNode.valueOf(blocks.get(0).path("text").asText()));
                }
            }
            out.add(copy.toString());
        }
        return out;
    }

    /** The last tool, the system block, the last block of the last message (contract 02 §4). */
    private static void threeMarks(JsonNode body) {
        String marked = "\"cache_control\":{\"type\":\"ephemeral\"}";
        assertThat(body.toString().split("cache_control", -1)).hasSize(4);
        JsonNode tools = body.path("tools");
        assertThat(tools.get(tools.size() - 1).toString()).contains(marked);
        assertThat(body.path("system").get(0).toString()).contains(marked);
        JsonNode content =
                body.path("messages").get(body.path("messages").size() - 1).path("content");
        assertThat(content.get(content.size() - 1).toString()).contains(marked);
    }

    private static String agent(Deskware ware, String handle) {
        ObjectNode wish = Json.object().put("model", handle);
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "Name: Ada");
        return ware.agents.create(ORG, USER, NewAgent.read(wish)).state().id();
    }
}
