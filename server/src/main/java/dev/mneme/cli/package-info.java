/**
 * The command line: an ordinary HTTP client.
 *
 * <p>May import: base, config, message, wire.
 */
@NullMarked
package dev.mneme.cli;

import org.jspecify.annotations.NullMarked;
