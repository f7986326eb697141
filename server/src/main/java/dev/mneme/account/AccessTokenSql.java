package dev.mneme.account;

import static dev.mneme.store.gen.Tables.ACCESS_TOKEN;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.AccessTokenRecord;
import java.util.List;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Rows of access tokens. */
final class AccessTokenSql {
    private AccessTokenSql() {}

    static void insert(Tx tx, AccessToken token, String hash, long now) {
        AccessTokenRecord row = new AccessTokenRecord();
        row.setId(token.id());
        row.setHash(hash);
        row.setOrganizationId(token.organizationId());
        row.setUserId(token.userId());
        row.setHostname(token.hostname());
        row.setPolicy(Json.write(token.policy()));
        row.setExpiresAt(token.expiresAt());
        row.setCreatedAt(now);
        tx.sql().insertInto(ACCESS_TOKEN).set(row).execute();
    }

    static void dropOver(Tx tx, long now) {
        tx.sql()
                .deleteFrom(ACCESS_TOKEN)
                .where(ACCESS_TOKEN.EXPIRES_AT.le(now), tx.own(ACCESS_TOKEN.ORGANIZATION_ID))
                .execute();
    }

    static List<AccessToken> list(Tx tx, @Nullable String agentId, long now, int offset, int limit) {
        return tx.sql()
                .selectFrom(ACCESS_TOKEN)
                .where(ACCESS_TOKEN.EXPIRES_AT.gt(now), tx.own(ACCESS_TOKEN.ORGANIZATION_ID))
                .and(agentId == null ? DSL.noCondition() : ACCESS_TOKEN.POLICY.contains(Json.write(agentId)))
                .orderBy(ACCESS_TOKEN.CREATED_AT.desc())
                .limit(limit)
                .offset(offset)
                .fetch(AccessTokenSql::token);
    }

    static int delete(Tx tx, String id) {
        return tx.sql()
                .deleteFrom(ACCESS_TOKEN)
                .where(ACCESS_TOKEN.ID.eq(id), tx.own(ACCESS_TOKEN.ORGANIZATION_ID))
                .execute();
    }

    static @Nullable AccessToken find(Tx tx, String id, String hash, long now) {
        AccessTokenRecord row = tx.sql()
                .selectFrom(ACCESS_TOKEN)
                .where(ACCESS_TOKEN.ID.eq(id), ACCESS_TOKEN.HASH.eq(hash), ACCESS_TOKEN.EXPIRES_AT.gt(now))
                .fetchOne();
        return row == null ? null : token(row);
    }

    static boolean knows(Tx tx, String origin, long now) {
        return tx.sql()
                .fetchExists(ACCESS_TOKEN, ACCESS_TOKEN.HOSTNAME.eq(origin).and(ACCESS_TOKEN.EXPIRES_AT.gt(now)));
    }

    private static AccessToken token(AccessTokenRecord row) {
        return new AccessToken(
                row.getId(),
                row.getOrganizationId(),
                row.getUserId(),
                row.getHostname(),
                Json.read(row.getPolicy(), new TypeReference<List<AccessToken.Grant>>() {}),
                row.getExpiresAt());
    }
}
