package dev.mneme.tool.schema;

import dev.mneme.tool.sandbox.Language;
import org.jspecify.annotations.Nullable;

/** Reads what a tool is called and takes from its source, without running it. Thread-safe. */
public interface SchemaReader {
    Language language();

    /**
     * Reads a source.
     *
     * @param name of the function wanted; null, or when there is no such one: the only or last public function of the top level
     * @param argumentsGiven whether the caller brings a schema of the arguments, so that only name and description are read
     */
    Reading read(String source, @Nullable String name, boolean argumentsGiven);
}
