package dev.mneme.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the data lies.
 *
 * @param folder the data folder; it need not exist yet
 * @param postgres PostgreSQL's address; null: SQLite in the folder
 * @param poolSize connections to PostgreSQL, at most
 */
public record StorageOptions(Path folder, @Nullable Secret postgres, int poolSize) {}
