package dev.mneme.account;

import static dev.mneme.store.gen.Tables.PROVIDER;

import dev.mneme.store.Keyset;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ProviderRecord;
import java.util.List;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Rows of providers; seals and opens their keys. */
final class ProviderKeySql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(PROVIDER, PROVIDER.CREATED_AT, PROVIDER.ID, PROVIDER.ORGANIZATION_ID);

    private final Secrets secrets;

    ProviderKeySql(Secrets secrets) {
        this.secrets = secrets;
    }

    int count(Tx tx) {
        return tx.sql().fetchCount(PROVIDER, tx.own(PROVIDER.ORGANIZATION_ID));
    }

    boolean isTaken(Tx tx, String name) {
        return tx.sql().fetchExists(PROVIDER, PROVIDER.NAME.eq(name).and(tx.own(PROVIDER.ORGANIZATION_ID)));
    }

    void insert(Tx tx, ProviderKey made, ProviderKey.Wish wish) {
        ProviderRecord row = new ProviderRecord();
        row.setId(made.id());
        row.setOrganizationId(made.organizationId());
        row.setName(Texts.clean(made.name()));
        row.setProviderType(made.type());
        row.setApiKeyEnc(sealed(wish.apiKey()));
        row.setAccessKeyEnc(sealed(wish.accessKey()));
        row.setBaseUrl(Texts.cleanOrNull(made.baseUrl()));
        row.setRegion(Texts.cleanOrNull(made.region()));
        row.setApiVersion(Texts.cleanOrNull(made.apiVersion()));
        row.setCreatedAt(made.createdAt());
        row.setUpdatedAt(made.updatedAt());
        tx.sql().insertInto(PROVIDER).set(row).execute();
    }

    void change(Tx tx, String id, ProviderKey.Wish wish, long now) {
        ProviderRecord row = new ProviderRecord();
        row.setApiKeyEnc(sealed(wish.apiKey()));
        if (wish.accessKey() != null) {
            row.setAccessKeyEnc(sealed(wish.accessKey()));
        }
        if (wish.baseUrl() != null) {
            row.setBaseUrl(Texts.clean(wish.baseUrl()));
        }
        if (wish.region() != null) {
            row.setRegion(Texts.clean(wish.region()));
        }
        if (wish.apiVersion() != null) {
            row.setApiVersion(Texts.clean(wish.apiVersion()));
        }
        row.setUpdatedAt(now);
        tx.sql()
                .update(PROVIDER)
                .set(row)
                .where(PROVIDER.ID.eq(id), tx.own(PROVIDER.ORGANIZATION_ID))
                .execute();
    }

    void synced(Tx tx, String id, long now) {
        tx.sql()
                .update(PROVIDER)
                .set(PROVIDER.LAST_SYNCED_AT, now)
                .where(PROVIDER.ID.eq(id), tx.own(PROVIDER.ORGANIZATION_ID))
                .execute();
    }

    @Nullable
    ProviderKey find(Tx tx, String id) {
        ProviderRecord row = row(tx, id);
        return row == null ? null : key(row);
    }

    ProviderKey.Opened opened(Tx tx, String id) {
        return opened(java.util.Objects.requireNonNull(row(tx, id)));
    }

    private static @Nullable ProviderRecord row(Tx tx, String id) {
        return tx.sql()
                .selectFrom(PROVIDER)
                .where(PROVIDER.ID.eq(id), tx.own(PROVIDER.ORGANIZATION_ID))
                .fetchOne();
    }

    List<ProviderKey.Opened> opened(Tx tx) {
        return tx.sql()
                .selectFrom(PROVIDER)
                .where(tx.own(PROVIDER.ORGANIZATION_ID))
                .orderBy(PROVIDER.CREATED_AT, PROVIDER.ID)
                .fetch(this::opened);
    }

    List<ProviderKey> list(
            Tx tx,
            @Nullable String name,
            @Nullable String type,
            @Nullable String before,
            @Nullable String after,
            boolean ascending,
            int limit) {
        Condition wanted = (name == null ? DSL.noCondition() : PROVIDER.NAME.eq(name))
                .and(type == null ? DSL.noCondition() : PROVIDER.PROVIDER_TYPE.eq(type));
        return Keyset.of(tx, ORDER, after, before, ascending)
                .page(tx.sql().selectFrom(PROVIDER).where(wanted).and(tx.own(PROVIDER.ORGANIZATION_ID)), limit)
                .stream()
                .map(ProviderKeySql::key)
                .toList();
    }

    int delete(Tx tx, String id) {
        return tx.sql()
                .deleteFrom(PROVIDER)
                .where(PROVIDER.ID.eq(id), tx.own(PROVIDER.ORGANIZATION_ID))
                .execute();
    }

    private @Nullable String sealed(@Nullable String clear) {
        return clear == null ? null : secrets.seal(clear);
    }

    private ProviderKey.Opened opened(ProviderRecord row) {
        String key = row.getApiKeyEnc() == null ? "" : secrets.open(row.getApiKeyEnc());
        // Empty: none was given, or it was lost with its seal when a backup was restored.
        return new ProviderKey.Opened(key(row), key.isEmpty() ? null : key);
    }

    private static ProviderKey key(ProviderRecord row) {
        return new ProviderKey(
                row.getId(),
                row.getOrganizationId(),
                row.getName(),
                row.getProviderType(),
                row.getApiKeyEnc() != null,
                row.getAccessKeyEnc() != null,
                row.getBaseUrl(),
                row.getRegion(),
                row.getApiVersion(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getLastSyncedAt());
    }
}
