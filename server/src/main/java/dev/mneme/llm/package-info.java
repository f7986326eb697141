/**
 * Models and embedders: one door for every provider; each vendor's JSON stays in its own sub-package.
 *
 * <p>May import: base, message, store.
 */
@NullMarked
package dev.mneme.llm;

import org.jspecify.annotations.NullMarked;
