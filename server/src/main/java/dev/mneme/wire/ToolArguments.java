package dev.mneme.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What a tool is called with. */
public record ToolArguments(@Nullable ObjectNode args) {}
