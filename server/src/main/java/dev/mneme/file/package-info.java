/**
 * Folders and their files: taken in, read, cut into passages, embedded, and shown to agents.
 *
 * <p>May import: base, message, store, search, llm, tool, memory.
 */
@NullMarked
package dev.mneme.file;

import org.jspecify.annotations.NullMarked;
