package dev.mneme.tool.sandbox.inmate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source that was compiled. main: the class with the method; classes: files by binary name; schema: null for a whole program. */
record Compiled(
        String main, Map<String, byte[]> classes, @Nullable ObjectNode schema) {}
