/**
 * Ollama's own chat language, which can be told the window to keep.
 *
 * <p>May import: base, message, llm.
 */
@NullMarked
package dev.mneme.llm.ollama;

import org.jspecify.annotations.NullMarked;
