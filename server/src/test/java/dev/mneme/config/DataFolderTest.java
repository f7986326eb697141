package dev.mneme.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path temp;

    @Test
    void isMadeForItsOwnerOnly() throws IOException {
        Path path = temp.resolve("a/b");
        try (DataFolder folder = DataFolder.open(path)) {
            assertThat(folder.path()).isEqualTo(path);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void isHeldByOneAtATimeAndTheRefusalNamesTheOther() {
        try (DataFolder first = DataFolder.open(temp)) {
            assertThatThrownBy(() -> DataFolder.open(first.path()))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("MNEME_DIR");
        }
        DataFolder.open(temp).close();
    }

    @Test
    void aFileInItsPlaceIsRefused() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> DataFolder.open(file.resolve("data")))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("cannot be written");
        assertThatThrownBy(() -> DataFolder.open(file)).isInstanceOf(StartRefused.class);
    }

    @Test
    void aTakenPortIsToldBeforeAnythingIsOpened() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerOptions options =
                    new ServerOptions("127.0.0.1", taken.getLocalPort(), null, null, false, Presence.LISTENING);
            assertThatThrownBy(() -> ListenAddress.check(options))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining("--port");
        }
        assertThatThrownBy(() ->
                        ListenAddress.check(new ServerOptions("192.0.2.1", 0, null, null, false, Presence.LISTENING)))
                .hasMessageContaining("--host");
    }
}
