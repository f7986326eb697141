package dev.mneme.store;

import org.jspecify.annotations.Nullable;

/** What SQLite and PostgreSQL do differently. */
interface Engine extends AutoCloseable {
    String kind();

    <T extends @Nullable Object> T read(String organizationId, Work<T> work);

    <T extends @Nullable Object> T write(String organizationId, Work<T> work);

    @Override
    void close();
}
