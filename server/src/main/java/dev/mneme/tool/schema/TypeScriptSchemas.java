package dev.mneme.tool.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.tool.sandbox.Language;
import dev.mneme.tool.sandbox.NodeHost;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads TypeScript and JavaScript sources with the TypeScript parser, in a jail, without running them. Thread-safe. */
public final class TypeScriptSchemas implements SchemaReader {
    private final Language language;
    private final NodeHost node;

    public TypeScriptSchemas(Language language, NodeHost node) {
        this.language = language;
        this.node = node;
    }

    @Override
    public Language language() {
        return language;
    }

    @Override
    public Reading read(String source, @Nullable String name, boolean argumentsGiven) {
        if (source.length() > PythonSchemas.SOURCE_LIMIT) {
            return new Reading.Refused(
                    "the source has " + source.length() + " characters, more than " + PythonSchemas.SOURCE_LIMIT);
        }
        String refusal = node.refusal();
        if (refusal != null) {
            return new Reading.Unavailable(
                    refusal + " Or send a json_schema with the tool, then its source need not be read.");
        }
        try {
            JsonNode answer = node.schema(source, name, argumentsGiven);
            return answer.path("schema") instanceof ObjectNode schema
                    ? new Reading.Found(schema)
                    : new Reading.Refused(answer.path("refusal").asText("Failed to parse source code"));
        } catch (IOException e) {
            return new Reading.Unavailable("The source could not be read: " + e.getMessage());
        }
    }
}
