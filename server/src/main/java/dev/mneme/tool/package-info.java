/**
 * What an agent can call: specs, effects, the table of tools.
 *
 * <p>May import: base, message, store.
 */
@NullMarked
package dev.mneme.tool;

import org.jspecify.annotations.NullMarked;
