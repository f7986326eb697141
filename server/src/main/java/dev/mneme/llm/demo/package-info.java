/**
 * A model that answers by fixed rules: for trying out, for tests, for load.
 *
 * <p>May import: base, message, llm.
 */
@NullMarked
package dev.mneme.llm.demo;

import org.jspecify.annotations.NullMarked;
