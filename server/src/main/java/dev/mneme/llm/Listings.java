package dev.mneme.llm;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the providers list, fetched when somebody asks and kept for a while. A provider that fails lists nothing and leaves a note.
 * Thread-safe; one fetch at a time for each provider.
 */
final class Listings {
    /** Nanoseconds; new models of a provider appear after this time. */
    private static final long GOOD_FOR = 300_000_000_000L;

    /** Nanoseconds; a provider that was down is asked again after this time. */
    private static final long BAD_FOR = 15_000_000_000L;

    private record Listing(
            List<Vendor.Listed> models, @Nullable String note, long until) {}

    private final Function<String, List<Vendor.Listed>> fetch;
    private final Map<String, Listing> kept = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    Listings(Function<String, List<Vendor.Listed>> fetch) {
        this.fetch = fetch;
    }

    /** The models of a configured provider; empty if it cannot be reached. */
    List<Vendor.Listed> of(String provider) {
        Listing listing = kept.get(provider);
        if (listing != null && System.nanoTime() - listing.until < 0) {
            return listing.models;
        }
        ReentrantLock lock = locks.computeIfAbsent(provider, name -> new ReentrantLock());
        lock.lock();
        try {
            listing = kept.get(provider);
            if (listing == null || System.nanoTime() - listing.until >= 0) {
                listing = fetched(provider, listing);
                kept.put(provider, listing);
            }
            return listing.models;
        } finally {
            lock.unlock();
        }
    }

    /** What is known already, without asking. */
    List<Vendor.Listed> known(String provider) {
        Listing listing = kept.get(provider);
        return listing == null ? List.of() : listing.models;
    }

    /** Why the last fetch failed; null: it did not. */
    @Nullable
    String note(String provider) {
        Listing listing = kept.get(provider);
        return listing == null ? null : listing.note;
    }

    private Listing fetched(String provider, @Nullable Listing before) {
        try {
            return new Listing(List.copyOf(fetch.apply(provider)), null, System.nanoTime() + GOOD_FOR);
        } catch (ModelException e) {
            // A provider that is down must not hide the others: its last list stays, with a note.
            List<Vendor.Listed> models = before == null ? List.of() : before.models;
            return new Listing(models, e.detail(), System.nanoTime() + BAD_FOR);
        }
    }
}
