/**
 * Settings: environment and flags into option records; an unknown setting of ours stops the start.
 *
 * <p>May import: base.
 */
@NullMarked
package dev.mneme.config;

import org.jspecify.annotations.NullMarked;
