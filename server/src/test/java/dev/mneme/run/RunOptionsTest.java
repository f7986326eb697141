package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Json;
import dev.mneme.turn.TurnOptions;
import org.junit.jupiter.api.Test;

/** What a run was asked for is read again years later. */
class RunOptionsTest {
    @Test
    void whatAnEarlierVersionStoredIsRead() {
        RunOptions old = Json.read("""
                {"maxSteps":50,"streaming":false,"streamTokens":false,"background":false,"pings":false,
                 "useAssistantMessage":true,"assistantToolName":"send_message","assistantToolArgument":"message",
                 "returnTypes":null,"overrideModel":null,"overrideSystem":null,"metadata":{"run_type":"send_message"}}
                """, RunOptions.class);
        assertThat(old.turn()).isEqualTo(TurnOptions.DEFAULTS);
        assertThat(old.streamTokens()).isFalse();
        assertThat(old.useAssistantMessage()).isTrue();
    }

    @Test
    void whatIsStoredComesBackAlike() {
        RunOptions now =
                RunOptions.blocking(TurnOptions.DEFAULTS.withMaxSteps(3).withTokens(true));
        assertThat(Json.write(Json.read(Json.write(now), RunOptions.class))).isEqualTo(Json.write(now));
    }
}
