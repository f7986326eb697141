package dev.mneme.account;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.store.Db;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Machines that registered to work for agents (decision 0023). Thread-safe. */
public final class Environments {
    /** Machines of one organisation: each is shown in lists for ever, unless it is removed. */
    private static final int MOST = 1_000;

    private final Db db;
    private final Clock clock;

    public Environments(Db db) {
        this.db = db;
        this.clock = db.clock();
    }

    /** Notes a machine, or that a known one is back under a new connection. */
    public Environment register(
            String org, @Nullable String userId, String deviceId, String name, @Nullable JsonNode metadata) {
        return db.of(org).write(tx -> {
            long now = clock.next();
            Environment old = EnvironmentSql.byDevice(tx, deviceId);
            Environment seen = new Environment(
                    old == null ? IdKind.ENVIRONMENT.next() : old.id(),
                    org,
                    deviceId,
                    "conn-" + IdKind.uuid(),
                    name,
                    metadata,
                    userId,
                    old == null ? now : old.firstSeenAt(),
                    now);
            if (old == null && EnvironmentSql.count(tx) >= MOST) {
                throw Problem.conflict(
                        "At most " + MOST + " environments. Remove one with DELETE /v1/environments/{id}.");
            }
            EnvironmentSql.put(tx, seen, old == null);
            return seen;
        });
    }

    /** By the machine's own name; 404 when it never registered. */
    public Environment get(String org, String deviceId) {
        Environment found = db.of(org)
                .read(tx -> Optional.ofNullable(EnvironmentSql.byDevice(tx, deviceId)))
                .orElse(null);
        if (found == null) {
            throw missing(deviceId);
        }
        return found;
    }

    /** Newest first. after: an id, ignored when unknown. */
    public List<Environment> list(String org, @Nullable String userId, @Nullable String after, int limit) {
        return db.of(org).read(tx -> EnvironmentSql.list(tx, userId, after, limit));
    }

    /** Forgets a machine; 404 when there is none. */
    public void delete(String org, String id) {
        boolean deleted = db.of(org).write(tx -> EnvironmentSql.delete(tx, id) > 0);
        if (!deleted) {
            throw missing(id);
        }
    }

    /** Refuses: this server holds no connection to machines. 404 when there is no such connection, else 409. */
    public void send(String org, String connectionId) {
        Environment found = db.of(org)
                .read(tx -> Optional.ofNullable(EnvironmentSql.byConnection(tx, connectionId)))
                .orElse(null);
        if (found == null) {
            throw missing(connectionId);
        }
        throw new Problem(
                ProblemCode.CONFLICT,
                "CONFLICT: Environment '" + found.name()
                        + "' is not connected. This server keeps no connection to machines: let the"
                        + " machine read its agent's runs, and send messages to the agent.");
    }

    private static Problem missing(String id) {
        return Problem.notFound("Environment not found with id='" + id + "'");
    }
}
