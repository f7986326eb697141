/**
 * Messages, tool calls, model settings: data only, no SQL.
 *
 * <p>May import: base.
 */
@NullMarked
package dev.mneme.message;

import org.jspecify.annotations.NullMarked;
