package dev.mneme.tool.sandbox;

import dev.mneme.base.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Programs on this machine, and ours that are unpacked from the jar. */
public final class Programs {
    private Programs() {}

    /** The program of that name on the path of the given environment, or null. */
    public static @Nullable Path find(String name, Map<String, String> environment) {
        for (String folder : environment.getOrDefault("PATH", "").split(java.io.File.pathSeparator, -1)) {
            if (!folder.isEmpty()) {
                Path file = Path.of(folder, name);
                if (Files.isExecutable(file) && Files.isRegularFile(file)) {
                    return file.toAbsolutePath();
                }
            }
        }
        return null;
    }

    /** Writes resources (names below {@code /sandbox/}) into a folder that every user may read. */
    public static void unpack(Path folder, List<String> names) {
        try {
            for (String name : names) {
                Path file = folder.resolve(name);
                Files.createDirectories(file.getParent());
                try (InputStream in = Programs.class.getResourceAsStream("/sandbox/" + name)) {
                    if (in == null) {
                        throw new IllegalStateException("the resource /sandbox/" + name + " is missing");
                    }
                    Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            open(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets every user of the machine read the folder and what is in it: the jailed user is none of ours. */
    static void open(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                path.toFile().setReadable(true, false);
                if (Files.isDirectory(path)) {
                    path.toFile().setExecutable(true, false);
                }
            }
        }
    }

    /** Removes a folder and what is in it, as far as it can. */
    public static void remove(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try {
            Scratch.remove(folder);
        } catch (IOException e) {
            // in use by a program that is ending: the system's own cleaning of temporary files gets it
        }
    }
}
