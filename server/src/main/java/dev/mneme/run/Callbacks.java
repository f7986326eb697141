package dev.mneme.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundPost;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the end of runs and batches to their callback_url (contract 02 §14, 03 §10). What is to be told is stored by the transaction that
 * ends the run or the batch, so a restart forgets none; each is tried until the receiver says 2xx or the tries are used up. Redirects are not followed. Thread-safe.
 *
 * <p>Each request carries {@code Mneme-Signature: t=SECONDS,v1=HEX}, where HEX is HMAC-SHA256 with the server's callback key over
 * {@code SECONDS + "." + body}: the receiver computes the same, compares, and refuses old times.
 */
public final class Callbacks {
    /** The header with time and signature. */
    public static final String SIGNATURE = "Mneme-Signature";

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    /** How long a receiver may take (contract 02 §14). */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Callbacks on their way at once: a slow receiver holds up few others. */
    private static final int AT_ONCE = 16;

    /** How long a try that was begun keeps others from beginning it: longer than it can last. */
    private static final Duration CLAIM = Duration.ofSeconds(10);

    /** Characters of an address, as the contract has it. */
    static final int URL_CHARS = 2_083;

    /** Characters of an error that are kept. */
    private static final int ERROR_CHARS = 500;

    private final Db db;
    private final Clock clock;
    private final OutboundPost post;
    private final CallbackOptions options;
    private final Semaphore fresh = new Semaphore(0);

    public Callbacks(Db db, Clock clock, OutboundPost post, CallbackOptions options) {
        this.db = db;
        this.clock = clock;
        this.post = post;
        this.options = options;
    }

    /** Makes what is told of a run that has ended: its metadata with the whole answer. */
    @FunctionalInterface
    interface Account {
        ObjectNode metadata(String organizationId, RunRow run);
    }

    /** Refuses an address that will never be called: 400 that names the field. */
    void check(@Nullable String url) {
        if (url == null) {
            return;
        }
        if (url.length() > URL_CHARS) {
            throw Problem.invalid("callback_url has " + url.length() + " characters, more than " + URL_CHARS);
        }
        try {
            post.check(URI.create(url));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("callback_url is no address: " + url);
        } catch (Problem e) {
            throw Problem.invalid("callback_url: " + e.detail().replaceFirst("^INVALID_ARGUMENT: ", ""));
        }
    }

    /** In the transaction that ends a run. */
    void noted(Tx tx, RunSql.Waiting run) {
        if (run.options().callbackUrl() != null) {
            due(tx, CallbackSql.Kind.RUN, run.runId(), run.organizationId());
        }
    }

    /** In the transaction that ends a batch. */
    void noted(Tx tx, String organizationId, BatchRow batch) {
        if (batch.callbackUrl() != null) {
            due(tx, CallbackSql.Kind.BATCH, batch.id(), organizationId);
        }
    }

    private void due(Tx tx, CallbackSql.Kind kind, String id, String organizationId) {
        CallbackSql.insert(tx, kind, id, organizationId, clock.now());
        tx.afterCommit(fresh::release);
    }

    /** Sends what is due, from now on until the scope is closed. */
    void follow(Scope scope, Account account) {
        scope.fork("callbacks", () -> {
            while (true) {
                try {
                    round(scope, account);
                    if (fresh.tryAcquire(quiet(), TimeUnit.MILLISECONDS)) {
                        fresh.drainPermits();
                    }
                } catch (InterruptedException e) {
                    return;
                } catch (RuntimeException e) {
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                    LOG.warn("Callbacks could not be sent, trying again: {}", e.getMessage());
                    fresh.drainPermits();
                    pause();
                }
            }
        });
    }

    /** Milliseconds until something is due. */
    private long quiet() {
        long poll = options.poll().toMillis();
        long now = clock.now();
        long next = db.everywhere().read(tx -> CallbackSql.nextDue(tx, now + poll * 1_000));
        return Math.clamp((next - now) / 1_000, 1, poll);
    }

    private void pause() {
        try {
            Thread.sleep(options.poll());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round(Scope scope, Account account) throws InterruptedException {
        List<CallbackSql.Due> due = db.everywhere().read(tx -> CallbackSql.due(tx, clock.now(), AT_ONCE));
        while (!due.isEmpty()) {
            List<Callable<Boolean>> tries = new ArrayList<>();
            for (CallbackSql.Due each : due) {
                tries.add(() -> tell(each, account));
            }
            scope.all(tries);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            due = db.everywhere().read(tx -> CallbackSql.due(tx, clock.now(), AT_ONCE));
        }
    }

    private boolean tell(CallbackSql.Due due, Account account) {
        Db.View view = db.of(due.organizationId());
        long until = clock.now() + Clock.micros(CLAIM);
        boolean mine = view.write(tx -> CallbackSql.claim(tx, due, until));
        if (!mine) {
            return false;
        }
        Integer status = null;
        String error = null;
        try {
            status = send(notice(view, due, account));
            error = status >= 200 && status < 300 ? null : "the receiver answered " + status;
        } catch (IOException | RuntimeException e) {
            error = e instanceof Problem problem ? problem.detail() : String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            // Stopping: the claim runs out and the next start tries again.
            Thread.currentThread().interrupt();
            return false;
        }
        store(view, due, status, error);
        return error == null;
    }

    private void store(Db.View view, CallbackSql.Due due, @Nullable Integer status, @Nullable String error) {
        long now = clock.now();
        Long again = error == null || due.attempts() >= options.pauses().size()
                ? null
                : Long.valueOf(now + Clock.micros(options.pauses().get(due.attempts())));
        if (error != null && again == null) {
            LOG.warn("Gave up telling the end of {}: {}", due.id(), error);
        }
        String kept = error == null || error.length() <= ERROR_CHARS ? error : error.substring(0, ERROR_CHARS);
        view.write(tx -> {
            CallbackSql.tried(tx, due, now, status, kept, again);
            return true;
        });
    }

    /** What is posted, and where. */
    private record Notice(@Nullable String url, ObjectNode body) {}

    private static Notice notice(Db.View view, CallbackSql.Due due, Account account) {
        return switch (due.kind()) {
            case RUN -> {
                RunRow run = view.read(tx -> RunSql.get(tx, due.id()));
                ObjectNode body = ending("run_id", run.id(), run.status(), run.completedAt());
                body.set("metadata", account.metadata(due.organizationId(), run));
                yield new Notice(run.callbackUrl(), body);
            }
            case BATCH -> {
                BatchRow batch = view.read(tx -> BatchSql.get(tx, due.id()));
                yield new Notice(
                        batch.callbackUrl(), ending("job_id", batch.id(), batch.status(), batch.completedAt()));
            }
        };
    }

    private static ObjectNode ending(String key, String id, String status, @Nullable Long ended) {
        return Json.object()
                .put(key, id)
                .put("status", status)
                .put("completed_at", ended == null ? null : Clock.instant(ended).toString());
    }

    private int send(Notice notice) throws IOException, InterruptedException {
        String body = Json.write(notice.body);
        long seconds = clock.now() / 1_000_000;
        Map<String, String> headers = Map.of(
                "Content-Type", "application/json", SIGNATURE, "t=" + seconds + ",v1=" + sign(seconds + "." + body));
        return post.send(URI.create(String.valueOf(notice.url)), headers, body, TIMEOUT);
    }

    private String sign(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(options.key().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing in this Java", e);
        }
    }
}
