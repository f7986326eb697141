package dev.mneme.wire;

import java.util.List;

/** Some of the machines. */
public record EnvironmentPage(List<EnvironmentView> connections, boolean hasNextPage) {}
