package dev.mneme.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the data lies.
 *
 * @param folder the data folder; SQLite's file and the search index live in it
 * @param postgres a libpq-style or JDBC address; null: SQLite in the folder
 * @param poolSize connections to PostgreSQL
 */
public record StoreOptions(Path folder, @Nullable String postgres, int poolSize) {}
