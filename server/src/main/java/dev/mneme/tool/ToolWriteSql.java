package dev.mneme.tool;

import static dev.mneme.store.gen.Tables.TOOL;
import static dev.mneme.store.gen.Tables.TOOL_VERSION;
import static org.jooq.impl.DSL.max;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ToolRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writing tools, and the sources that they had before. */
final class ToolWriteSql {
    private ToolWriteSql() {}

    static void insert(Tx tx, ToolRow tool, boolean schemaGiven) {
        ToolRecord row = new ToolRecord();
        row.setId(tool.id());
        row.setOrganizationId(tx.org());
        row.setCreatedAt(tool.createdAt());
        row.setCreatedById(tool.createdById());
        fill(row, tool, schemaGiven);
        tx.sql().insertInto(TOOL).set(row).execute();
    }

    static void update(Tx tx, ToolRow tool, boolean schemaGiven) {
        ToolRecord row = new ToolRecord();
        fill(row, tool, schemaGiven);
        tx.sql()
                .update(TOOL)
                .set(row)
                .where(TOOL.ID.eq(tool.id()), tx.own(TOOL.ORGANIZATION_ID))
                .execute();
    }

    private static void fill(ToolRecord row, ToolRow tool, boolean schemaGiven) {
        row.setName(tool.name());
        row.setToolType(tool.toolType());
        row.setSourceType(tool.sourceType());
        row.setSourceCode(tool.sourceCode());
        row.setDescription(tool.description());
        row.setJsonSchema(text(tool.jsonSchema()));
        row.setArgsJsonSchema(text(tool.argsJsonSchema()));
        row.setTags(Json.write(tool.tags()));
        row.setReturnCharLimit(tool.returnCharLimit());
        row.setDefaultRequiresApproval(tool.defaultRequiresApproval());
        row.setEnableParallelExecution(tool.enableParallelExecution());
        row.setPipRequirements(text(tool.pipRequirements()));
        row.setNpmRequirements(text(tool.npmRequirements()));
        row.setProjectId(tool.projectId());
        row.setMetadata(Json.write(tool.metadata()));
        row.setUpdatedAt(tool.updatedAt());
        row.setLastUpdatedById(tool.lastUpdatedById());
        row.setSchemaGiven(schemaGiven);
    }

    /** Whether the stored schema was brought by a client. */
    static boolean schemaGiven(Tx tx, String id) {
        return Boolean.TRUE.equals(tx.sql()
                .select(TOOL.SCHEMA_GIVEN)
                .from(TOOL)
                .where(TOOL.ID.eq(id), tx.own(TOOL.ORGANIZATION_ID))
                .fetchOne(TOOL.SCHEMA_GIVEN));
    }

    static boolean delete(Tx tx, String id) {
        return tx.sql()
                        .deleteFrom(TOOL)
                        .where(TOOL.ID.eq(id), tx.own(TOOL.ORGANIZATION_ID))
                        .execute()
                > 0;
    }

    /** Keeps what the tool is now as an earlier version, and forgets the oldest ones. Its number. */
    static int keep(Tx tx, ToolRow old, long now, @Nullable String userId, int most) {
        Integer last = tx.sql()
                .select(max(TOOL_VERSION.VERSION))
                .from(TOOL_VERSION)
                .where(TOOL_VERSION.TOOL_ID.eq(old.id()), tx.own(TOOL_VERSION.ORGANIZATION_ID))
                .fetchOneInto(Integer.class);
        int version = last == null ? 1 : last + 1;
        tx.sql()
                .insertInto(TOOL_VERSION)
                .set(TOOL_VERSION.TOOL_ID, old.id())
                .set(TOOL_VERSION.VERSION, version)
                .set(TOOL_VERSION.ORGANIZATION_ID, tx.org())
                .set(TOOL_VERSION.SOURCE_TYPE, old.sourceType())
                .set(TOOL_VERSION.SOURCE_CODE, old.sourceCode())
                .set(TOOL_VERSION.JSON_SCHEMA, text(old.jsonSchema()))
                .set(TOOL_VERSION.ARGS_JSON_SCHEMA, text(old.argsJsonSchema()))
                .set(TOOL_VERSION.REPLACED_AT, now)
                .set(TOOL_VERSION.REPLACED_BY_ID, userId)
                .execute();
        tx.sql()
                .deleteFrom(TOOL_VERSION)
                .where(TOOL_VERSION.TOOL_ID.eq(old.id()), tx.own(TOOL_VERSION.ORGANIZATION_ID))
                .and(TOOL_VERSION.VERSION.le(version - most))
                .execute();
        return version;
    }

    /** The earlier versions, newest first. */
    static List<ToolVersion> versions(Tx tx, String toolId) {
        return tx.sql()
                .selectFrom(TOOL_VERSION)
                .where(TOOL_VERSION.TOOL_ID.eq(toolId), tx.own(TOOL_VERSION.ORGANIZATION_ID))
                .orderBy(TOOL_VERSION.VERSION.desc())
                .fetch(row -> new ToolVersion(
                        row.getToolId(),
                        row.getVersion(),
                        row.getSourceType(),
                        row.getSourceCode(),
                        json(row.getJsonSchema()),
                        json(row.getArgsJsonSchema()),
                        row.getReplacedAt(),
                        row.getReplacedById()));
    }

    private static @Nullable String text(@Nullable JsonNode json) {
        return json == null ? null : Json.write(json);
    }

    private static @Nullable JsonNode json(@Nullable String text) {
        return text == null ? null : Json.read(text, JsonNode.class);
    }
}
