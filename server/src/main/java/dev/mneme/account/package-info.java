/**
 * Organisations, people, the server's password, secrets at rest.
 *
 * <p>May import: base, store.
 */
@NullMarked
package dev.mneme.account;

import org.jspecify.annotations.NullMarked;
