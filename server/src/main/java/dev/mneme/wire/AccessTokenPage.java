package dev.mneme.wire;

import java.util.List;

/** Some of the access tokens. */
public record AccessTokenPage(List<AccessTokenView> tokens, boolean hasNextPage) {}
