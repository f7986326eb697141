package dev.mneme.config;

import dev.mneme.base.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The data folder, held by this process alone until closed.
 *
 * <p>The lock is the operating system's on the file {@code lock}, so it is free again however the process ends. The file holds the
 * owner's process id, for the message that the second server shows.
 */
public final class DataFolder implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    /** A process id has fewer digits than this. */
    private static final int MAX_PID_BYTES = 20;

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /** Makes the folder if it is missing (owner only) and locks it. Throws {@link StartRefused}. */
    public static DataFolder open(Path path) {
        create(path);
        Path file = path.resolve("lock");
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String owner = pid(channel);
                channel.close();
                throw new StartRefused("Another server" + (owner.isEmpty() ? "" : " (process " + owner + ")")
                        + " uses the data folder " + path + ": stop it, or choose another folder with MNEME_DIR.");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new DataFolder(path, channel, lock);
        } catch (IOException e) {
            closeQuietly(channel);
            throw unwritable(path, e);
        }
    }

    private static void create(Path path) {
        try {
            if (Files.isDirectory(path)) {
                return;
            }
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectories(path);
            }
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private static String pid(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_PID_BYTES);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    }

    private static StartRefused unwritable(Path path, IOException cause) {
        return new StartRefused(
                "The data folder " + path + " cannot be written ("
                        + cause.getClass().getSimpleName()
                        + "): make it writable for this user, or choose another with MNEME_DIR.",
                cause);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the start is being refused for a better reason already
        }
    }

    public Path path() {
        return path;
    }

    /** The folder in it that is emptied now, for what need not outlive this process. */
    public Scratch scratch() {
        return Scratch.open(scratchOf(path));
    }

    /** Where that folder lies or will lie. */
    public static Path scratchOf(Path dataFolder) {
        return dataFolder.resolve("tmp");
    }

    /** The name of the server that lives in this folder: made at its first start, the same ever after. */
    public String serverId() {
        Path file = path.resolve("server-id");
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, UUID.randomUUID().toString());
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    /** Gives the folder back. */
    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            // the operating system frees the lock when the process ends
        }
    }
}
