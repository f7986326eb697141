package dev.mneme.tool.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.tool.sandbox.JavaHost;
import dev.mneme.tool.sandbox.Language;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Compiles Java sources in a jail, without running them, and reads the method that is the tool. Thread-safe. */
public final class JavaSchemas implements SchemaReader {
    private final JavaHost java;

    public JavaSchemas(JavaHost java) {
        this.java = java;
    }

    @Override
    public Language language() {
        return Language.JAVA;
    }

    @Override
    public Reading read(String source, @Nullable String name, boolean argumentsGiven) {
        String refusal = java.refusal();
        if (refusal != null) {
            return new Reading.Unavailable(refusal);
        }
        if (source.length() > PythonSchemas.SOURCE_LIMIT) {
            return new Reading.Refused(
                    "the source has " + source.length() + " characters, more than " + PythonSchemas.SOURCE_LIMIT);
        }
        try {
            JsonNode answer = java.read(source, name, argumentsGiven);
            return answer.path("schema") instanceof ObjectNode schema
                    ? new Reading.Found(schema)
                    : new Reading.Refused(
                            answer.path("refusal").asText("There is no public static method in the source"));
        } catch (IOException e) {
            return new Reading.Unavailable("The source could not be compiled: " + e.getMessage());
        }
    }
}
