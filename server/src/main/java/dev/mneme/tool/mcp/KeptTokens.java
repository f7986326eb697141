package dev.mneme.tool.mcp;

import dev.mneme.base.Clock;
import dev.mneme.store.Db;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one signing in. New ones are got by one caller at a time, over all servers on the database: the authorization server may
 * take an old refresh token that comes twice for a stolen one. Thread-safe.
 */
final class KeptTokens implements Bearer {
    /** Tokens that end sooner than this are replaced before they are used: a call takes up to a minute. */
    private static final Duration SOON = Duration.ofSeconds(60);

    /** A server that refuses what it has just been given is not believed again so soon. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    /** Requests for new tokens take no longer than so many times the patience of a call: the answer, its redirects, its body. */
    private static final int LEASE = 5;

    private static final Duration LOOK = Duration.ofMillis(50);

    private final Db db;
    private final OAuthSql sql;
    private final TokenCalls calls;
    private final Duration patience;
    private final String org;
    private final String id;

    KeptTokens(Db db, OAuthSql sql, TokenCalls calls, Duration patience, String org, String id) {
        this.db = db;
        this.sql = sql;
        this.calls = calls;
        this.patience = patience;
        this.org = org;
        this.id = id;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public @Nullable String token() throws McpFailure {
        OAuthSession session = session();
        Tokens held = session == null ? null : session.tokens();
        if (session == null || held == null) {
            return null;
        }
        Long ends = held.endsAt();
        long now = db.clock().now();
        if (ends == null || ends > now + Clock.micros(SOON)) {
            return held.access();
        }
        if (held.refresh() == null) {
            return ends > now ? held.access() : null;
        }
        return anew(session, held, false);
    }

    @Override
    public @Nullable String renewed(String refused) throws McpFailure {
        OAuthSession session = session();
        Tokens held = session == null ? null : session.tokens();
        if (session == null || held == null) {
            return null;
        }
        if (!held.access().equals(refused)) {
            return held.access();
        }
        boolean again = held.afterRefusal() && held.issuedAt() > db.clock().now() - Clock.micros(PATIENT);
        return held.refresh() == null || again ? null : anew(session, held, true);
    }

    private @Nullable String anew(OAuthSession session, Tokens held, boolean refused) throws McpFailure {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean mine = db.of(org).write(tx -> {
                long now = db.clock().now();
                return OAuthSql.lease(tx, session, now, now + LEASE * Clock.micros(patience));
            });
            if (mine) {
                return refreshed(session, held, refused);
            }
            OAuthSession now = session();
            Tokens other = now == null ? null : now.tokens();
            if (now == null || other == null || now.version() != session.version()) {
                return other == null ? null : other.access();
            }
            if (System.nanoTime() > end) {
                throw new McpFailure(McpFailure.Kind.TIMEOUT, "its authorization server gave no new token in time");
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new McpFailure(McpFailure.Kind.UNREACHABLE, "the call was cancelled", e);
            }
        }
    }

    private @Nullable String refreshed(OAuthSession session, Tokens held, boolean refused) throws McpFailure {
        try {
            Tokens got = calls.refresh(session.grant(), String.valueOf(held.refresh()), refused);
            boolean kept =
                    db.of(org).write(tx -> sql.keep(tx, session, got, db.clock().next()));
            return kept ? got.access() : null;
        } catch (McpFailure e) {
            if (e.kind() == McpFailure.Kind.REFUSED) {
                db.of(org).write(tx -> {
                    sql.fail(tx, session, e.why(), db.clock().next());
                    return true;
                });
                return null;
            }
            db.of(org).write(tx -> {
                OAuthSql.release(tx, session);
                return true;
            });
            Long ends = held.endsAt();
            if (!refused && ends != null && ends > db.clock().now()) {
                return held.access();
            }
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "the sign-in could not be renewed: " + e.why(), e);
        }
    }

    private @Nullable OAuthSession session() {
        OAuthSession found =
                db.of(org).read(tx -> Optional.ofNullable(sql.find(tx, id))).orElse(null);
        return found == null || found.status() != OAuthSession.Status.AUTHORIZED ? null : found;
    }
}
