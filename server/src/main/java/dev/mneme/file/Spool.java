package dev.mneme.file;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads between their arrival and their being read: one plain file each, named by the id, in a folder of the data folder. What was read
 * is text in the database; what still waits goes along in backups (decision 0029). Thread-safe.
 */
public final class Spool {
    /** Largest upload, bytes. */
    public static final long LIMIT = 100L << 20;

    /** How much of an over-long upload is read and thrown away, bytes, so that the client gets to read the answer. */
    private static final long DRAIN = 200L << 20;

    private static final int CHUNK = 1 << 16;

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private final Path folder;
    private final long limit;

    public Spool(Path folder) {
        this(folder, LIMIT);
    }

    /** limit: bytes of an upload, at most. */
    public Spool(Path folder, long limit) {
        this.folder = folder;
        this.limit = limit;
    }

    Path path(String fileId) {
        return folder.resolve(fileId);
    }

    boolean has(String fileId) {
        return Files.isRegularFile(path(fileId));
    }

    /** Writes the stream to disk piece by piece and says how many bytes it had; nothing stays of one that is too long or breaks off. */
    long keep(String fileId, InputStream in) {
        Path path = path(fileId);
        try {
            Files.createDirectories(folder);
            return copy(in, path);
        } catch (IOException e) {
            drop(fileId);
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            drop(fileId);
            throw e;
        }
    }

    private long copy(InputStream in, Path path) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long size = 0;
        try (OutputStream out = Files.newOutputStream(path)) {
            int n;
            while ((n = in.read(chunk)) >= 0) {
                size += n;
                if (size > limit) {
                    drain(in, chunk);
                    throw new Problem(
                            ProblemCode.TOO_LARGE,
                            "The file is larger than the limit of " + limit + " bytes (" + (limit >> 20)
                                    + " MB). Split it and upload the parts.");
                }
                out.write(chunk, 0, n);
            }
        }
        return size;
    }

    /** Reads what a refused upload still sends. */
    static void drain(InputStream in, byte[] chunk) throws IOException {
        long left = DRAIN;
        int n;
        while (left > 0 && (n = in.read(chunk)) >= 0) {
            left -= n;
        }
    }

    void drop(String fileId) {
        try {
            Files.deleteIfExists(path(fileId));
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", path(fileId), e.toString());
        }
    }
}
