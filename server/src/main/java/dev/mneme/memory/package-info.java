/**
 * What an agent remembers: core blocks, recall, archival; the memory tools; the prompt.
 *
 * <p>May import: base, message, store, search, llm, tool.
 */
@NullMarked
package dev.mneme.memory;

import org.jspecify.annotations.NullMarked;
