package dev.mneme.tool.mcp;

import static dev.mneme.store.gen.Tables.MCP_OAUTH;

import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.McpOauthRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** Rows of people signing in at servers. */
final class OAuthSql {
    private final Sealing sealing;

    OAuthSql(Sealing sealing) {
        this.sealing = sealing;
    }

    /** Stores a new one; false: the id is taken. */
    boolean insert(Tx tx, OAuthSession session, String urlHash, String stateHash, long now) {
        return tx.sql()
                        .insertInto(MCP_OAUTH)
                        .set(MCP_OAUTH.ID, session.id())
                        .set(MCP_OAUTH.ORGANIZATION_ID, tx.org())
                        .set(MCP_OAUTH.USER_ID, session.userId())
                        .set(MCP_OAUTH.URL_HASH, urlHash)
                        .set(MCP_OAUTH.STATE_HASH, stateHash)
                        .set(MCP_OAUTH.STATUS, word(session.status()))
                        .set(MCP_OAUTH.GRANT_ENC, sealed(session.grant()))
                        .set(MCP_OAUTH.CREATED_AT, now)
                        .set(MCP_OAUTH.UPDATED_AT, now)
                        .set(MCP_OAUTH.EXPIRES_AT, session.expiresAt())
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    @Nullable
    OAuthSession find(Tx tx, String id) {
        return one(tx, MCP_OAUTH.ID.eq(id));
    }

    /** The id of the user's newest that succeeded at this address, null: there is none. */
    static @Nullable String newest(Tx tx, String urlHash, String userId) {
        return tx.sql()
                .select(MCP_OAUTH.ID)
                .from(MCP_OAUTH)
                .where(
                        MCP_OAUTH.URL_HASH.eq(urlHash),
                        MCP_OAUTH.USER_ID.eq(userId),
                        MCP_OAUTH.STATUS.eq(word(OAuthSession.Status.AUTHORIZED)),
                        tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .orderBy(MCP_OAUTH.UPDATED_AT.desc(), MCP_OAUTH.ID)
                .limit(1)
                .fetchOne(MCP_OAUTH.ID);
    }

    /** Takes the one that waits for this state, so that nobody else can; null: unknown, taken already or too old. */
    @Nullable
    OAuthSession claim(Tx tx, String stateHash, long now) {
        Condition waiting = MCP_OAUTH
                .STATE_HASH
                .eq(stateHash)
                .and(MCP_OAUTH.CLAIMED.eq(false))
                .and(MCP_OAUTH.STATUS.eq(word(OAuthSession.Status.PENDING)))
                .and(MCP_OAUTH.EXPIRES_AT.gt(now));
        int taken = tx.sql()
                .update(MCP_OAUTH)
                .set(MCP_OAUTH.CLAIMED, true)
                .where(waiting, tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .execute();
        return taken == 1 ? one(tx, MCP_OAUTH.STATE_HASH.eq(stateHash)) : null;
    }

    private @Nullable OAuthSession one(Tx tx, Condition which) {
        return tx.sql()
                .selectFrom(MCP_OAUTH)
                .where(which, tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .fetchOne(this::session);
    }

    private @Nullable OAuthSession session(McpOauthRecord row) {
        String grant = sealing.open().apply(row.getGrantEnc());
        String tokens = row.getTokensEnc() == null ? "" : sealing.open().apply(row.getTokensEnc());
        if (grant.isEmpty()) {
            // Lost with its key when a backup was restored: as if it had never been.
            return null;
        }
        return new OAuthSession(
                row.getId(),
                row.getOrganizationId(),
                row.getUserId(),
                OAuthSession.Status.valueOf(row.getStatus().toUpperCase(Locale.ROOT)),
                row.getFailure(),
                Json.read(grant, Grant.class),
                tokens.isEmpty() ? null : Json.read(tokens, Tokens.class),
                row.getVersion(),
                row.getExpiresAt());
    }

    /** Keeps its tokens; false: somebody else was faster, or it is gone. */
    boolean keep(Tx tx, OAuthSession session, Tokens tokens, long now) {
        return tx.sql()
                        .update(MCP_OAUTH)
                        .set(MCP_OAUTH.STATUS, word(OAuthSession.Status.AUTHORIZED))
                        .set(MCP_OAUTH.GRANT_ENC, sealed(session.grant().used()))
                        .set(MCP_OAUTH.TOKENS_ENC, sealed(tokens))
                        .set(MCP_OAUTH.VERSION, session.version() + 1)
                        .set(MCP_OAUTH.REFRESHING_UNTIL, 0L)
                        .set(MCP_OAUTH.UPDATED_AT, now)
                        .where(
                                MCP_OAUTH.ID.eq(session.id()),
                                MCP_OAUTH.VERSION.eq(session.version()),
                                tx.own(MCP_OAUTH.ORGANIZATION_ID))
                        .execute()
                == 1;
    }

    /** It came to nothing: its tokens are forgotten. */
    void fail(Tx tx, OAuthSession session, String failure, long now) {
        tx.sql()
                .update(MCP_OAUTH)
                .set(MCP_OAUTH.STATUS, word(OAuthSession.Status.ERROR))
                .set(MCP_OAUTH.FAILURE, failure)
                .set(MCP_OAUTH.GRANT_ENC, sealed(session.grant().used()))
                .setNull(MCP_OAUTH.TOKENS_ENC)
                .set(MCP_OAUTH.UPDATED_AT, now)
                .where(
                        MCP_OAUTH.ID.eq(session.id()),
                        MCP_OAUTH.VERSION.eq(session.version()),
                        tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .execute();
    }

    /** Makes the caller the only one, over all servers, who gets new tokens until then; false: somebody else is, or has done it. */
    static boolean lease(Tx tx, OAuthSession session, long now, long until) {
        return tx.sql()
                        .update(MCP_OAUTH)
                        .set(MCP_OAUTH.REFRESHING_UNTIL, until)
                        .where(
                                MCP_OAUTH.ID.eq(session.id()),
                                MCP_OAUTH.VERSION.eq(session.version()),
                                MCP_OAUTH.REFRESHING_UNTIL.le(now),
                                MCP_OAUTH.STATUS.eq(word(OAuthSession.Status.AUTHORIZED)),
                                tx.own(MCP_OAUTH.ORGANIZATION_ID))
                        .execute()
                == 1;
    }

    static void release(Tx tx, OAuthSession session) {
        tx.sql()
                .update(MCP_OAUTH)
                .set(MCP_OAUTH.REFRESHING_UNTIL, 0L)
                .where(
                        MCP_OAUTH.ID.eq(session.id()),
                        MCP_OAUTH.VERSION.eq(session.version()),
                        tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .execute();
    }

    /** The user's others at this address, which this one replaces. */
    static void deleteOthers(Tx tx, OAuthSession session, String urlHash) {
        tx.sql()
                .deleteFrom(MCP_OAUTH)
                .where(
                        MCP_OAUTH.URL_HASH.eq(urlHash),
                        MCP_OAUTH.USER_ID.eq(session.userId()),
                        MCP_OAUTH.ID.ne(session.id()),
                        MCP_OAUTH.STATUS.ne(word(OAuthSession.Status.PENDING)),
                        tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .execute();
    }

    /** Deletes everybody's at this address, and says which had been. */
    List<OAuthSession> takeAt(Tx tx, String urlHash) {
        List<OAuthSession> gone = new ArrayList<>();
        tx.sql()
                .selectFrom(MCP_OAUTH)
                .where(MCP_OAUTH.URL_HASH.eq(urlHash), tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .forEach(row -> Optional.ofNullable(session(row)).ifPresent(gone::add));
        tx.sql()
                .deleteFrom(MCP_OAUTH)
                .where(MCP_OAUTH.URL_HASH.eq(urlHash), tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .execute();
        return gone;
    }

    /** Those that nobody came back for, and failed ones, from before then. */
    static void deleteOld(Tx tx, long before) {
        tx.sql()
                .deleteFrom(MCP_OAUTH)
                .where(
                        MCP_OAUTH.STATUS.in(
                                List.of(word(OAuthSession.Status.PENDING), word(OAuthSession.Status.ERROR))),
                        MCP_OAUTH.EXPIRES_AT.lt(before),
                        tx.own(MCP_OAUTH.ORGANIZATION_ID))
                .execute();
    }

    private String sealed(Object value) {
        return sealing.seal().apply(Json.write(value));
    }

    private static String word(OAuthSession.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
