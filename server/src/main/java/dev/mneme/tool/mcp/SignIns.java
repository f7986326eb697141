package dev.mneme.tool.mcp;

import dev.mneme.base.Clock;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Sha256;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** People sign in at MCP servers by OAuth in their browsers, and their tokens are kept for later calls (contract 11 §5). Thread-safe. */
public final class SignIns {
    /** Where browsers come back to at this server (contract 11 §3). */
    public static final String CALLBACK = "/v1/tools/mcp/oauth/callback";

    /** How long the browser may take to come back (contract 11 §5). */
    static final Duration PENDING_LIFE = Duration.ofSeconds(300);

    /** Rows that came to nothing are kept so long, for people to look at. */
    private static final Duration OLD = Duration.ofDays(1);

    /** Between looks into the database: the browser may come back to another server on it. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** As hard to guess as an AES-256 key; also what PKCE wants (RFC 7636 §4.1). */
    private static final int SECRET_BYTES = 32;

    /** The contract's ids have 8 hex digits, so a new one may be taken already. */
    private static final int ID_BYTES = 4;

    private static final int MOST_TRIES = 20;

    /** Characters of what the browser brings: a code has some dozens, a reason is a sentence. */
    private static final int LONGEST_CODE = 8_000;

    private static final int LONGEST_REASON = 300;

    private final Db db;
    private final OAuthSql sql;
    private final Discovery discovery;
    private final TokenCalls tokens;
    private final Duration patience;
    private final Supplier<Optional<String>> address;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, CountDownLatch> waiting = new ConcurrentHashMap<>();

    /** address: at which browsers reach this server, without a slash at the end; empty: none is known. */
    public SignIns(
            Db db, Sealing sealing, OutboundGuard guard, McpOptions options, Supplier<Optional<String>> address) {
        OAuthCalls calls = new OAuthCalls(guard, options.connect());
        this.db = db;
        this.sql = new OAuthSql(sealing);
        this.discovery = new Discovery(guard, calls);
        this.tokens = new TokenCalls(calls, db.clock());
        this.patience = options.connect();
        this.address = address;
    }

    /** Where the user has to go. */
    public record Begun(String sessionId, String authorizationUrl) {}

    /** What became of it. */
    public sealed interface Outcome {
        /** The browser has not come back yet. */
        record Waiting() implements Outcome {}

        record Done(String serverUrl) implements Outcome {}

        record Refused(String why) implements Outcome {}
    }

    /** Whether the server wants a token that the user can get by signing in. */
    public static boolean mayHelp(McpFailure failure, McpConfig config) {
        return failure.challenge() != null
                && config.type() != McpConfig.Type.STDIO
                && config.url() != null
                && !config.authorizes();
    }

    /** Finds out where the user signs in, and keeps what is needed when the browser comes back. */
    public Begun begin(String org, String userId, McpConfig config, McpFailure refusal) throws McpFailure {
        String url = String.valueOf(config.url());
        String back = address.get()
                .map(base -> base + CALLBACK)
                .orElseThrow(
                        () -> new McpFailure(
                                McpFailure.Kind.REFUSED,
                                "No redirect URI found. Set LETTA_AGENTS_ENDPOINT to the address at which browsers reach this server."));
        String said = refusal.challenge();
        AuthServer server = discovery.find(url, said == null ? Challenge.SILENT : Challenge.of(said));
        TokenCalls.Client client = tokens.register(server, back);
        String state = secret();
        Grant grant = new Grant(
                url,
                server.issuer(),
                server.saysIssuer(),
                server.token(),
                server.revoke(),
                client.id(),
                client.secret(),
                client.method(),
                back,
                server.resource(),
                secret());
        String id = store(org, userId, grant, state);
        waiting.put(id, new CountDownLatch(1));
        return new Begun(id, address(server, grant, state));
    }

    private static String address(AuthServer server, Grant grant, String state) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", grant.clientId());
        query.put("redirect_uri", grant.redirectUri());
        query.put("state", state);
        query.put("code_challenge", text(Sha256.of(grant.verifier())));
        query.put("code_challenge_method", "S256");
        if (server.scope() != null) {
            query.put("scope", server.scope());
        }
        if (grant.resource() != null) {
            query.put("resource", grant.resource());
        }
        return server.authorize() + (server.authorize().contains("?") ? "&" : "?") + TokenCalls.query(query);
    }

    private String store(String org, String userId, Grant grant, String state) {
        return db.of(org).write(tx -> {
            long now = db.clock().now();
            OAuthSql.deleteOld(tx, now - Clock.micros(OLD));
            for (int i = 0; i < MOST_TRIES; i++) {
                OAuthSession session = new OAuthSession(
                        "mcp-oauth-" + HexFormat.of().formatHex(bytes(ID_BYTES)),
                        org,
                        userId,
                        OAuthSession.Status.PENDING,
                        null,
                        grant,
                        null,
                        0,
                        now + Clock.micros(PENDING_LIFE));
                if (sql.insert(tx, session, hash(grant.url()), hash(state), now)) {
                    return session.id();
                }
            }
            throw new IllegalStateException("no free id for signing in");
        });
    }

    /** Waits for the browser, so long at most. */
    public Outcome await(String org, String id, Duration most) {
        long end = System.nanoTime() + most.toNanos();
        CountDownLatch back = waiting.computeIfAbsent(id, key -> new CountDownLatch(1));
        while (true) {
            Outcome now = look(org, id);
            long left = end - System.nanoTime();
            if (!(now instanceof Outcome.Waiting)) {
                waiting.remove(id);
                return now;
            }
            if (left <= 0) {
                return now;
            }
            try {
                boolean told = back.await(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS);
                if (told) {
                    waiting.remove(id);
                    return look(org, id);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Outcome.Refused("the server is stopping");
            }
        }
    }

    /** The caller waits no longer. */
    public void leave(String id) {
        waiting.remove(id);
    }

    private Outcome look(String org, String id) {
        OAuthSession session = find(org, id);
        if (session == null) {
            return new Outcome.Refused("the server was deleted meanwhile");
        }
        return switch (session.status()) {
            case AUTHORIZED -> new Outcome.Done(session.grant().url());
            case ERROR -> new Outcome.Refused(String.valueOf(session.failure()));
            case PENDING ->
                session.expiresAt() > db.clock().now()
                        ? new Outcome.Waiting()
                        : new Outcome.Refused("nobody signed in within " + PENDING_LIFE.toSeconds() + " s");
        };
    }

    /** What the browser brought back; null: it was not there. */
    public record Returned(
            @Nullable String state,
            @Nullable String code,
            @Nullable String error,
            @Nullable String description,
            @Nullable String issuer) {}

    /** The browser is back: its code becomes tokens. The state works once, whatever comes of it. */
    public Outcome back(Returned returned) {
        if (returned.state() == null || returned.state().isEmpty()) {
            return new Outcome.Refused("Missing state parameter");
        }
        String stateHash = hash(returned.state());
        OAuthSession session = db.everywhere()
                .write(tx ->
                        Optional.ofNullable(sql.claim(tx, stateHash, db.clock().now())))
                .orElse(null);
        if (session == null) {
            return new Outcome.Refused("Invalid or expired state parameter");
        }
        Outcome outcome = exchanged(session, returned);
        CountDownLatch latch = waiting.get(session.id());
        if (latch != null) {
            latch.countDown();
        }
        return outcome;
    }

    private Outcome exchanged(OAuthSession session, Returned returned) {
        Grant grant = session.grant();
        String code = returned.code();
        if (returned.error() != null) {
            String reason = returned.error() + (returned.description() == null ? "" : ": " + returned.description());
            return failed(session, reason.substring(0, Math.min(LONGEST_REASON, reason.length())));
        }
        if (grant.issuer() == null ? returned.issuer() != null : wrong(grant, returned.issuer())) {
            return failed(session, "The answer came from another authorization server than was asked");
        }
        if (code == null || code.isEmpty() || code.length() > LONGEST_CODE) {
            return failed(session, "Missing authorization code");
        }
        try {
            Tokens got = tokens.exchange(grant, code);
            boolean kept = db.of(session.org()).write(tx -> {
                OAuthSql.deleteOthers(tx, session, hash(grant.url()));
                return sql.keep(tx, session, got, db.clock().next());
            });
            return kept ? new Outcome.Done(grant.url()) : new Outcome.Refused("the server was deleted meanwhile");
        } catch (McpFailure e) {
            return failed(session, e.why());
        }
    }

    /** RFC 9207: it must be the one that was asked, and be there when it was promised. */
    private static boolean wrong(Grant grant, @Nullable String issuer) {
        return issuer == null ? grant.saysIssuer() : !issuer.equals(grant.issuer());
    }

    private Outcome failed(OAuthSession session, String why) {
        db.of(session.org()).write(tx -> {
            sql.fail(tx, session, why, db.clock().next());
            return true;
        });
        return new Outcome.Refused(why);
    }

    /** The tokens of the user for this address, null: the user has none. */
    @Nullable
    Bearer bearer(Behalf behalf, String url) {
        String userId = behalf.userId();
        if (userId == null) {
            return null;
        }
        String id = db.of(behalf.org())
                .read(tx -> Optional.ofNullable(OAuthSql.newest(tx, hash(url), userId)))
                .orElse(null);
        return id == null ? null : new KeptTokens(db, sql, tokens, patience, behalf.org(), id);
    }

    /** Signs everybody out of this address. What comes back gives the tokens back to where they came from, after the transaction. */
    Runnable end(Tx tx, String url) {
        List<OAuthSession> gone = sql.takeAt(tx, hash(url));
        return () -> gone.forEach(session ->
                Optional.ofNullable(session.tokens()).ifPresent(held -> tokens.revoke(session.grant(), held)));
    }

    private @Nullable OAuthSession find(String org, String id) {
        return db.of(org).read(tx -> Optional.ofNullable(sql.find(tx, id))).orElse(null);
    }

    private byte[] bytes(int count) {
        byte[] out = new byte[count];
        random.nextBytes(out);
        return out;
    }

    private String secret() {
        return text(bytes(SECRET_BYTES));
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** How an address or a state stands in the database. */
    static String hash(String text) {
        return Sha256.hex(text.strip());
    }
}
