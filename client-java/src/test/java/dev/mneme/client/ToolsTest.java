package dev.mneme.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolsTest {
    public enum Unit {
        CELSIUS,
        KELVIN
    }

    public record Place(String name, double latitude) {}

    public static class Weather {
        @ToolMethod("The weather.")
        public String weather(
                @Arg(value = "places", doc = "Where.") List<Place> places,
                @Arg("unit") Unit unit,
                @Arg(value = "days", optional = true) int days) {
            if (places.isEmpty()) {
                throw new IllegalStateException("no place");
            }
            return places.get(0).name() + " " + unit + " " + days;
        }

        @ToolMethod(value = "A pair.", name = "a_pair")
        public List<Integer> pair() {
            return List.of(1, 2);
        }
    }

    static class Unnamed {
        @ToolMethod("Nobody knows its argument.")
        public String lost(String what) {
            return what;
        }
    }

    private final Tools tools = Tools.of(new Weather());

    private JsonNode answer(String name, String arguments) {
        return tools.answer(new Message.Call("call-1", name, arguments));
    }

    @Test
    void aMethodIsDescribedByItsTypes() throws Exception {
        JsonNode spec = tools.specs().findParents("description").stream()
                .filter(each -> each.path("name").asText().equals("weather"))
                .findFirst()
                .orElseThrow();
        assertThat(spec.path("parameters")).isEqualTo(Http.JSON.readTree("""
                {"type": "object", "properties": {
                   "places": {"type": "array", "description": "Where.", "items": {"type": "object", "properties": {
                       "name": {"type": "string"}, "latitude": {"type": "number"}}, "required": ["name", "latitude"]}},
                   "unit": {"type": "string", "enum": ["CELSIUS", "KELVIN"]},
                   "days": {"type": "integer"}},
                 "required": ["places", "unit"]}
                """));
    }

    @Test
    void aCallRunsTheMethod() {
        JsonNode said = answer("weather", """
                {"places": [{"name": "Oslo", "latitude": 59.9}], "unit": "KELVIN"}
                """);
        assertThat(said.path("tool_return").asText()).isEqualTo("Oslo KELVIN 0");
        assertThat(said.path("status").asText()).isEqualTo("success");
        assertThat(said.path("tool_call_id").asText()).isEqualTo("call-1");
        assertThat(answer("a_pair", "").path("tool_return").asText()).isEqualTo("[1,2]");
    }

    @Test
    void whatGoesWrongIsAnAnswerToo() {
        for (String wrong : List.of("{}", "{\"places\": 3, \"unit\": \"KELVIN\"}", "{\"places\": []", "[]")) {
            JsonNode said = answer("weather", wrong);
            assertThat(said.path("status").asText()).as(wrong).isEqualTo("error");
            assertThat(said.path("tool_return").asText()).as(wrong).contains("do not fit");
        }
        JsonNode thrown = answer("weather", "{\"places\": [], \"unit\": \"KELVIN\"}");
        assertThat(thrown.path("status").asText()).isEqualTo("error");
        assertThat(thrown.path("tool_return").asText()).contains("no place");
    }

    @Test
    void toolsThatNobodyCouldCallAreRefused() {
        assertThatThrownBy(() -> Tools.of(new Unnamed())).hasMessageContaining("lost has no @Arg");
        assertThatThrownBy(() -> Tools.of("text")).hasMessageContaining("@ToolMethod");
        assertThatThrownBy(() -> Tools.of(new Weather(), new Weather())).hasMessageContaining("two tools are called");
    }
}
