package dev.mneme.search;

import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.store.AlreadyClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded index: Lucene in a folder, following the database (decision 0011).
 *
 * <p>Opening returns at once; the folder is opened, verified and brought up behind, and the first search waits for that. A search
 * holds one view of the index and adds, by exact comparison, the rows committed before it that the view lacks: all of them, or, when the
 * index is far behind, within the bounds of {@link Backlog}. So what it finds is right while the index is behind, being rebuilt or out of order.
 */
public final class LuceneIndex implements Index {
    private static final Logger LOG = LoggerFactory.getLogger(LuceneIndex.class);

    /** Most hits of one search. */
    private static final int MAX_LIMIT = 1_000;

    private final Db db;
    private final Path folder;
    private final Feed feed;
    private final Words words = new Words();

    /** Whether a search has left rows out: said once. */
    private final AtomicBoolean bounded = new AtomicBoolean();

    private LuceneIndex(Db db, Path folder, Feed feed) {
        this.db = db;
        this.folder = folder;
        this.feed = feed;
    }

    /** Starts the feed in the scope. Close the index before the scope and the database. */
    public static LuceneIndex open(Db db, Path folder, SearchOptions options, Scope scope) {
        Feed feed = new Feed(db, folder, options, scope);
        if (!scope.fork("search-feed", feed::run)) {
            throw new IllegalStateException("the scope is closed");
        }
        return new LuceneIndex(db, folder, feed);
    }

    @Override
    public List<Hit> search(Query query) {
        if (query.limit() < 1 || query.limit() > MAX_LIMIT) {
            throw Problem.invalid("limit must be between 1 and " + MAX_LIMIT + ".");
        }
        Probe probe = Probe.of(query, words);
        if (probe.terms().isEmpty() && probe.target() == null) {
            return List.of();
        }
        View view = feed.view();
        try {
            return search(probe, view.reader(), view.position());
        } catch (IOException | AlreadyClosedException e) {
            feed.distrust(e);
        } finally {
            view.letGo();
        }
        View none = View.empty();
        try {
            return search(probe, none.reader(), none.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            none.retire();
        }
    }

    private List<Hit> search(Probe probe, IndexReader reader, Position position) throws IOException {
        String organization = probe.query().organizationId();
        Backlog backlog = db.of(organization).read(tx -> Backlog.read(tx, probe, words, position));
        if (!backlog.whole() && bounded.compareAndSet(false, true)) {
            LOG.info(
                    "The search index is far behind the database. Until it has caught up, searches leave out older rows that it has not"
                            + " taken in: of those more than {} back by meaning, of those more than {} back by words as well.",
                    Backlog.MOST_ROWS,
                    Backlog.MOST_ROWS + Backlog.SIFTED_ROWS);
        }
        return new Retrieval(
                        reader,
                        probe,
                        backlog,
                        (known, ids) -> db.of(organization).read(tx -> known.checked(tx, probe, words, position, ids)))
                .hits();
    }

    @Override
    public void nudge() {
        feed.nudge();
    }

    @Override
    public IndexStatus status() {
        View view = feed.view();
        try {
            Position position = view.position();
            List<Held> kinds = db.everywhere().read(tx -> {
                List<Held> each = new ArrayList<>();
                for (Query.Kind kind : Query.Kind.values()) {
                    Position.Track track = position.of(kind);
                    long waiting = FeedSql.countAfter(tx, kind, track.floor())
                            - track.recent().size();
                    each.add(new Held(
                            kind.name().toLowerCase(Locale.ROOT), Feed.held(view, kind), Math.max(0, waiting)));
                }
                return List.copyOf(each);
            });
            return new IndexStatus(kinds, feed.rebuilding(), feed.linking(), folder.toString());
        } finally {
            view.letGo();
        }
    }

    @Override
    public long amiss() {
        if (feed.rebuilding()) {
            return 0;
        }
        View view = feed.view();
        try {
            Position position = view.position();
            return db.everywhere().read(tx -> {
                if (FeedSql.newest(tx) > position.newest()) {
                    return 0L; // rows wait: as many as there should be cannot be known now
                }
                long apart = 0;
                for (Query.Kind kind : Query.Kind.values()) {
                    apart += Math.abs(FeedSql.count(tx, kind) - Feed.held(view, kind));
                }
                return apart;
            });
        } finally {
            view.letGo();
        }
    }

    @Override
    public void rebuild() {
        feed.rebuild();
    }

    @Override
    public void close() {
        feed.stop();
        words.close();
    }
}
