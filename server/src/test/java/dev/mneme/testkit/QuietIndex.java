package dev.mneme.testkit;

import dev.mneme.search.Index;
import dev.mneme.search.Query;
import java.util.List;

/** An index that holds nothing: for tests that do not search. */
public final class QuietIndex implements Index {
    @Override
    public List<Hit> search(Query query) {
        return List.of();
    }

    @Override
    public void nudge() {}

    @Override
    public IndexStatus status() {
        return new IndexStatus(0, 0, false, "");
    }

    @Override
    public void close() {}
}
