/**
 * The door: routes, authentication, mapping, problems to status, SSE.
 *
 * <p>May import: base, message, account, search, llm, tool, memory, file, agent, turn, run, wire.
 */
@NullMarked
package dev.mneme.http;

import org.jspecify.annotations.NullMarked;
