package dev.mneme.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native library, kept unpacked between starts. The driver would otherwise unpack it into the temporary folder at every start
 * and compare it byte by byte with its jar, a fifteenth of a start (decision 0003).
 */
final class SqliteLibrary {
    /** The driver's own setting: a folder where it looks first. The launcher names one beside our jar, made anew with each build. */
    private static final String FOLDER = "org.sqlite.lib.path";

    private SqliteLibrary() {}

    /** To be called before the first connection. Where nothing can be written, the driver does as it would without us. */
    static void keep() {
        String folder = System.getProperty(FOLDER);
        if (folder != null) {
            keep(Path.of(folder));
        }
    }

    static void keep(Path folder) {
        String name = LibraryLoaderUtil.getNativeLibName();
        Path kept = folder.resolve(name);
        if (Files.exists(kept)) {
            return;
        }
        String packed = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
        try (InputStream library = SQLiteJDBCLoader.class.getResourceAsStream(packed)) {
            if (library != null) {
                Files.createDirectories(folder);
                unpack(library, kept);
            }
        } catch (IOException e) {
            // a folder that only another user may write, a full disk: the driver unpacks it elsewhere, as ever
        }
    }

    /** In one step, so that another start never loads half of it. */
    private static void unpack(InputStream library, Path kept) throws IOException {
        Path fresh = Files.createTempFile(kept.getParent(), "library", ".new");
        try {
            Files.copy(library, fresh, StandardCopyOption.REPLACE_EXISTING);
            // another user may start the installed program
            if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
            }
            Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
