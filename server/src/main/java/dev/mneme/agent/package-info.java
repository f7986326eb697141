/**
 * What an agent is: definition, attachments, list, export.
 *
 * <p>May import: base, message, store, account, llm, tool, memory, file.
 */
@NullMarked
package dev.mneme.agent;

import org.jspecify.annotations.NullMarked;
