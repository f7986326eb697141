/**
 * The public REST and SSE shapes.
 *
 * <p>May import: base, message.
 */
@NullMarked
package dev.mneme.wire;

import org.jspecify.annotations.NullMarked;
