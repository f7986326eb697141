package dev.mneme.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Settings of a sandbox. Which kind they are for follows from their keys (contract 12 §6). */
public record SandboxWish(@Nullable ObjectNode config) {}
