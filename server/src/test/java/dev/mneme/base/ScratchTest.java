package dev.mneme.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir
    Path temp;

    @Test
    void whatAKilledServerLeftIsGoneAndNothingThatItLinkedTo() throws IOException {
        Path outside = Files.writeString(temp.resolve("kept"), "kept");
        Path folder = temp.resolve("tmp");
        Files.createDirectories(folder.resolve("s1/2"));
        Files.writeString(folder.resolve("s1/2/part"), "half");
        Files.createSymbolicLink(folder.resolve("link"), outside);

        Scratch.open(folder);

        assertThat(folder).isEmptyDirectory();
        assertThat(outside).hasContent("kept");
    }

    @Test
    void filesAreTheOwnersAlone() throws IOException {
        Path file = Scratch.open(temp.resolve("tmp")).newFile(".af");

        assertThat(file.getFileName().toString()).endsWith(".af");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aDiskThatTakesNothingIsNamed() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");

        assertThatThrownBy(() -> Scratch.open(file.resolve("tmp")))
                .isInstanceOf(Problem.class)
                .hasMessageContaining(file.resolve("tmp").toString())
                .hasMessageContaining("free some room");
    }
}
