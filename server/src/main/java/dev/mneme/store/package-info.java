/**
 * The database: short transactions, migrations, the differences of SQLite and PostgreSQL.
 *
 * <p>May import: base.
 */
@NullMarked
package dev.mneme.store;

import org.jspecify.annotations.NullMarked;
