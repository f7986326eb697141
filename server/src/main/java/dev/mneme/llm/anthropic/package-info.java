/**
 * The Anthropic messages language.
 *
 * <p>May import: base, message, llm.
 */
@NullMarked
package dev.mneme.llm.anthropic;

import org.jspecify.annotations.NullMarked;
