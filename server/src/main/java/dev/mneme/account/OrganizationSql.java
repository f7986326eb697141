package dev.mneme.account;

import static dev.mneme.store.gen.Tables.ACCESS_TOKEN;
import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_GROUP;
import static dev.mneme.store.gen.Tables.API_KEY;
import static dev.mneme.store.gen.Tables.ARCHIVE;
import static dev.mneme.store.gen.Tables.BATCH;
import static dev.mneme.store.gen.Tables.BLOCK;
import static dev.mneme.store.gen.Tables.CONVERSATION;
import static dev.mneme.store.gen.Tables.ENVIRONMENT;
import static dev.mneme.store.gen.Tables.FOLDER;
import static dev.mneme.store.gen.Tables.IDENTITY;
import static dev.mneme.store.gen.Tables.MCP_SERVER;
import static dev.mneme.store.gen.Tables.ORGANIZATION;
import static dev.mneme.store.gen.Tables.PERSON;
import static dev.mneme.store.gen.Tables.PROVIDER;
import static dev.mneme.store.gen.Tables.RUN;
import static dev.mneme.store.gen.Tables.SANDBOX_CONFIG;
import static dev.mneme.store.gen.Tables.SCHEDULE;
import static dev.mneme.store.gen.Tables.STEP;
import static dev.mneme.store.gen.Tables.TEMPLATE;
import static dev.mneme.store.gen.Tables.TOOL;

import dev.mneme.store.Tx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.TableField;

/** What an organisation that is to be deleted holds, and what goes with it. */
final class OrganizationSql {
    /** What people made and would miss. */
    private static final Map<String, TableField<?, String>> HELD = held();

    /** What goes with the organisation, in an order in which nothing points to what is gone. */
    private static final List<TableField<?, String>> GOING = List.of(
            SCHEDULE.ORGANIZATION_ID,
            CONVERSATION.ORGANIZATION_ID,
            BATCH.ORGANIZATION_ID,
            STEP.ORGANIZATION_ID,
            RUN.ORGANIZATION_ID,
            SANDBOX_CONFIG.ORGANIZATION_ID,
            TOOL.ORGANIZATION_ID,
            ENVIRONMENT.ORGANIZATION_ID,
            ACCESS_TOKEN.ORGANIZATION_ID,
            API_KEY.ORGANIZATION_ID,
            PERSON.ORGANIZATION_ID,
            ORGANIZATION.ID);

    private OrganizationSql() {}

    private static Map<String, TableField<?, String>> held() {
        Map<String, TableField<?, String>> out = new LinkedHashMap<>();
        out.put("agents", AGENT.ORGANIZATION_ID);
        out.put("blocks", BLOCK.ORGANIZATION_ID);
        out.put("archives", ARCHIVE.ORGANIZATION_ID);
        out.put("folders", FOLDER.ORGANIZATION_ID);
        out.put("identities", IDENTITY.ORGANIZATION_ID);
        out.put("groups", AGENT_GROUP.ORGANIZATION_ID);
        out.put("templates", TEMPLATE.ORGANIZATION_ID);
        out.put("mcp servers", MCP_SERVER.ORGANIZATION_ID);
        out.put("providers", PROVIDER.ORGANIZATION_ID);
        return out;
    }

    /** What it still holds, such as {@code 3 agents}. */
    static List<String> held(Tx tx) {
        return HELD.entrySet().stream()
                .map(entry -> Map.entry(
                        entry.getKey(),
                        tx.sql()
                                .fetchCount(
                                        java.util.Objects.requireNonNull(
                                                entry.getValue().getTable()),
                                        tx.own(entry.getValue()))))
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .toList();
    }

    /** Deletes the organisation of this transaction. */
    static void delete(Tx tx) {
        for (TableField<?, String> column : GOING) {
            tx.sql()
                    .deleteFrom(java.util.Objects.requireNonNull(column.getTable()))
                    .where(column.eq(tx.org()))
                    .execute();
        }
    }
}
