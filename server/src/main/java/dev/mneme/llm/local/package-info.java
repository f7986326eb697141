/**
 * Embeddings inside this process.
 *
 * <p>May import: base, message, llm.
 */
@NullMarked
package dev.mneme.llm.local;

import org.jspecify.annotations.NullMarked;
