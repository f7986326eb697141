package dev.mneme.search;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiReader;

/**
 * One state of the index and how far that state has followed the database. Immutable; a search holds one from beginning to end.
 * Whoever made it calls {@link #retire} once; whoever got true from {@link #hold} calls {@link #letGo}.
 */
final class View {
    private final IndexReader reader;
    private final Position position;
    private final AtomicBoolean retired = new AtomicBoolean();

    /** Takes over the caller's hold on the reader. */
    View(IndexReader reader, Position position) {
        this.reader = reader;
        this.position = position;
    }

    /** An index that holds nothing: everything is found by reading the database. */
    static View empty() {
        try {
            return new View(new MultiReader(), Position.NOTHING);
        } catch (IOException e) {
            throw new IllegalStateException("an empty reader reads nothing", e);
        }
    }

    IndexReader reader() {
        return reader;
    }

    Position position() {
        return position;
    }

    /** False when it was retired: take the newer one. */
    boolean hold() {
        return reader.tryIncRef();
    }

    void letGo() {
        try {
            reader.decRef();
        } catch (IOException e) {
            // Closing a reader only releases files: nothing of it is needed any more.
        }
    }

    void retire() {
        if (retired.compareAndSet(false, true)) {
            letGo();
        }
    }
}
