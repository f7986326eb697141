package dev.mneme.account;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.Sha256;
import dev.mneme.store.Db;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys of the API besides the server's password (decision 0022). Thread-safe.
 *
 * <p>Stored keys are kept as the SHA-256 of their text: 256 random bits need no slow hash. Keys for a single tool call live in memory only
 * and end with the call.
 */
public final class ApiKeys {
    /** How every key begins; a text that begins so is never taken for a password. */
    public static final String MARK = "sk-mneme-";

    /** How often the time of last use is written, so that a busy key does not write at every request. */
    static final Duration USE_NOTED_EVERY = Duration.ofMinutes(1);

    private static final String CALL_MARK = MARK + "call-";

    /** As hard to guess as an AES-256 key. */
    private static final int SECRET_BYTES = 32;

    /** 2^48 visible beginnings: two keys hardly ever share one, and the database refuses when they do. */
    private static final int PREFIX_BYTES = 6;

    private static final int PREFIX_LETTERS = MARK.length() + 2 * PREFIX_BYTES;

    /** Longer texts are no key and are not hashed. */
    private static final int LONGEST = 200;

    /** Memory for keys of running calls is looked through when so many are there. */
    private static final int CALLS_BEFORE_SWEEP = 1_000;

    private final Db db;
    private final Clock clock;
    private final SecureRandom random;
    private final Map<String, Call> calls = new ConcurrentHashMap<>();

    public ApiKeys(Db db, Clock clock, SecureRandom random) {
        this.db = db;
        this.clock = clock;
        this.random = random;
    }

    /** A key that was just made; its secret is shown this once. */
    public record Made(ApiKey key, String secret) {}

    /** What a new key shall be. life: null: until it is revoked. */
    public record Wish(
            String name,
            KeyRole role,
            List<String> agentIds,
            @Nullable Duration life) {}

    private record Call(Access access, long endsAt) {}

    /** Makes and stores a key on whose behalf that user acts; 404 when the organisation has no such agent. */
    public Made create(String organizationId, String userId, Wish wish) {
        boolean scoped = wish.role() == KeyRole.AGENT;
        if (scoped == wish.agentIds().isEmpty()) {
            throw Problem.unprocessable(
                    scoped
                            ? "A key of role agent needs agent_ids: the agents that it reaches."
                            : "agent_ids belong to keys of role agent only.");
        }
        String prefix = MARK + HexFormat.of().formatHex(bytes(PREFIX_BYTES));
        String secret = prefix + text(bytes(SECRET_BYTES));
        long now = clock.now();
        ApiKey key = new ApiKey(
                IdKind.API_KEY.next(),
                organizationId,
                userId,
                wish.name(),
                wish.role(),
                List.copyOf(wish.agentIds()),
                prefix,
                now,
                null,
                wish.life() == null ? null : now + Clock.micros(wish.life()),
                null);
        db.of(organizationId).write(tx -> {
            wish.agentIds().stream()
                    .filter(id -> !AgentReachSql.known(tx, id))
                    .findFirst()
                    .ifPresent(id -> {
                        throw Problem.notFound("Agent with ID " + id + " not found");
                    });
            ApiKeySql.insert(tx, key, Sha256.hex(secret));
            return key;
        });
        return new Made(key, secret);
    }

    /** The organisation's keys, newest first; revoked and expired ones too. */
    public List<ApiKey> list(String organizationId) {
        return db.of(organizationId).read(ApiKeySql::list);
    }

    /** One key; 404 when the organisation has none of that id. */
    public ApiKey get(String organizationId, String id) {
        ApiKey key = db.of(organizationId)
                .read(tx -> Optional.ofNullable(ApiKeySql.find(tx, id)))
                .orElse(null);
        if (key == null) {
            throw Problem.notFound("NOT_FOUND: There is no API key with id=" + id + ".");
        }
        return key;
    }

    /** Ends a key at once and for good; again: nothing changes. */
    public ApiKey revoke(String organizationId, String id) {
        get(organizationId, id);
        db.of(organizationId).write(tx -> {
            ApiKeySql.revoke(tx, id, clock.now());
            return id;
        });
        return get(organizationId, id);
    }

    /** A key for code that runs on behalf of one agent: in memory only, and it ends by itself after that life. */
    public String issue(String organizationId, String userId, String agentId, Duration life) {
        long now = clock.now();
        if (calls.size() >= CALLS_BEFORE_SWEEP) {
            calls.values().removeIf(call -> call.endsAt() <= now);
        }
        String secret = CALL_MARK + text(bytes(SECRET_BYTES));
        Access access = new Access(KeyRole.AGENT, organizationId, userId, Set.of(agentId));
        calls.put(Sha256.hex(secret), new Call(access, now + Clock.micros(life)));
        return secret;
    }

    /** Ends a key of {@link #issue} at once. */
    public void withdraw(String secret) {
        calls.remove(Sha256.hex(secret));
    }

    /** What the key opens; null when it is none, or no longer. */
    public @Nullable Access check(String secret) {
        if (!secret.startsWith(MARK) || secret.length() > LONGEST) {
            return null;
        }
        String hash = Sha256.hex(secret);
        long now = clock.now();
        if (secret.startsWith(CALL_MARK)) {
            Call call = calls.get(hash);
            return call == null || call.endsAt() <= now ? null : call.access();
        }
        if (secret.length() <= PREFIX_LETTERS) {
            return null;
        }
        String prefix = secret.substring(0, PREFIX_LETTERS);
        ApiKeySql.Stored stored = db.everywhere()
                .read(tx -> Optional.ofNullable(ApiKeySql.byPrefix(tx, prefix)))
                .orElse(null);
        if (stored == null || !same(stored.hash(), hash) || !stored.key().counts(now)) {
            return null;
        }
        note(stored.key(), now);
        return stored.key().access();
    }

    /** Whether everything of those ids is one of the agents that the access names, or belongs to one. */
    public boolean reaches(Access access, Map<String, IdKind> ids) {
        String organization = access.organizationId();
        return organization != null
                && db.of(organization)
                        .read(tx -> ids.entrySet().stream()
                                .allMatch(id ->
                                        AgentReachSql.belongs(tx, access.agentIds(), id.getValue(), id.getKey())));
    }

    private void note(ApiKey key, long now) {
        Long last = key.lastUsedAt();
        if (last == null || now - last >= Clock.micros(USE_NOTED_EVERY)) {
            db.of(key.organizationId()).write(tx -> {
                ApiKeySql.used(tx, key.id(), now);
                return key;
            });
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
    }
}
