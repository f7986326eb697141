package dev.mneme.tool.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.OutboundGuard;
import dev.mneme.store.Db;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConnectionsTest {
    private static final Behalf BEHALF = new Behalf(Db.DEFAULT_ORGANIZATION, null, null);
    private static final String HELLO =
            "read line; echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-06-18\"}}'; cat";

    @TempDir
    Path folder;

    private static McpConfig program(String script) {
        return McpConfig.stdio("sh", List.of("-c", script), null);
    }

    private static McpServer server(String id) {
        return new McpServer(id, id, program(HELLO), null, 1);
    }

    @Test
    @Timeout(60)
    void noMoreProgramsRunThanThereIsRoomForAndIdleOnesMakeRoom() throws McpFailure {
        McpOptions options =
                new McpOptions("test", true, Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));
        Sealing open = new Sealing(text -> text, text -> text);
        OutboundGuard guard = new OutboundGuard(List.of());
        try (Db db = TestDb.open(folder);
                Connections connections =
                        new Connections(guard, options, new SignIns(db, open, guard, options, Optional::empty), 1)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> connections.once(program("exit 1"), BEHALF, connection -> 0))
                        .hasMessageContaining("its command has ended");
            }
            connections.once(program(HELLO), BEHALF, outer -> {
                assertThatThrownBy(() -> connections.once(program(HELLO), BEHALF, inner -> 0))
                        .hasMessageContaining("too many programs");
                return 0;
            });
            for (String id : List.of("one", "two", "one")) {
                assertThat(connections.<String>use(server(id), Map.of(), BEHALF, () -> {}, connection -> id))
                        .isEqualTo(id);
            }
        }
    }
}
