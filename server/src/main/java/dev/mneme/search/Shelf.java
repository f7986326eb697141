package dev.mneme.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.NIOFSDirectory;
import org.jspecify.annotations.Nullable;

/** The Lucene folder, open for writing. Entries go in and out; {@link #open} refuses what is damaged or of another layout. Thread-safe. */
final class Shelf implements AutoCloseable {
    private static final String LAYOUT = "layout";
    private static final String PASSAGES = "passages";
    private static final String MESSAGES = "messages";
    private static final String FILE_PASSAGES = "file-passages";
    private static final String GRAVES = "graves";

    /** Merges at once: one, since building a graph keeps a core busy for minutes and the other core serves. */
    private static final int MERGE_THREADS = 1;

    /** Merges that may wait before writing is held back. Never reached in practice: writing must not wait for a graph. */
    private static final int MERGES_WAITING = 100;

    /** Entries outside the greatest segment that searches do not feel: scanning them takes 3 ms at 1,536 dimensions. */
    private static final int SCATTERED = 20_000;

    /** And the part of all, so that a great index is not gathered too often. */
    private static final int SCATTERED_PART = 5;

    /** Entries of a segment that gathering aims at: its graph is built in about ten minutes, its files are 4 GB. */
    private static final int PART = 500_000;

    private final Directory directory;
    private final IndexWriter writer;
    private volatile Position durable;

    private Shelf(Directory directory, IndexWriter writer, Position found) {
        this.directory = directory;
        this.writer = writer;
        this.durable = found;
    }

    /**
     * Opens or makes the folder, after every checksum in it was found right.
     *
     * @throws CorruptIndexException when the files are damaged
     * @throws IOException also when the index has another layout: {@link #wipe} and open again
     */
    static Shelf open(Path folder, SearchOptions options) throws IOException {
        Files.createDirectories(folder);
        Position found = Position.NOTHING;
        if (isIndex(folder)) {
            found = verify(folder);
        } else {
            wipe(folder);
        }
        Directory directory = FSDirectory.open(folder);
        try {
            return new Shelf(directory, new IndexWriter(directory, config(options)), found);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static boolean isIndex(Path folder) throws IOException {
        try (Directory directory = new NIOFSDirectory(folder)) {
            return DirectoryReader.indexExists(directory);
        }
    }

    /** Reads every file once, through plain reads: mapped memory would count as ours. About 2 GB/s from the page cache. */
    private static Position verify(Path folder) throws IOException {
        try (Directory directory = new NIOFSDirectory(folder)) {
            SegmentInfos commit = SegmentInfos.readLatestCommit(directory);
            Map<String, String> data = commit.getUserData();
            if (!Layout.VERSION.equals(data.get(LAYOUT))) {
                throw new CorruptIndexException("layout " + data.get(LAYOUT), folder.toString());
            }
            for (String file : commit.files(true)) {
                try (IndexInput input = directory.openInput(file, IOContext.READONCE)) {
                    CodecUtil.checksumEntireFile(input);
                }
            }
            return new Position(
                    track(data, PASSAGES), track(data, MESSAGES), track(data, FILE_PASSAGES), track(data, GRAVES));
        } catch (IllegalArgumentException e) {
            throw new CorruptIndexException("unreadable commit", folder.toString(), e);
        }
    }

    private static Position.Track track(Map<String, String> data, String table) {
        return new Position.Track(Long.parseLong(data.getOrDefault(table, "0")), Map.of());
    }

    private static IndexWriterConfig config(SearchOptions options) {
        ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
        merges.setMaxMergesAndThreads(MERGES_WAITING, MERGE_THREADS);
        merges.disableAutoIOThrottle();
        IndexWriterConfig config = new IndexWriterConfig(new Words());
        config.setCodec(Layout.codec());
        config.setMergePolicy(new TieredMergePolicy());
        config.setMergeScheduler(merges);
        config.setRAMBufferSizeMB(options.ramBufferMb());
        config.setCommitOnClose(false);
        return config;
    }

    /** Deletes all files in the folder. */
    static void wipe(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** How far the index on disk follows the database. */
    Position durable() {
        return durable;
    }

    /** Puts entries in, each in place of an older one with its id. */
    void put(List<Entry> entries) throws IOException {
        for (Entry entry : entries) {
            writer.updateDocument(Layout.byId(entry.id()), Layout.document(entry));
        }
    }

    void remove(List<Term> terms) throws IOException {
        writer.deleteDocuments(terms.toArray(Term[]::new));
    }

    /** A reader that sees everything put in so far; the caller owns it. */
    DirectoryReader reader() throws IOException {
        return DirectoryReader.open(writer);
    }

    /** A reader that sees what the given one does not; null when nothing changed. */
    @Nullable
    DirectoryReader newer(DirectoryReader reader) throws IOException {
        return DirectoryReader.openIfChanged(reader, writer);
    }

    /** Whether merges have replaced segments since the reader was opened: a newer one searches faster and frees the old files. */
    boolean merged(IndexReader reader) throws IOException {
        return reader instanceof DirectoryReader directoryReader && !directoryReader.isCurrent();
    }

    /** Makes what was put in durable, marked with a position that it has reached. May take seconds; others go on meanwhile. */
    void commit(Position position) throws IOException {
        writer.setLiveCommitData(Map.of(
                        LAYOUT, Layout.VERSION,
                        PASSAGES, Long.toString(position.passages().floor()),
                        MESSAGES, Long.toString(position.messages().floor()),
                        FILE_PASSAGES, Long.toString(position.filePassages().floor()),
                        GRAVES, Long.toString(position.graves().floor()))
                .entrySet());
        writer.commit();
        durable = position;
    }

    /** Whether graphs are being built or segments merged. */
    boolean merging() {
        return writer.isOpen() && writer.hasPendingMerges();
    }

    /** Whether so many entries lie outside the greatest segment that searches feel it; see {@link #gather}. */
    static boolean scattered(IndexReader reader) {
        int greatest = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            greatest = Math.max(greatest, leaf.reader().numDocs());
        }
        int all = reader.numDocs();
        return reader.leaves().size() > parts(all) && all - greatest > Math.max(SCATTERED, all / SCATTERED_PART);
    }

    /** Starts to merge what lies scattered, on the merge thread; the greatest graph is kept and grown. */
    void gather(int entries) throws IOException {
        writer.forceMerge(parts(entries), false);
    }

    private static int parts(int entries) {
        return 1 + entries / PART;
    }

    /** Closes without committing and without waiting for merges. */
    @Override
    public void close() throws IOException {
        try (directory) {
            writer.rollback();
        }
    }
}
