package dev.mneme.tool.mcp;

import java.util.function.UnaryOperator;

/** Secrets at rest, as the account room keeps them. */
public record Sealing(UnaryOperator<String> seal, UnaryOperator<String> open) {}
