package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static dev.mneme.testkit.Deskware.USER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.Json;
import dev.mneme.llm.LiveModels;
import dev.mneme.llm.LlmOptions;
import dev.mneme.llm.Models;
import dev.mneme.message.Message;
import dev.mneme.message.StopReason;
import dev.mneme.testkit.Deskware;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A conversation that goes on and on in a small window, with the demo model: {@code -Dmneme.turns=10000} makes it as long as the promise;
 * the ordinary run is a tenth of that.
 */
class LongConversationTest {
    private static final int TURNS = Integer.getInteger("mneme.turns", 1_000);
    private static final int WINDOW = 8_192;

    /** Tokens that one turn adds at most, its last question included. */
    private static final int TURN = 700;

    private static final String FIRST = "The quay where the grey heron landed has the number seventeen.";

    @TempDir
    Path folder;

    @Test
    void itNeverEndsAndForgetsNothing() {
        try (Models models = new LiveModels(LlmOptions.none());
                Deskware ware = Deskware.on(folder, models)) {
            String agent = agent(ware);
            long began = System.nanoTime();
            fine(ware.send(agent, FIRST));
            int compactions = 0;
            int most = 0;
            for (int i = 2; i < TURNS; i++) {
                RunResult result = ware.send(agent, message(i));
                fine(result);
                most = Math.max(
                        most,
                        result.result().usage().totalTokens() / result.result().steps());
                compactions += (int) result.rows().stream()
                        .filter(row -> row.text().contains("summary of the previous"))
                        .count();
            }
            RunResult last = ware.send(agent, "Do you remember at which quay the grey heron landed?");
            fine(last);
            long ms = (System.nanoTime() - began) / 1_000_000;
            System.out.printf("%d turns in %d ms, %d compactions, at most %d tokens%n", TURNS, ms, compactions, most);
            assertThat(last.rows())
                    .extracting(Deskware::words)
                    .contains("assistant calls conversation_search")
                    .last()
                    .asString()
                    .contains(FIRST);
            assertThat(most).isLessThan(WINDOW + TURN);
            assertThat(compactions).isGreaterThan(TURNS / 200);
            List<Message> context = ware.db.of(ORG).read(tx -> ware.recall.context(tx, agent));
            assertThat(context).hasSizeLessThan(300);
            assertThat(context.get(1).text()).contains("Messages summarised: ");
            assertThat(ware.recall.count(ORG, agent)).isGreaterThan(2L * TURNS);
        }
    }

    private static void fine(RunResult result) {
        assertThat(result.result().failure()).isNull();
        assertThat(result.result().reason()).isEqualTo(StopReason.END_TURN);
    }

    private static String message(int i) {
        return "Entry " + i + " of the long day. The wind blew from " + (i % 360)
                + " degrees, the tide stood at " + (i * 7 % 500) + " centimetres, and a barge named Anna " + i
                + " passed the lock with gravel for the new road, as every day at this hour.";
    }

    private static String agent(Deskware ware) {
        ObjectNode wish = Json.object().put("model", "demo/mneme-demo").put("context_window_limit", WINDOW);
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "");
        return ware.agents.create(ORG, USER, NewAgent.read(wish)).state().id();
    }
}
