package dev.mneme.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The folder of what need not outlive this process: half-made downloads and uploads, sockets, the database driver's native library.
 *
 * <p>It lies in the data folder, which has the room and the owner's rights that the system's own temporary folder may lack (a small
 * {@code tmpfs}, mounted without the right to load a library from it). It is emptied at each start, so a killed server leaves nothing
 * for good.
 */
public final class Scratch {
    private final Path folder;

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, or empties it. The caller holds the data folder alone. */
    public static Scratch open(Path folder) {
        try {
            remove(folder);
            Files.createDirectories(folder);
            return new Scratch(folder);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    public Path folder() {
        return folder;
    }

    /** A new empty file that only its owner may read. Whoever asked deletes it. Throws UNAVAILABLE when the disk does not take it. */
    public Path newFile(String suffix) {
        try {
            return Files.createTempFile(folder, "part-", suffix);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /** Removes a folder and all that is in it; nothing when it is not there. Links are removed, never followed. */
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Problem unwritable(Path folder, IOException e) {
        return new Problem(
                ProblemCode.UNAVAILABLE,
                "The folder " + folder + " cannot be written (" + e.getMessage()
                        + "): free some room on its disk, or make it writable for the user of this server.",
                e);
    }
}
