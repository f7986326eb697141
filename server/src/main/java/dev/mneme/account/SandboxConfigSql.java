package dev.mneme.account;

import static dev.mneme.store.gen.Tables.SANDBOX_CONFIG;
import static dev.mneme.store.gen.Tables.SANDBOX_ENV;
import static org.jooq.impl.DSL.noCondition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.SandboxConfigRecord;
import dev.mneme.store.gen.tables.records.SandboxEnvRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** Rows of sandbox settings and of their environment values. */
final class SandboxConfigSql {
    private SandboxConfigSql() {}

    /** The local settings and the sealed values by name. */
    record Local(JsonNode config, Map<String, String> sealed) {}

    static Local local(Tx tx) {
        Map<String, String> sealed = new LinkedHashMap<>();
        SandboxConfig found = ofKind(tx, SandboxConfig.LOCAL);
        if (found == null) {
            return new Local(Json.object(), sealed);
        }
        tx.sql()
                .selectFrom(SANDBOX_ENV)
                .where(SANDBOX_ENV.SANDBOX_CONFIG_ID.eq(found.id()), tx.own(SANDBOX_ENV.ORGANIZATION_ID))
                .forEach(row -> sealed.put(row.getEnvKey(), row.getValueEnc()));
        return new Local(found.config(), sealed);
    }

    static @Nullable SandboxConfig ofKind(Tx tx, String kind) {
        return one(tx, SANDBOX_CONFIG.KIND.eq(kind));
    }

    static @Nullable SandboxConfig find(Tx tx, String id) {
        return one(tx, SANDBOX_CONFIG.ID.eq(id));
    }

    private static @Nullable SandboxConfig one(Tx tx, Condition which) {
        return tx.sql()
                .selectFrom(SANDBOX_CONFIG)
                .where(which, tx.own(SANDBOX_CONFIG.ORGANIZATION_ID))
                .fetchOne(SandboxConfigSql::config);
    }

    /** Oldest first, from the one after the given id. */
    static List<SandboxConfig> list(Tx tx, @Nullable String kind, @Nullable String after, int limit) {
        SandboxConfig from = after == null ? null : find(tx, after);
        return tx.sql()
                .selectFrom(SANDBOX_CONFIG)
                .where(tx.own(SANDBOX_CONFIG.ORGANIZATION_ID))
                .and(kind == null ? noCondition() : SANDBOX_CONFIG.KIND.eq(kind))
                .and(from == null ? noCondition() : SANDBOX_CONFIG.CREATED_AT.gt(from.createdAt()))
                .orderBy(SANDBOX_CONFIG.CREATED_AT, SANDBOX_CONFIG.ID)
                .limit(limit)
                .fetch(SandboxConfigSql::config);
    }

    private static SandboxConfig config(SandboxConfigRecord row) {
        return new SandboxConfig(
                row.getId(),
                row.getKind(),
                Json.read(row.getConfig(), ObjectNode.class),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById());
    }

    static void insert(Tx tx, SandboxConfig config) {
        SandboxConfigRecord row = new SandboxConfigRecord();
        row.setId(config.id());
        row.setOrganizationId(tx.org());
        row.setKind(config.kind());
        row.setConfig(Json.write(config.config()));
        row.setCreatedAt(config.createdAt());
        row.setUpdatedAt(config.updatedAt());
        row.setCreatedById(config.createdById());
        row.setLastUpdatedById(config.lastUpdatedById());
        tx.sql().insertInto(SANDBOX_CONFIG).set(row).execute();
    }

    static void update(Tx tx, SandboxConfig config) {
        tx.sql()
                .update(SANDBOX_CONFIG)
                .set(SANDBOX_CONFIG.CONFIG, Json.write(config.config()))
                .set(SANDBOX_CONFIG.UPDATED_AT, config.updatedAt())
                .set(SANDBOX_CONFIG.LAST_UPDATED_BY_ID, config.lastUpdatedById())
                .where(SANDBOX_CONFIG.ID.eq(config.id()), tx.own(SANDBOX_CONFIG.ORGANIZATION_ID))
                .execute();
    }

    static void delete(Tx tx, String id) {
        tx.sql()
                .deleteFrom(SANDBOX_CONFIG)
                .where(SANDBOX_CONFIG.ID.eq(id), tx.own(SANDBOX_CONFIG.ORGANIZATION_ID))
                .execute();
    }

    static SandboxConfig.@Nullable Variable named(Tx tx, String configId, String key) {
        return oneVariable(tx, SANDBOX_ENV.SANDBOX_CONFIG_ID.eq(configId).and(SANDBOX_ENV.ENV_KEY.eq(key)));
    }

    static SandboxConfig.@Nullable Variable variable(Tx tx, String id) {
        return oneVariable(tx, SANDBOX_ENV.ID.eq(id));
    }

    private static SandboxConfig.@Nullable Variable oneVariable(Tx tx, Condition which) {
        return tx.sql()
                .selectFrom(SANDBOX_ENV)
                .where(which, tx.own(SANDBOX_ENV.ORGANIZATION_ID))
                .fetchOne(SandboxConfigSql::variable);
    }

    static List<SandboxConfig.Variable> variables(Tx tx, String configId, @Nullable String after, int limit) {
        SandboxConfig.Variable from = after == null ? null : variable(tx, after);
        return tx.sql()
                .selectFrom(SANDBOX_ENV)
                .where(SANDBOX_ENV.SANDBOX_CONFIG_ID.eq(configId), tx.own(SANDBOX_ENV.ORGANIZATION_ID))
                .and(from == null ? noCondition() : SANDBOX_ENV.CREATED_AT.gt(from.createdAt()))
                .orderBy(SANDBOX_ENV.CREATED_AT, SANDBOX_ENV.ID)
                .limit(limit)
                .fetch(SandboxConfigSql::variable);
    }

    private static SandboxConfig.Variable variable(SandboxEnvRecord row) {
        return new SandboxConfig.Variable(
                row.getId(),
                row.getSandboxConfigId(),
                row.getEnvKey(),
                row.getValueEnc(),
                row.getDescription(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById());
    }

    static void insert(Tx tx, SandboxConfig.Variable variable) {
        SandboxEnvRecord row = new SandboxEnvRecord();
        row.setId(variable.id());
        row.setSandboxConfigId(variable.configId());
        row.setOrganizationId(tx.org());
        row.setEnvKey(variable.key());
        row.setValueEnc(variable.sealed());
        row.setDescription(variable.description());
        row.setCreatedAt(variable.createdAt());
        row.setUpdatedAt(variable.updatedAt());
        row.setCreatedById(variable.createdById());
        row.setLastUpdatedById(variable.lastUpdatedById());
        tx.sql().insertInto(SANDBOX_ENV).set(row).execute();
    }

    static void update(Tx tx, SandboxConfig.Variable variable) {
        tx.sql()
                .update(SANDBOX_ENV)
                .set(SANDBOX_ENV.ENV_KEY, variable.key())
                .set(SANDBOX_ENV.VALUE_ENC, variable.sealed())
                .set(SANDBOX_ENV.DESCRIPTION, variable.description())
                .set(SANDBOX_ENV.UPDATED_AT, variable.updatedAt())
                .set(SANDBOX_ENV.LAST_UPDATED_BY_ID, variable.lastUpdatedById())
                .where(SANDBOX_ENV.ID.eq(variable.id()), tx.own(SANDBOX_ENV.ORGANIZATION_ID))
                .execute();
    }

    static void deleteVariable(Tx tx, String id) {
        tx.sql()
                .deleteFrom(SANDBOX_ENV)
                .where(SANDBOX_ENV.ID.eq(id), tx.own(SANDBOX_ENV.ORGANIZATION_ID))
                .execute();
    }
}
