package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Sha256;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A stored tool with a draft laid over it. Pure. */
final class Redraft {
    /** Hex digits of {@code metadata_.tool_hash} (recorded from the retired server). */
    private static final int HASH_DIGITS = 12;

    private Redraft() {}

    /** An upsert: what has a default gets it anew, what was left out stays, an empty list clears. */
    static ToolRow overwritten(
            ToolRow old, ToolDraft draft, SourceType type, ObjectNode schema, long now, @Nullable String userId) {
        String source = Objects.requireNonNull(draft.sourceCode());
        boolean rewritten = !source.equals(old.sourceCode());
        JsonNode pip = either(draft.pipRequirements(), old.pipRequirements());
        JsonNode npm = either(draft.npmRequirements(), old.npmRequirements());
        return new ToolRow(
                old.id(),
                old.toolType(),
                either(draft.description(), schema.path("description").textValue()),
                type.word(),
                schema.path("name").asText(),
                draft.tags() == null ? old.tags() : draft.tags(),
                source,
                schema,
                draft.argsJsonSchema() != null
                        ? draft.argsJsonSchema()
                        : rewritten || old.argsJsonSchema() == null ? Json.object() : old.argsJsonSchema(),
                draft.returnCharLimit() == null ? ToolRow.RETURN_CHAR_LIMIT : draft.returnCharLimit(),
                pip,
                npm,
                either(draft.defaultRequiresApproval(), old.defaultRequiresApproval()),
                draft.enableParallelExecution() == null
                        ? old.enableParallelExecution()
                        : draft.enableParallelExecution(),
                old.createdById(),
                userId,
                metadata(either(draft.metadata(), old.metadata()), old, source, type.word(), pip, npm),
                either(old.projectId(), draft.projectId()),
                old.createdAt(),
                now);
    }

    /** What a file says of a tool, in the place of the stored one. */
    static ToolRow restored(ToolRow old, ToolRow wanted) {
        return new ToolRow(
                old.id(),
                old.toolType(),
                wanted.description(),
                wanted.sourceType(),
                old.name(),
                wanted.tags(),
                wanted.sourceCode(),
                wanted.jsonSchema(),
                wanted.argsJsonSchema(),
                wanted.returnCharLimit(),
                wanted.pipRequirements(),
                wanted.npmRequirements(),
                wanted.defaultRequiresApproval(),
                wanted.enableParallelExecution(),
                old.createdById(),
                wanted.lastUpdatedById(),
                wanted.metadata(),
                old.projectId(),
                old.createdAt(),
                wanted.updatedAt());
    }

    /** A patch: null leaves things as they are. schema: the new one, null: it stays. */
    static ToolRow patched(
            ToolRow old, ToolDraft patch, @Nullable ObjectNode schema, long now, @Nullable String userId) {
        String source = either(patch.sourceCode(), old.sourceCode());
        String type = patch.sourceType() == null
                ? old.sourceType()
                : SourceType.of(patch.sourceType()).word();
        JsonNode pip = either(patch.pipRequirements(), old.pipRequirements());
        JsonNode npm = either(patch.npmRequirements(), old.npmRequirements());
        JsonNode newest = schema == null ? old.jsonSchema() : schema;
        if (patch.description() != null && patch.jsonSchema() == null && newest instanceof ObjectNode object) {
            // The model reads the schema's description: it should read the new words.
            newest = object.deepCopy().put("description", patch.description());
        }
        String said = schema == null ? null : schema.path("description").textValue();
        JsonNode arguments = either(patch.argsJsonSchema(), old.argsJsonSchema());
        return new ToolRow(
                old.id(),
                old.toolType(),
                either(patch.description(), either(said, old.description())),
                type,
                schema == null ? old.name() : schema.path("name").asText(),
                patch.tags() == null ? old.tags() : patch.tags(),
                source,
                newest,
                arguments == null ? Json.object() : arguments,
                patch.returnCharLimit() == null ? old.returnCharLimit() : patch.returnCharLimit(),
                pip,
                npm,
                either(patch.defaultRequiresApproval(), old.defaultRequiresApproval()),
                patch.enableParallelExecution() == null
                        ? old.enableParallelExecution()
                        : patch.enableParallelExecution(),
                old.createdById(),
                userId,
                metadata(either(patch.metadata(), old.metadata()), old, source, type, pip, npm),
                old.projectId(),
                old.createdAt(),
                now);
    }

    /** As a tool reads that was just made and of whose arguments nothing was said (contract 05 §1). */
    static ToolRow withoutArguments(ToolRow tool) {
        return new ToolRow(
                tool.id(),
                tool.toolType(),
                tool.description(),
                tool.sourceType(),
                tool.name(),
                tool.tags(),
                tool.sourceCode(),
                tool.jsonSchema(),
                null,
                tool.returnCharLimit(),
                tool.pipRequirements(),
                tool.npmRequirements(),
                tool.defaultRequiresApproval(),
                tool.enableParallelExecution(),
                tool.createdById(),
                tool.lastUpdatedById(),
                tool.metadata(),
                tool.projectId(),
                tool.createdAt(),
                tool.updatedAt());
    }

    /** With the hash of the code and the number of its version. */
    private static JsonNode metadata(
            @Nullable JsonNode given,
            ToolRow old,
            @Nullable String source,
            @Nullable String type,
            @Nullable JsonNode pip,
            @Nullable JsonNode npm) {
        ObjectNode out = given instanceof ObjectNode object ? object.deepCopy() : Json.object();
        if (source == null || !old.toolType().equals(ToolType.CUSTOM.word())) {
            return out;
        }
        int before = old.metadata().path("version").asInt(0);
        out.put("tool_hash", hash(source + "|" + type + "|" + requirements(pip) + requirements(npm)));
        out.put("version", source.equals(old.sourceCode()) ? Math.max(before, 1) : before + 1);
        return out;
    }

    private static String requirements(@Nullable JsonNode list) {
        return list == null || list.isEmpty() ? "" : Json.write(list);
    }

    private static String hash(String text) {
        return Sha256.hex(text).substring(0, HASH_DIGITS);
    }

    private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
        return first == null ? second : first;
    }
}
