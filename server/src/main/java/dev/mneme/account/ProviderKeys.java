package dev.mneme.account;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Providers with keys of an organisation's own (decision 0027). Keys are sealed at rest and leave only for a call. Thread-safe. */
public final class ProviderKeys {
    /** Providers of one organisation: all are looked through at each call. */
    static final int MOST = 100;

    private final Db db;
    private final Clock clock;
    private final ProviderKeySql sql;

    public ProviderKeys(Db db, Secrets secrets) {
        this.db = db;
        this.clock = db.clock();
        this.sql = new ProviderKeySql(secrets);
    }

    /** Stores a provider; 409 when the name is taken. */
    public ProviderKey create(String org, String name, String type, ProviderKey.Wish wish) {
        return db.of(org).write(tx -> {
            if (sql.count(tx) >= MOST) {
                throw Problem.conflict("CONFLICT: At most " + MOST + " providers.");
            }
            if (sql.isTaken(tx, name)) {
                throw Problem.conflict("CONFLICT: There is a provider with the name " + name + " already.");
            }
            long now = clock.next();
            ProviderKey made = new ProviderKey(
                    IdKind.PROVIDER.next(),
                    org,
                    name,
                    type,
                    wish.apiKey() != null,
                    wish.accessKey() != null,
                    wish.baseUrl(),
                    wish.region(),
                    wish.apiVersion(),
                    now,
                    now,
                    null);
            sql.insert(tx, made, wish);
            return made;
        });
    }

    /** Changes key, address and the like; what is null stays, but the key. */
    public ProviderKey change(String org, String id, ProviderKey.Wish wish) {
        return db.of(org).write(tx -> {
            one(tx, id);
            sql.change(tx, id, wish, clock.next());
            return one(tx, id);
        });
    }

    /** Notes that its models were listed. */
    public ProviderKey synced(String org, String id) {
        return db.of(org).write(tx -> {
            sql.synced(tx, id, clock.now());
            return one(tx, id);
        });
    }

    /** One provider; 404 when the organisation has none of that id. */
    public ProviderKey get(String org, String id) {
        return db.of(org).read(tx -> one(tx, id));
    }

    /** One provider with its key. */
    public ProviderKey.Opened open(String org, String id) {
        return db.of(org).read(tx -> {
            one(tx, id);
            return sql.opened(tx, id);
        });
    }

    /** Providers; name and type: exactly these, null: any. */
    public List<ProviderKey> list(
            String org,
            @Nullable String name,
            @Nullable String type,
            @Nullable String before,
            @Nullable String after,
            boolean ascending,
            int limit) {
        return db.of(org).read(tx -> sql.list(tx, name, type, before, after, ascending, limit));
    }

    /** All of an organisation with their keys in clear: for calls. */
    public List<ProviderKey.Opened> opened(String org) {
        return db.of(org).read(sql::opened);
    }

    /** Deletes a provider and its keys for good. */
    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            one(tx, id);
            return sql.delete(tx, id);
        });
    }

    private ProviderKey one(Tx tx, String id) {
        return Optional.ofNullable(sql.find(tx, id))
                .orElseThrow(() -> Problem.notFound("Provider not found with id='" + id + "'"));
    }
}
