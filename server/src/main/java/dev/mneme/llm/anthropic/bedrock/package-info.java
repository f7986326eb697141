/**
 * Claude at AWS Bedrock: the messages language in AWS's wrapping (signed requests, framed streams).
 *
 * <p>May import: base, message, llm, llm.anthropic.
 */
@NullMarked
package dev.mneme.llm.anthropic.bedrock;

import org.jspecify.annotations.NullMarked;
