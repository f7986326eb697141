package dev.mneme.tool.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StdioLinkTest {
    /** More than any pipe holds. */
    private static final int LONG = 4_000_000;

    private static StdioLink program(String... words) throws McpFailure {
        McpConfig config = new McpConfig(
                McpConfig.Type.STDIO,
                null,
                null,
                null,
                null,
                words[0],
                List.of(words).subList(1, words.length),
                null);
        return new StdioLink(config, Map.of(), new Incoming(() -> {}), () -> {});
    }

    @Test
    @Timeout(30)
    void aProgramThatTakesNoInputIsEndedWhenThePatienceIsOver() throws McpFailure {
        try (StdioLink link = program("sleep", "60")) {
            assertThatThrownBy(() -> link.tell(Json.object().put("long", "x".repeat(LONG)), Duration.ofSeconds(1)))
                    .isInstanceOfSatisfying(
                            McpFailure.class,
                            failure -> assertThat(failure.why()).contains("it took no input for 1 s"));
            assertThat(link.usable()).isFalse();
        }
    }

    @Test
    @Timeout(30)
    void aReplyThatNobodyAskedForEndsTheWaitingAtOnce() throws McpFailure {
        try (StdioLink link =
                program("sh", "-c", "read line; echo '{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}'; cat")) {
            assertThatThrownBy(() ->
                            link.exchange(Json.object().put("id", 1).put("method", "ping"), Duration.ofSeconds(60)))
                    .isInstanceOfSatisfying(
                            McpFailure.class,
                            failure -> assertThat(failure.why()).isEqualTo("its reply belongs to no request"));
        }
    }

    @Test
    void aProgramThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> program("mneme-no-such-program"))
                .isInstanceOfSatisfying(
                        McpFailure.class, failure -> assertThat(failure.why()).contains("cannot be started"));
    }
}
