package dev.mneme.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** A backup on disk, opened to be read: a zip of tables, uploads and a manifest with the SHA-256 of each (decision 0029). */
final class BackupFile implements AutoCloseable {
    static final String FORMAT = "mneme-backup-1";
    static final String TABLES = "tables/";
    static final String UPLOADS = "uploads/";

    private static final String MANIFEST = "manifest.json";

    /** Bytes of a manifest, at most: a line for each table and for each upload that waits. */
    private static final int LONGEST_MANIFEST = 16 << 20;

    private final ZipFile zip;
    private final JsonNode manifest;

    private BackupFile(ZipFile zip, JsonNode manifest) {
        this.zip = zip;
        this.manifest = manifest;
    }

    /** Opens a backup whose format this program knows; everything else is refused with 400. */
    static BackupFile open(Path file) {
        try {
            ZipFile zip = new ZipFile(file.toFile());
            try {
                return new BackupFile(zip, manifest(zip));
            } catch (IOException | RuntimeException e) {
                zip.close();
                throw e;
            }
        } catch (ZipException e) {
            throw broken("it is no zip archive, or its end is missing", e);
        } catch (IOException e) {
            throw broken("its manifest cannot be read", e);
        }
    }

    static Problem broken(String why, @Nullable Throwable cause) {
        return new Problem(
                ProblemCode.INVALID_ARGUMENT,
                "This is no sound backup of Mneme: " + why + ". Nothing was changed.",
                cause);
    }

    private static JsonNode manifest(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(MANIFEST);
        if (entry == null) {
            throw broken("it has no manifest", null);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] text = in.readNBytes(LONGEST_MANIFEST);
            JsonNode manifest = Json.MAPPER.readTree(text);
            String format = manifest.path("format").asText("");
            if (!format.equals(FORMAT)) {
                throw broken("its format is '" + format + "' and not " + FORMAT, null);
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw broken("its manifest is no JSON", e);
        }
    }

    JsonNode manifest() {
        return manifest;
    }

    /** Refuses (400) what comes from a newer Mneme, what is not complete, and what is not as it was written. Reads all of it. */
    void check(Set<String> versions) {
        Set<String> unknown = new TreeSet<>();
        manifest.path("schema").forEach(version -> unknown.add(version.asText()));
        unknown.removeAll(versions);
        if (!unknown.isEmpty()) {
            throw new Problem(
                    ProblemCode.INVALID_ARGUMENT,
                    "This backup comes from a newer Mneme (schema " + String.join(", ", unknown)
                            + "). Update this server first. Nothing was changed.");
        }
        for (var sum : manifest.path("sha256").properties()) {
            check(sum.getKey(), sum.getValue().asText());
        }
        zip.stream()
                .map(ZipEntry::getName)
                .filter(name ->
                        !name.equals(MANIFEST) && !manifest.path("sha256").has(name))
                .findFirst()
                .ifPresent(name -> {
                    throw broken("it holds " + name + ", which its manifest does not name", null);
                });
    }

    private void check(String name, String sum) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw broken(name + " is missing in it", null);
        }
        try (DigestInputStream in = new DigestInputStream(zip.getInputStream(entry), Sha256.begin())) {
            Counting lines = new Counting(in);
            lines.transferTo(OutputStream.nullOutputStream());
            if (!HexFormat.of().formatHex(in.getMessageDigest().digest()).equals(sum)) {
                throw broken(name + " is not what was written: its checksum differs", null);
            }
            if (name.startsWith(TABLES) && lines.lines - 1 != rows(name.substring(TABLES.length()))) {
                throw broken(name + " does not have as many rows as its manifest says", null);
            }
        } catch (IOException e) {
            throw broken(name + " cannot be read", e);
        }
    }

    /** Counts lines on the way. */
    private static final class Counting extends FilterInputStream {
        private long lines;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = super.read(into, from, length);
            for (int i = 0; i < n; i++) {
                if (into[from + i] == '\n') {
                    lines++;
                }
            }
            return n;
        }
    }

    /** How many rows of a table it holds; 0 when it does not know the table. */
    long rows(String table) {
        return manifest.path("rows").path(table).asLong();
    }

    /** The tables that it holds. */
    List<String> tables() {
        return names(TABLES);
    }

    /** The ids of the uploads that it holds. */
    List<String> uploads() {
        return names(UPLOADS);
    }

    private List<String> names(String folder) {
        return manifest.path("sha256")
                .propertyStream()
                .map(java.util.Map.Entry::getKey)
                .filter(name -> name.startsWith(folder))
                .map(name -> name.substring(folder.length()))
                .toList();
    }

    InputStream content(String name) throws IOException {
        return zip.getInputStream(zip.getEntry(name));
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a backup entry by entry; the manifest comes last. */
    static final class Writer implements AutoCloseable {
        /** Fast rather than small: texts shrink by far the most at the lowest level, vectors hardly at any. */
        private static final int DEFLATE_LEVEL = 1;

        private final ZipOutputStream zip;
        private final ObjectNode manifest = Json.object().put("format", FORMAT);
        private final ObjectNode sums = Json.object();
        private final ObjectNode rows = Json.object();

        Writer(OutputStream out) {
            zip = new ZipOutputStream(out);
            zip.setLevel(DEFLATE_LEVEL);
        }

        /** Fills an entry; answers how many rows that were. */
        @FunctionalInterface
        interface Filling {
            long into(OutputStream out) throws IOException;
        }

        ObjectNode manifest() {
            return manifest;
        }

        void table(String name, Filling filling) throws IOException {
            rows.put(name, entry(TABLES + name, filling));
        }

        void upload(String id, Filling filling) throws IOException {
            entry(UPLOADS + id, filling);
        }

        private long entry(String name, Filling filling) throws IOException {
            zip.putNextEntry(new ZipEntry(name));
            DigestOutputStream out = new DigestOutputStream(zip, Sha256.begin());
            long count = filling.into(out);
            zip.closeEntry();
            sums.put(name, HexFormat.of().formatHex(out.getMessageDigest().digest()));
            return count;
        }

        void finish() throws IOException {
            manifest.set("rows", rows);
            manifest.set("sha256", sums);
            zip.putNextEntry(new ZipEntry(MANIFEST));
            zip.write(Json.write(manifest).getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }

        @Override
        public void close() throws IOException {
            zip.close();
        }
    }
}
