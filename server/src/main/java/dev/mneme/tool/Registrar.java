package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.schema.Schemas;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes in the tools that people write: reads their schema, keeps one of each name, and keeps what was overwritten (contract 05 §2, §3;
 * decision 0019). Thread-safe.
 */
public final class Registrar {
    /** Earlier sources kept of each tool: enough to find last week's. */
    static final int VERSIONS_KEPT = 50;

    /** Characters of a return that may be asked for (contract 05 §2). */
    public static final int MOST_RETURN_CHARS = 1_000_000;

    /** What model providers take as the name of a function. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final Db db;
    private final Clock clock;
    private final Tools tools;
    private final Schemas schemas;

    public Registrar(Db db, Tools tools, Schemas schemas) {
        this.db = db;
        this.clock = db.clock();
        this.tools = tools;
        this.schemas = schemas;
    }

    /**
     * Stores a tool under the name that its schema gives; one of that name is overwritten and keeps its id, its earlier source becomes a
     * version.
     *
     * @param anew whether the caller means a new tool, so that nothing is said about arguments that were not described
     */
    public Saved save(String org, @Nullable String userId, ToolDraft draft, boolean anew) {
        String source = draft.sourceCode();
        if (source == null || source.isBlank()) {
            throw refused("Custom tool is missing source_code field.");
        }
        SourceType type = SourceType.of(draft.sourceType());
        ObjectNode given = draft.jsonSchema();
        ObjectNode schema = given != null && !given.isEmpty()
                ? given
                : schemas.derive(type.language(), source, null, draft.argsJsonSchema());
        String name = name(schema);
        boolean schemaGiven = schema.equals(given);
        return db.of(org).write(tx -> {
            ToolRow old = named(tx, name);
            if (old == null) {
                ToolRow made = fresh(userId, draft, type, schema, anew);
                ToolWriteSql.insert(tx, made, schemaGiven);
                return new Saved(made, 0);
            }
            if (!old.toolType().equals(ToolType.CUSTOM.word())) {
                throw Problem.invalid("Tool with name '" + name + "' already exists in your organization as a "
                        + old.toolType() + " tool; give the function another name.");
            }
            ToolRow changed = Redraft.overwritten(old, draft, type, schema, clock.next(), userId);
            return write(tx, old, changed, schemaGiven, userId);
        });
    }

    /** Changes a tool. A source that changes alone brings its new schema along, unless the client gave its own. */
    public Saved patch(String org, @Nullable String userId, String id, ToolDraft patch) {
        ToolRow seen = tools.get(org, id);
        boolean given = db.of(org).read(tx -> ToolWriteSql.schemaGiven(tx, id));
        ObjectNode derived = derived(seen, patch, given);
        ObjectNode schema = patch.jsonSchema() == null ? derived : patch.jsonSchema();
        if (schema != null) {
            name(schema);
        }
        return db.of(org).write(tx -> {
            ToolRow old = tools.find(tx, id);
            if (old == null) {
                throw Problem.notFound("Tool with id " + id + " not found.");
            }
            ToolRow changed = Redraft.patched(old, patch, schema, clock.next(), userId);
            ToolRow rival = old.name().equals(changed.name()) ? null : named(tx, changed.name());
            if (rival != null) {
                throw Problem.invalid("Tool with name '" + changed.name() + "' already exists in your organization");
            }
            return write(tx, old, changed, patch.jsonSchema() != null || given, userId);
        });
    }

    /** The new schema that a patch brings about without saying so; null: it stays. */
    private @Nullable ObjectNode derived(ToolRow tool, ToolDraft patch, boolean schemaGiven) {
        String source = patch.sourceCode() == null ? tool.sourceCode() : patch.sourceCode();
        boolean rewritten = patch.sourceCode() != null || patch.argsJsonSchema() != null;
        if (!rewritten) {
            return null;
        }
        if (!tool.toolType().equals(ToolType.CUSTOM.word()) || source == null || source.isBlank()) {
            throw refused("Only the source of a custom tool can be changed, and not to nothing.");
        }
        SourceType type = SourceType.of(patch.sourceType() == null ? tool.sourceType() : patch.sourceType());
        String wanted = patch.jsonSchema() == null ? tool.name() : name(patch.jsonSchema());
        boolean derives = patch.jsonSchema() == null && !schemaGiven;
        ObjectNode schema = derives ? schemas.derive(type.language(), source, wanted, arguments(tool, patch)) : null;
        String found = schema == null ? null : schema.path("name").asText();
        if (patch.sourceCode() != null && !(schema == null ? type.defines(source, wanted) : wanted.equals(found))) {
            throw refused("Tool name '" + wanted + "' does not match the name in the JSON schema '" + wanted
                    + "' or in the source code: it must define a function of that name"
                    + (found == null ? "." : ", but defines " + found + "."));
        }
        return schema;
    }

    private static @Nullable JsonNode arguments(ToolRow tool, ToolDraft patch) {
        return patch.argsJsonSchema() == null ? tool.argsJsonSchema() : patch.argsJsonSchema();
    }

    /** Deletes a tool; agents that had it lose it. 400 when there is none (contract 05 §2). */
    public void delete(String org, String id) {
        boolean gone = db.of(org).write(tx -> ToolWriteSql.delete(tx, id));
        if (!gone) {
            throw refused("Tool with id " + id + " not found.");
        }
    }

    /** What the tool was before its source was replaced, newest first; 404 when there is no such tool. */
    public List<ToolVersion> versions(String org, String id) {
        tools.get(org, id);
        return db.of(org).read(tx -> ToolWriteSql.versions(tx, id));
    }

    /** The schema that a source would get, without storing anything. */
    public ObjectNode schemaOf(
            String source, @Nullable String sourceType, @Nullable String name, @Nullable JsonNode argsJsonSchema) {
        return schemas.derive(SourceType.of(sourceType).language(), source, name, argsJsonSchema);
    }

    /** The tool that a draft would become under that name; nothing is stored. Throws as {@link #save}. */
    public ToolRow sketch(@Nullable String userId, ToolDraft draft, String name) {
        String source = draft.sourceCode();
        if (source == null || source.isBlank()) {
            throw refused("Custom tool is missing source_code field.");
        }
        SourceType type = SourceType.of(draft.sourceType());
        ObjectNode schema = schemas.derive(type.language(), source, name, draft.argsJsonSchema());
        return fresh(userId, draft, type, schema, true);
    }

    private Saved write(Tx tx, ToolRow old, ToolRow changed, boolean schemaGiven, @Nullable String userId) {
        int overwrote = 0;
        String source = old.sourceCode();
        if (source != null && !source.equals(changed.sourceCode())) {
            overwrote = ToolWriteSql.keep(tx, old, changed.updatedAt(), userId, VERSIONS_KEPT);
        }
        ToolWriteSql.update(tx, changed, schemaGiven);
        return new Saved(changed, overwrote);
    }

    private ToolRow fresh(@Nullable String userId, ToolDraft draft, SourceType type, ObjectNode schema, boolean anew) {
        long now = clock.next();
        ToolRow blank = new ToolRow(
                IdKind.TOOL.next(),
                ToolType.CUSTOM.word(),
                null,
                type.word(),
                name(schema),
                List.of(),
                null,
                schema,
                null,
                ToolRow.RETURN_CHAR_LIMIT,
                null,
                null,
                null,
                false,
                userId,
                userId,
                Json.object(),
                draft.projectId(),
                now,
                now);
        ToolRow made = Redraft.overwritten(blank, draft, type, schema, now, userId);
        return anew && draft.argsJsonSchema() == null ? Redraft.withoutArguments(made) : made;
    }

    private @Nullable ToolRow named(Tx tx, String name) {
        List<ToolRow> found = tools.byNames(tx, List.of(name));
        return found.isEmpty() ? null : found.getFirst();
    }

    private static String name(ObjectNode schema) {
        String name = Objects.requireNonNullElse(schema.path("name").textValue(), "");
        if (!NAME.matcher(name).matches()) {
            throw Problem.invalid(
                    "A tool needs a name of 1 to 128 letters, digits, '_' or '-', as models call it by that; "
                            + "the schema says '" + name + "'.");
        }
        if (BaseTools.isBase(name)) {
            throw Problem.invalid(
                    "'" + name + "' is the name of a tool of this server; give the function another name.");
        }
        return name;
    }

    private static Problem refused(String text) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, text);
    }
}
