package dev.mneme.account;

import static dev.mneme.store.gen.Tables.API_KEY;

import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ApiKeyRecord;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The queries of {@link ApiKeys}. */
final class ApiKeySql {
    private ApiKeySql() {}

    /** A stored key and the hash that its secret must have. */
    record Stored(ApiKey key, String hash) {}

    static void insert(Tx tx, ApiKey key, String hash) {
        ApiKeyRecord row = new ApiKeyRecord();
        row.setId(key.id());
        row.setOrganizationId(key.organizationId());
        row.setUserId(key.userId());
        row.setName(Texts.clean(key.name()));
        row.setRole(key.role().word());
        row.setAgentIds(String.join(",", key.agentIds()));
        row.setPrefix(key.prefix());
        row.setHash(hash);
        row.setCreatedAt(key.createdAt());
        row.setExpiresAt(key.expiresAt());
        tx.sql().insertInto(API_KEY).set(row).execute();
    }

    static @Nullable Stored byPrefix(Tx tx, String prefix) {
        ApiKeyRecord row = tx.sql()
                .selectFrom(API_KEY)
                .where(API_KEY.PREFIX.eq(prefix), tx.own(API_KEY.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : new Stored(key(row), row.getHash());
    }

    static @Nullable ApiKey find(Tx tx, String id) {
        ApiKeyRecord row = tx.sql()
                .selectFrom(API_KEY)
                .where(API_KEY.ID.eq(id), tx.own(API_KEY.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : key(row);
    }

    static List<ApiKey> list(Tx tx) {
        return tx.sql()
                .selectFrom(API_KEY)
                .where(tx.own(API_KEY.ORGANIZATION_ID))
                .orderBy(API_KEY.CREATED_AT.desc(), API_KEY.ID)
                .fetch(ApiKeySql::key);
    }

    static void used(Tx tx, String id, long now) {
        tx.sql()
                .update(API_KEY)
                .set(API_KEY.LAST_USED_AT, now)
                .where(API_KEY.ID.eq(id), tx.own(API_KEY.ORGANIZATION_ID))
                .execute();
    }

    static void revoke(Tx tx, String id, long now) {
        tx.sql()
                .update(API_KEY)
                .set(API_KEY.REVOKED_AT, now)
                .where(API_KEY.ID.eq(id), API_KEY.REVOKED_AT.isNull(), tx.own(API_KEY.ORGANIZATION_ID))
                .execute();
    }

    private static ApiKey key(ApiKeyRecord row) {
        return new ApiKey(
                row.getId(),
                row.getOrganizationId(),
                row.getUserId(),
                row.getName(),
                KeyRole.valueOf(row.getRole().toUpperCase(Locale.ROOT)),
                row.getAgentIds().isEmpty()
                        ? List.of()
                        : List.of(row.getAgentIds().split(",")),
                row.getPrefix(),
                row.getCreatedAt(),
                row.getLastUsedAt(),
                row.getExpiresAt(),
                row.getRevokedAt());
    }
}
