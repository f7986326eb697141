/**
 * The OpenAI chat-completions language and its embeddings.
 *
 * <p>May import: base, message, llm.
 */
@NullMarked
package dev.mneme.llm.openai;

import org.jspecify.annotations.NullMarked;
