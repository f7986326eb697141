/**
 * Words every room uses: ids, the clock, JSON, problems.
 *
 * <p>May import: the JDK and Jackson.
 */
@NullMarked
package dev.mneme.base;

import org.jspecify.annotations.NullMarked;
