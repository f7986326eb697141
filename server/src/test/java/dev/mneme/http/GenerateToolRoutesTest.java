package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools that a model writes. */
class GenerateToolRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String GOOD = """
            def roll(sides: int) -> int:
                \"""Roll a die.

                Args:
                    sides: How many it has.
                \"""
                import random
                return random.randint(1, sides)
            """;

    @TempDir
    static Path folder;

    private static House house;

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static String handOver(String source) {
        ObjectNode arguments = Json.object().put("source_code", source).put("sample_args", "{\"sides\":6}");
        arguments.putArray("pip_requirements").add("numpy");
        return Json.write(arguments.put("explanation", "It rolls."));
    }

    private static Web.Reply ask(String more) {
        return house.web.post(
                "/v1/tools/generate-tool",
                "{'tool_name':'roll','prompt':'Roll a die.','handle':'openai/gpt-4o'" + more + "}");
    }

    @Test
    void theToolIsShownAndNotStored() {
        MODELS.answers(ScriptedModels.call("hand_over_tool", handOver(GOOD)));
        JsonNode made = ask(",'starter_code':'def roll(): pass','validation_errors':['it does nothing']")
                .json();

        assertThat(made.at("/tool/name").asText()).isEqualTo("roll");
        assertThat(made.at("/tool/source_code").asText()).isEqualTo(GOOD);
        assertThat(made.at("/tool/json_schema/parameters/required/0").asText()).isEqualTo("sides");
        assertThat(made.at("/tool/pip_requirements/0/name").asText()).isEqualTo("numpy");
        assertThat(Json.write(made.path("sample_args"))).isEqualTo("{\"sides\":6}");
        assertThat(made.path("response").asText()).isEqualTo("It rolls.");
        assertThat(MODELS.requests.getLast().history().getFirst().text())
                .contains("Roll a die.", "def roll(): pass", "it does nothing");
        assertThat(house.web.get("/v1/tools/?name=roll").json()).isEmpty();
    }

    @Test
    void aSourceThatIsRefusedIsWrittenAgain() {
        MODELS.answers(
                ScriptedModels.call("hand_over_tool", handOver("def roll(sides): return 1")),
                ScriptedModels.call("hand_over_tool", handOver(GOOD)));
        assertThat(ask("").json().at("/tool/source_code").asText()).isEqualTo(GOOD);
        assertThat(MODELS.requests.getLast().history().getFirst().text()).contains("was refused", "def roll(sides)");

        MODELS.answers(ScriptedModels.call("hand_over_tool", handOver("def roll(sides): return 1")));
        Web.Reply refused = ask("");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.detail()).contains(" wrote no tool that can be used: ", "roll");
    }

    @Test
    void codeInATextWillDoAndWordsAloneWillNot() {
        MODELS.answers(ScriptedModels.text("Here it is:\n```python\n" + GOOD + "```"));
        JsonNode made = ask("").json();
        assertThat(made.at("/tool/source_code").asText()).isEqualTo(GOOD);
        assertThat(made.path("response").asText()).isEqualTo("Here it is:");

        MODELS.answers(ScriptedModels.text("I only answer by rules."));
        Web.Reply refused = ask("");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.detail()).contains("Name another model", "I only answer by rules.");
        assertThat(house.web
                        .post("/v1/tools/generate-tool", "{'tool_name':'no name','prompt':'x'}")
                        .status())
                .isEqualTo(422);
    }
}
