/**
 * One turn of an agent: pure rules and the one loop.
 *
 * <p>May import: base, message, store, llm, tool, memory, agent.
 */
@NullMarked
package dev.mneme.turn;

import org.jspecify.annotations.NullMarked;
