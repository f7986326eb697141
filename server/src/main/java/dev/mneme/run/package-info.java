/**
 * Durable execution of turns: desk, lease, log, recovery. The only room that starts long-lived work.
 *
 * <p>May import: base, message, store, tool, agent, turn.
 */
@NullMarked
package dev.mneme.run;

import org.jspecify.annotations.NullMarked;
