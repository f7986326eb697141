package dev.mneme.account;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** Files of a data folder with a random pass phrase that only their owner may read. */
final class KeyFile {
    /** Under it secrets rest. */
    static final String SECRETS = "mneme.key";

    /** With it callbacks are signed. */
    static final String CALLBACKS = "callback.key";

    /** As strong as the AES-256 key that is made from it. */
    static final int RANDOM_BYTES = 32;

    private KeyFile() {}

    /** The pass phrase in the file, which is made at the first start. */
    static String load(Path folder, String name, SecureRandom random) {
        Path file = folder.resolve(name);
        try {
            if (!Files.exists(file)) {
                make(folder, file, random);
            }
            String phrase = Files.readString(file).strip();
            if (phrase.isEmpty()) {
                throw broken(file, "is empty", null);
            }
            return phrase;
        } catch (IOException e) {
            throw broken(file, "cannot be read or written", e);
        }
    }

    private static void make(Path folder, Path file, SecureRandom random) throws IOException {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String phrase = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Files.createDirectories(folder);
        Path fresh = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, ownerOnly());
        Files.writeString(fresh, phrase + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        try {
            Files.move(fresh, file);
        } catch (FileAlreadyExistsException another) {
            // Another start was faster: its key counts.
            Files.delete(fresh);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        Set<String> views = FileSystems.getDefault().supportedFileAttributeViews();
        return views.contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static Problem broken(Path file, String what, @org.jspecify.annotations.Nullable Throwable cause) {
        return new Problem(
                ProblemCode.UNAVAILABLE,
                "The key file " + file + " " + what
                        + ". Restore it from a backup, mend its rights, or set LETTA_ENCRYPTION_KEY (for " + SECRETS
                        + ", without which secrets cannot be opened) or MNEME_CALLBACK_KEY (for " + CALLBACKS + ").",
                cause);
    }
}
