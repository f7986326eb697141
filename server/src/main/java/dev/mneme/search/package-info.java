/**
 * The search index: full text and vectors, fused; derived from the database and rebuildable.
 *
 * <p>May import: base, store.
 */
@NullMarked
package dev.mneme.search;

import org.jspecify.annotations.NullMarked;
