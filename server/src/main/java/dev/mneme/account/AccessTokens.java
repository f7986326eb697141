package dev.mneme.account;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.Sha256;
import dev.mneme.store.Db;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tokens for pages in browsers: made, listed without their secret, found, revoked. Only their hashes are stored. Thread-safe. */
public final class AccessTokens {
    /** How every token begins; a password that begins so is no password here. */
    public static final String PREFIX = "mneme-at-";

    /** How long a token lives whose maker does not say (openapi.json). */
    public static final Duration LIFE = Duration.ofMinutes(5);

    /** Agents that one token may name: it is looked through at every request. */
    public static final int MOST_AGENTS = 100;

    /** Bytes of a secret: 256 bits cannot be guessed. */
    private static final int SECRET_BYTES = 32;

    private final Db db;
    private final Clock clock;
    private final SecureRandom random;

    public AccessTokens(Db db, SecureRandom random) {
        this.db = db;
        this.clock = db.clock();
        this.random = random;
    }

    /** A token and what it stands for; the text is known to nobody afterwards. */
    public record Fresh(String text, AccessToken token) {}

    /** Makes a token. expiresAt: null for {@link #LIFE} from now; 422 when it has passed. */
    public Fresh create(
            String org, String userId, String hostname, List<AccessToken.Grant> policy, @Nullable Long expiresAt) {
        long now = clock.next();
        long end = expiresAt == null ? now + Clock.micros(LIFE) : expiresAt;
        if (end <= now) {
            throw Problem.unprocessable("expires_at must lie in the future.");
        }
        if (policy.isEmpty() || policy.size() > MOST_AGENTS) {
            throw Problem.unprocessable("policy names 1 to " + MOST_AGENTS + " agents, not " + policy.size() + ".");
        }
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String id = PREFIX + IdKind.uuid();
        String text = id + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        AccessToken token = new AccessToken(id, org, userId, hostname, List.copyOf(policy), end);
        db.of(org).write(tx -> {
            AccessTokenSql.dropOver(tx, now);
            AccessTokenSql.insert(tx, token, Sha256.hex(text), now);
            return true;
        });
        return new Fresh(text, token);
    }

    /** Tokens that still count, newest first. agentId: only those that name it; null: all. */
    public List<AccessToken> list(String org, @Nullable String agentId, int offset, int limit) {
        long now = clock.now();
        return db.of(org).read(tx -> AccessTokenSql.list(tx, agentId, now, offset, limit));
    }

    /** Revokes a token, named as in lists or whole; 404 when there is none. */
    public void delete(String org, String token) {
        String id = token.indexOf('.') < 0 ? token : token.substring(0, token.indexOf('.'));
        boolean deleted = db.of(org).write(tx -> AccessTokenSql.delete(tx, id) > 0);
        if (!deleted) {
            throw Problem.notFound("Access token not found with id='" + id + "'");
        }
    }

    /** What a token stands for; null when it is none, was revoked or is over. */
    public @Nullable AccessToken find(String text) {
        String hash = Sha256.hex(text);
        int dot = text.indexOf('.');
        if (dot < 0) {
            return null;
        }
        long now = clock.now();
        return db.everywhere()
                .read(tx -> Optional.ofNullable(AccessTokenSql.find(tx, text.substring(0, dot), hash, now)))
                .orElse(null);
    }

    /** Whether a token that still counts was made for pages of this origin. */
    public boolean knows(String origin) {
        long now = clock.now();
        return db.everywhere().read(tx -> AccessTokenSql.knows(tx, origin, now));
    }
}
