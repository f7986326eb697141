package dev.mneme.tool;

import static dev.mneme.store.gen.Tables.AGENT_TOOL;
import static dev.mneme.store.gen.Tables.TOOL;
import static org.jooq.impl.DSL.lower;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ToolRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Condition;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** Rows of tools and of their attachment to agents. */
final class ToolsSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(TOOL, TOOL.CREATED_AT, TOOL.ID, TOOL.ORGANIZATION_ID);

    private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

    /** Parsed tools kept for agents' turns: their schemas are long and seldom change. */
    private static final int MOST_PARSED = 2_000;

    private final Map<Version, ToolRow> parsed = new ConcurrentHashMap<>();
    private final Clock clock;

    ToolsSql(Clock clock) {
        this.clock = clock;
    }

    void upsertBase(Tx tx, @Nullable String userId, List<BaseTool> catalogue) {
        Map<String, ToolRecord> stored = new LinkedHashMap<>();
        tx.sql()
                .selectFrom(TOOL)
                .where(
                        tx.own(TOOL.ORGANIZATION_ID),
                        TOOL.NAME.in(catalogue.stream().map(BaseTool::name).toList()))
                .forEach(row -> stored.put(row.getName(), row));
        for (BaseTool tool : catalogue) {
            ToolRecord row = stored.get(tool.name());
            if (row == null) {
                insertBase(tx, userId, tool);
            } else if (differs(row, tool)) {
                updateBase(tx, row.getId(), tool);
            }
        }
    }

    private static boolean differs(ToolRecord row, BaseTool tool) {
        return !row.getToolType().equals(tool.type().word())
                || !Objects.equals(row.getJsonSchema(), Json.write(tool.jsonSchema()))
                || !Objects.equals(row.getDescription(), tool.spec().description())
                || row.getEnableParallelExecution() != tool.parallel();
    }

    private void insertBase(Tx tx, @Nullable String userId, BaseTool tool) {
        long now = clock.next();
        ToolRecord row = new ToolRecord();
        row.setId(IdKind.TOOL.next());
        row.setOrganizationId(tx.org());
        row.setName(tool.name());
        row.setToolType(tool.type().word());
        row.setSourceType("python");
        row.setDescription(tool.spec().description());
        row.setJsonSchema(Json.write(tool.jsonSchema()));
        row.setTags(Json.write(List.of(tool.type().word())));
        row.setReturnCharLimit(ToolRow.RETURN_CHAR_LIMIT);
        row.setEnableParallelExecution(tool.parallel());
        row.setMetadata("{}");
        row.setCreatedAt(now);
        row.setUpdatedAt(now);
        row.setCreatedById(userId);
        row.setLastUpdatedById(userId);
        tx.sql().insertInto(TOOL).set(row).execute();
    }

    private void updateBase(Tx tx, String id, BaseTool tool) {
        tx.sql()
                .update(TOOL)
                .set(TOOL.TOOL_TYPE, tool.type().word())
                .set(TOOL.DESCRIPTION, tool.spec().description())
                .set(TOOL.JSON_SCHEMA, Json.write(tool.jsonSchema()))
                .set(TOOL.TAGS, Json.write(List.of(tool.type().word())))
                .set(TOOL.ENABLE_PARALLEL_EXECUTION, tool.parallel())
                .set(TOOL.UPDATED_AT, clock.next())
                .where(TOOL.ID.eq(id), tx.own(TOOL.ORGANIZATION_ID))
                .execute();
    }

    @Nullable
    ToolRow find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(TOOL)
                .where(TOOL.ID.eq(id), tx.own(TOOL.ORGANIZATION_ID))
                .fetchOne(ToolsSql::tool);
    }

    List<ToolRow> byNames(Tx tx, Collection<String> names) {
        return ordered(tx, names, TOOL.NAME, ToolRow::name);
    }

    List<ToolRow> byIds(Tx tx, Collection<String> ids) {
        return ordered(tx, ids, TOOL.ID, ToolRow::id);
    }

    private static List<ToolRow> ordered(
            Tx tx, Collection<String> wanted, Field<String> column, java.util.function.Function<ToolRow, String> key) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        Map<String, ToolRow> found = new LinkedHashMap<>();
        tx.sql()
                .selectFrom(TOOL)
                .where(tx.own(TOOL.ORGANIZATION_ID), column.in(wanted))
                .forEach(row -> {
                    ToolRow one = tool(row);
                    found.put(key.apply(one), one);
                });
        return wanted.stream()
                .distinct()
                .map(found::get)
                .filter(Objects::nonNull)
                .toList();
    }

    private static final Prepared OF_AGENT = Prepared.of(sql -> sql.select(TOOL.ID, TOOL.UPDATED_AT)
            .from(TOOL)
            .join(AGENT_TOOL)
            .on(AGENT_TOOL.TOOL_ID.eq(TOOL.ID))
            .where(AGENT_TOOL.AGENT_ID.eq(""))
            .and(TOOL.ORGANIZATION_ID.eq(""))
            .orderBy(AGENT_TOOL.POSITION));

    private static final Prepared BY_ID = Prepared.of(
            sql -> sql.select(TOOL.fields()).from(TOOL).where(TOOL.ID.eq("")).and(TOOL.ORGANIZATION_ID.eq("")));

    List<ToolRow> ofAgent(Tx tx, String agentId) {
        List<ToolRow> out = new ArrayList<>();
        for (Version version :
                tx.list(OF_AGENT, row -> new Version(row.getString(1), row.getLong(2)), agentId, tx.org())) {
            ToolRow known = parsed.get(version);
            if (known == null) {
                known = tool(Objects.requireNonNull(tx.record(BY_ID, TOOL, version.id(), tx.org())));
                if (parsed.size() >= MOST_PARSED) {
                    parsed.clear();
                }
                parsed.put(version, known);
            }
            out.add(known);
        }
        return out;
    }

    /** A tool as it was at one time. */
    private record Version(String id, long updatedAt) {}

    List<ToolRow> list(Tx tx, ToolFilter filter, @Nullable String agentId) {
        Condition where = matching(tx, filter);
        if (agentId != null) {
            where = where.and(
                    TOOL.ID.in(select(AGENT_TOOL.TOOL_ID).from(AGENT_TOOL).where(AGENT_TOOL.AGENT_ID.eq(agentId))));
        }
        return Keyset.of(tx, ORDER, filter.after(), filter.before(), filter.ascending())
                .page(tx.sql().selectFrom(TOOL).where(where), filter.limit())
                .stream()
                .map(ToolsSql::tool)
                .toList();
    }

    int count(Tx tx, ToolFilter filter) {
        return tx.sql().fetchCount(TOOL, matching(tx, filter));
    }

    private static Condition matching(Tx tx, ToolFilter filter) {
        List<String> base = BASE_TYPES;
        return tx.own(TOOL.ORGANIZATION_ID)
                .and(filter.name() == null ? noCondition() : TOOL.NAME.eq(filter.name()))
                .and(filter.names().isEmpty() ? noCondition() : TOOL.NAME.in(filter.names()))
                .and(filter.ids().isEmpty() ? noCondition() : TOOL.ID.in(filter.ids()))
                .and(
                        filter.search() == null || filter.search().isEmpty()
                                ? noCondition()
                                : lower(TOOL.NAME).contains(filter.search().toLowerCase(Locale.ROOT)))
                .and(filter.toolTypes().isEmpty() ? noCondition() : TOOL.TOOL_TYPE.in(filter.toolTypes()))
                .and(
                        filter.excludeToolTypes().isEmpty()
                                ? noCondition()
                                : TOOL.TOOL_TYPE.notIn(filter.excludeToolTypes()))
                .and(filter.baseOnly() ? TOOL.TOOL_TYPE.in(base) : noCondition())
                .and(filter.noBase() ? TOOL.TOOL_TYPE.notIn(base) : noCondition());
    }

    private static final List<String> BASE_TYPES = List.of(ToolType.values()).stream()
            .filter(ToolType::isBase)
            .map(ToolType::word)
            .toList();

    boolean attach(Tx tx, String agentId, String toolId) {
        Long last = tx.sql()
                .select(max(AGENT_TOOL.POSITION))
                .from(AGENT_TOOL)
                .where(AGENT_TOOL.AGENT_ID.eq(agentId))
                .fetchOneInto(Long.class);
        return tx.sql()
                        .insertInto(AGENT_TOOL, AGENT_TOOL.AGENT_ID, AGENT_TOOL.TOOL_ID, AGENT_TOOL.POSITION)
                        .values(agentId, toolId, last == null ? 0 : last + 1)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    boolean detach(Tx tx, String agentId, String toolId) {
        return tx.sql()
                        .deleteFrom(AGENT_TOOL)
                        .where(AGENT_TOOL.AGENT_ID.eq(agentId), AGENT_TOOL.TOOL_ID.eq(toolId))
                        .execute()
                > 0;
    }

    void clear(Tx tx, String agentId) {
        tx.sql().deleteFrom(AGENT_TOOL).where(AGENT_TOOL.AGENT_ID.eq(agentId)).execute();
    }

    private static ToolRow tool(ToolRecord row) {
        return new ToolRow(
                row.getId(),
                row.getToolType(),
                row.getDescription(),
                row.getSourceType(),
                row.getName(),
                Json.read(row.getTags(), TEXTS),
                row.getSourceCode(),
                json(row.getJsonSchema()),
                json(row.getArgsJsonSchema()),
                row.getReturnCharLimit(),
                json(row.getPipRequirements()),
                json(row.getNpmRequirements()),
                row.getDefaultRequiresApproval(),
                row.getEnableParallelExecution(),
                row.getCreatedById(),
                row.getLastUpdatedById(),
                Json.read(row.getMetadata(), JsonNode.class),
                row.getProjectId(),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }

    private static @Nullable JsonNode json(@Nullable String text) {
        return text == null ? null : Json.read(text, JsonNode.class);
    }
}
