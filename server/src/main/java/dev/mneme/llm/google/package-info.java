/**
 * The Gemini language, at Google AI Studio and at Vertex AI.
 *
 * <p>May import: base, message, llm.
 */
@NullMarked
package dev.mneme.llm.google;

import org.jspecify.annotations.NullMarked;
