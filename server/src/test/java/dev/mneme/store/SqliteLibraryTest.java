package dev.mneme.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

class SqliteLibraryTest {
    @TempDir
    private Path folder;

    @Test
    void isUnpackedOnceAndWhole() throws IOException {
        Path kept = folder.resolve("native").resolve(LibraryLoaderUtil.getNativeLibName());
        SqliteLibrary.keep(kept.getParent());
        try (InputStream packed = SQLiteJDBCLoader.class.getResourceAsStream(
                LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName())) {
            assertThat(packed).isNotNull();
            assertThat(kept).hasBinaryContent(packed.readAllBytes());
        }
        assertThat(names(kept.getParent())).containsExactly(LibraryLoaderUtil.getNativeLibName());

        Files.writeString(kept, "there already");
        SqliteLibrary.keep(kept.getParent());
        assertThat(kept).hasContent("there already");
    }

    @Test
    void isLeftToTheDriverWhereNothingCanBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        SqliteLibrary.keep(file.resolve("native"));
        assertThat(names(folder)).containsExactly("file");
        assertThat(file).hasContent("not a folder");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }
}
