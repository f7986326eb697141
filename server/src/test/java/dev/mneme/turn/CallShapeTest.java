package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallShapeTest {
    private static final ToolSpec TOOL = new ToolSpec(
            "send_message",
            "Speak.",
            json("{'type':'object','properties':{'message':{'type':'string'}},'required':['message']}"));

    private static JsonNode json(String text) {
        try {
            return Json.parse(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Message said(List<Content> content, String... arguments) {
        List<ToolCall> calls = new ArrayList<>();
        for (String each : arguments) {
            calls.add(new ToolCall("call", "send_message", each));
        }
        return new Message(
                "message-x",
                "agent",
                null,
                Role.ASSISTANT,
                content,
                calls,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                0);
    }

    private static Content thought(String text) {
        return new Content.Reasoning(false, text, null, null);
    }

    @ParameterizedTest
    @CsvSource({
        "false,false,message",
        "true,false,message request_heartbeat",
        "false,true,thinking message",
        "true,true,thinking message request_heartbeat"
    })
    void theThoughtComesFirstAndTheHeartbeatLast(boolean heartbeat, boolean thought, String names) {
        JsonNode parameters = CallShape.widened(TOOL, heartbeat, thought).parameters();
        List<String> properties = new ArrayList<>();
        parameters.path("properties").fieldNames().forEachRemaining(properties::add);
        List<String> required = new ArrayList<>();
        parameters.path("required").forEach(name -> required.add(name.asText()));
        assertThat(String.join(" ", properties)).isEqualTo(names);
        assertThat(required).isEqualTo(properties);
        assertThat(TOOL.parameters().path("properties"))
                .as("the tool itself stays")
                .hasSize(1);
    }

    @Test
    void aHeartbeatThatAToolBroughtAlongIsNotThereTwice() {
        ToolSpec twice = CallShape.widened(CallShape.widened(TOOL, true, true), true, true);
        assertThat(twice.parameters().path("required")).hasSize(3);
        assertThat(CallShape.widened(twice, false, false).parameters().path("required"))
                .extracting(JsonNode::asText)
                .doesNotContain("request_heartbeat");
    }

    @Test
    void anAgentThatAnswersInJsonSpeaksInThatForm() {
        JsonNode form = json("{'type':'json_schema','json_schema':{'schema':{'type':'object','title':'T'}}}");
        assertThat(CallShape.answering(TOOL, form)
                        .parameters()
                        .at("/properties/message/title")
                        .asText())
                .isEqualTo("T");
        assertThat(CallShape.answering(TOOL, json("{'type':'json_object'}"))
                        .parameters()
                        .at("/properties/message/type")
                        .asText())
                .isEqualTo("object");
        assertThat(CallShape.answering(TOOL, json("{'type':'text'}"))).isEqualTo(TOOL);
        assertThat(CallShape.answering(TOOL, null)).isEqualTo(TOOL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'request_heartbeat':true}|true", "{'request_heartbeat':'True'}|true",
                        "{'request_heartbeat':false}|false",
                "{'request_heartbeat':null}|false", "{}|false", "{'request_heartbeat':1}|false"
            })
    void theModelAsksForAnotherStep(String arguments, boolean expected) {
        assertThat(CallShape.asksOn((ObjectNode) json(arguments))).isEqualTo(expected);
    }

    @Test
    void theDecisionIsStoredWithTheCall() {
        ToolCall call = new ToolCall("c", "t", "{\"a\":1}");
        assertThat(CallShape.decided(call, true).arguments()).isEqualTo("{\"a\":1,\"request_heartbeat\":true}");
        assertThat(CallShape.decided(new ToolCall("c", "t", "broken"), true).arguments())
                .isEqualTo("broken");
    }

    @Test
    void textBesideACallIsAThought() {
        assertThat(CallShape.thoughts(List.of(new Content.Text("hm")), "", false))
                .containsExactly(thought("hm"));
        assertThat(CallShape.thoughts(List.of(), "in the call", true)).containsExactly(thought("in the call"));
        assertThat(CallShape.thoughts(List.of(), "", true)).containsExactly(new Content.OmittedReasoning(null));
        assertThat(CallShape.thoughts(List.of(), "", false)).isEmpty();
    }

    static @Nullable String arguments(Message row) {
        return row.toolCalls().getFirst().arguments();
    }

    @Test
    void historyCarriesThoughtsWhereTheModelWroteThem() {
        Content reasoned = new Content.Reasoning("native", "sig");
        Message row = said(List.of(reasoned, thought("hm")), "{\"message\":\"hi\"}");

        Message inCalls = CallShape.history(List.of(row), true).getFirst();
        assertThat(inCalls.content()).containsExactly(reasoned);
        assertThat(arguments(inCalls)).isEqualTo("{\n  \"thinking\": \"hm\",\n  \"message\": \"hi\"\n}");

        Message asText = CallShape.history(List.of(row), false).getFirst();
        assertThat(asText.content()).containsExactly(reasoned, new Content.Text("hm"));
        assertThat(asText.toolCalls()).isEqualTo(row.toolCalls());
    }

    @Test
    void aCallWithoutAThoughtSaysSo() {
        Message row = said(List.of(), "{\"message\":\"hi\"}");
        assertThat(arguments(CallShape.history(List.of(row), true).getFirst()))
                .isEqualTo("{\n  \"thinking\": null,\n  \"message\": \"hi\"\n}");
        Message broken = said(List.of(), "not json");
        assertThat(arguments(CallShape.history(List.of(broken), true).getFirst()))
                .isEqualTo("not json");
    }
}
