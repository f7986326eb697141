package dev.mneme.account;

import static dev.mneme.store.gen.Tables.ENVIRONMENT;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.store.Keyset;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.EnvironmentRecord;
import java.util.List;
import java.util.Objects;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Rows of environments. */
final class EnvironmentSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(ENVIRONMENT, ENVIRONMENT.FIRST_SEEN_AT, ENVIRONMENT.ID, ENVIRONMENT.ORGANIZATION_ID);

    private EnvironmentSql() {}

    static void put(Tx tx, Environment seen, boolean fresh) {
        EnvironmentRecord row = new EnvironmentRecord();
        row.setId(seen.id());
        row.setOrganizationId(seen.organizationId());
        row.setDeviceId(Texts.clean(seen.deviceId()));
        row.setConnectionId(seen.connectionId());
        row.setName(Texts.clean(seen.name()));
        row.setMetadata(seen.metadata() == null ? null : Texts.clean(Json.write(seen.metadata())));
        row.setUserId(seen.userId());
        row.setFirstSeenAt(seen.firstSeenAt());
        row.setLastSeenAt(seen.lastSeenAt());
        if (fresh) {
            tx.sql().insertInto(ENVIRONMENT).set(row).execute();
        } else {
            tx.sql()
                    .update(ENVIRONMENT)
                    .set(row)
                    .where(ENVIRONMENT.ID.eq(seen.id()), tx.own(ENVIRONMENT.ORGANIZATION_ID))
                    .execute();
        }
    }

    static int count(Tx tx) {
        return tx.sql().fetchCount(ENVIRONMENT, tx.own(ENVIRONMENT.ORGANIZATION_ID));
    }

    static @Nullable Environment byDevice(Tx tx, String deviceId) {
        return one(tx, ENVIRONMENT.DEVICE_ID.eq(deviceId));
    }

    static @Nullable Environment byConnection(Tx tx, String connectionId) {
        return one(tx, ENVIRONMENT.CONNECTION_ID.eq(connectionId));
    }

    private static @Nullable Environment one(Tx tx, Condition which) {
        EnvironmentRecord row = tx.sql()
                .selectFrom(ENVIRONMENT)
                .where(which, tx.own(ENVIRONMENT.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : environment(row);
    }

    static List<Environment> list(Tx tx, @Nullable String userId, @Nullable String after, int limit) {
        Condition ofUser = userId == null ? DSL.noCondition() : ENVIRONMENT.USER_ID.eq(userId);
        return Keyset.of(tx, ORDER, after, null, false)
                .page(tx.sql().selectFrom(ENVIRONMENT).where(ofUser).and(tx.own(ENVIRONMENT.ORGANIZATION_ID)), limit)
                .stream()
                .map(EnvironmentSql::environment)
                .toList();
    }

    static int delete(Tx tx, String id) {
        return tx.sql()
                .deleteFrom(ENVIRONMENT)
                .where(ENVIRONMENT.ID.eq(id), tx.own(ENVIRONMENT.ORGANIZATION_ID))
                .execute();
    }

    private static Environment environment(EnvironmentRecord row) {
        return new Environment(
                row.getId(),
                row.getOrganizationId(),
                row.getDeviceId(),
                Objects.requireNonNullElse(row.getConnectionId(), ""),
                row.getName(),
                row.getMetadata() == null ? null : Json.read(row.getMetadata(), JsonNode.class),
                row.getUserId(),
                row.getFirstSeenAt(),
                row.getLastSeenAt());
    }
}
