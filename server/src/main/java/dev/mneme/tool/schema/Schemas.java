package dev.mneme.tool.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.tool.sandbox.Language;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The schema of a tool from its source, whatever the language; what cannot be read is a refusal in the contract's words. Thread-safe. */
public final class Schemas {
    private final Map<Language, SchemaReader> readers = new EnumMap<>(Language.class);

    public Schemas(List<SchemaReader> readers) {
        readers.forEach(reader -> this.readers.put(reader.language(), reader));
    }

    /**
     * {@code {"name","description","parameters"}} of a source.
     *
     * @param name of the function wanted, null: the source decides
     * @param arguments the schema of the arguments that the client brings, null: the source says
     * @throws Problem 400 that names the parameter and the line; 422 when sources of this language cannot be read
     */
    public ObjectNode derive(Language language, String source, @Nullable String name, @Nullable JsonNode arguments) {
        SchemaReader reader = readers.get(language);
        if (reader == null) {
            String word = language.name().toLowerCase(Locale.ROOT);
            throw Problem.unprocessable(
                    "json_schema is required for " + word + " tools: their arguments are not derived from the source.");
        }
        boolean given = arguments != null && !arguments.isEmpty();
        return switch (reader.read(source, name, given)) {
            case Reading.Found found -> {
                ObjectNode schema = found.schema().deepCopy();
                if (given && arguments != null) {
                    schema.set("parameters", FlatSchema.parameters(arguments));
                }
                yield schema;
            }
            case Reading.Refused refused -> throw failed("Schema generation failed: " + refused.why());
            case Reading.Unavailable unavailable -> throw failed(unavailable.why());
        };
    }

    private static Problem failed(String why) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, "Failed to derive json schema: " + why);
    }
}
