package dev.mneme.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A program that is spoken to over its standard input and output. */
public record McpProgram(
        @Nullable String command,
        @Nullable List<String> args,
        @Nullable Map<String, String> env) {}
