package dev.mneme.tool.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What was found in a source. */
public sealed interface Reading {
    /** schema: {@code {"name","description","parameters"}}. */
    record Found(ObjectNode schema) implements Reading {}

    /** The source does not say enough. why names the parameter and the line. */
    record Refused(String why) implements Reading {}

    /** Sources of this language cannot be read here; why says what to do. */
    record Unavailable(String why) implements Reading {}
}
