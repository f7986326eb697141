package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** An organisation that is to be made, or what changes of it; null stays, or a name is made up. */
public record OrganizationWish(
        @Nullable String name, @Nullable Boolean privilegedTools) {}
