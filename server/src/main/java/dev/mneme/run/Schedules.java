package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that are sent to agents at a time (decision 0023). A due one becomes a run in the very transaction that moves it on to its next
 * time, so it is sent once whatever crashes and however many servers look. Thread-safe.
 */
public final class Schedules implements AutoCloseable {
    /** Schedules of one agent: each may wake it at any minute. */
    public static final int MOST_OF_AGENT = 100;

    /** Times that a server may have slept through: older ones are not made up for. */
    public static final Duration MISSED = Duration.ofHours(24);

    /** How soon a message is tried again whose agent has too many in line. */
    private static final Duration BUSY_PAUSE = Duration.ofMinutes(1);

    /** How long one that will not come again is still listed. */
    private static final Duration KEPT = Duration.ofDays(7);

    /** Longest sleep between two looks: other servers add schedules, and clocks are set. */
    private static final Duration POLL = Duration.ofSeconds(10);

    /** Sent in one look. */
    private static final int AT_ONCE = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);

    private final Db db;
    private final Clock clock;
    private final Desk desk;
    private final Scope scope = new Scope("schedule");
    private final Semaphore fresh = new Semaphore(0);

    public Schedules(Db db, Desk desk) {
        this.db = db;
        this.clock = db.clock();
        this.desk = desk;
    }

    /** Sends what is due, from now on. Called once, after the desk has started. */
    public void start() {
        scope.fork("clock", this::follow);
    }

    /**
     * Plans a message. Its time may lie in the past: then it is sent at once.
     *
     * @param request as for sending it now
     * @param message as its caller wrote it
     */
    public Schedule create(Submit request, JsonNode message, Schedule.When when) {
        desk.checkCallback(request.options().callbackUrl());
        long now = clock.next();
        Schedule made = new Schedule(
                IdKind.SCHEDULE.next(), request.agentId(), message, when, when.next(now), null, null, null, now);
        db.of(request.organizationId()).write(tx -> {
            if (ScheduleSql.countOf(tx, request.agentId()) >= MOST_OF_AGENT) {
                throw Problem.conflict("The agent has " + MOST_OF_AGENT
                        + " scheduled messages already. Delete one before you add another.");
            }
            ScheduleSql.insert(tx, made, request);
            tx.afterCommit(fresh::release);
            return true;
        });
        return made;
    }

    /** One of an agent's; 404 when there is none. */
    public Schedule get(String org, String agentId, String id) {
        Schedule found = db.of(org)
                .read(tx -> Optional.ofNullable(ScheduleSql.find(tx, agentId, id)))
                .orElse(null);
        if (found == null) {
            throw Problem.notFound("Scheduled message not found with id='" + id + "'");
        }
        return found;
    }

    /** An agent's, oldest first. after: an id, ignored when unknown. */
    public List<Schedule> list(String org, String agentId, @Nullable String after, int limit) {
        return db.of(org).read(tx -> ScheduleSql.list(tx, agentId, after, limit));
    }

    /** Forgets one; a run that it began goes on. 404 when there is none. */
    public void delete(String org, String agentId, String id) {
        boolean deleted = db.of(org).write(tx -> ScheduleSql.delete(tx, agentId, id) > 0);
        if (!deleted) {
            throw Problem.notFound("Scheduled message not found with id='" + id + "'");
        }
    }

    private void follow() {
        while (true) {
            try {
                round();
                if (fresh.tryAcquire(quiet(), TimeUnit.MILLISECONDS)) {
                    fresh.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                LOG.warn("Scheduled messages could not be sent, trying again: {}", e.getMessage());
                try {
                    Thread.sleep(POLL);
                } catch (InterruptedException stopping) {
                    return;
                }
            }
        }
    }

    /** Milliseconds until something is due. */
    private long quiet() {
        Long next = db.everywhere()
                .read(tx -> Optional.ofNullable(ScheduleSql.nextDue(tx)))
                .orElse(null);
        long most = POLL.toMillis();
        return next == null ? most : Math.clamp((next - clock.now()) / 1_000, 1, most);
    }

    private void round() {
        List<ScheduleSql.Due> due = db.everywhere().read(tx -> ScheduleSql.due(tx, clock.now(), AT_ONCE));
        for (ScheduleSql.Due each : due) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            fire(each);
        }
        long old = clock.now() - Clock.micros(KEPT);
        if (db.everywhere().read(tx -> ScheduleSql.anyOver(tx, old))) {
            db.everywhere().write(tx -> ScheduleSql.dropOver(tx, old));
        }
    }

    /** Sends one, or notes why it cannot be sent. */
    private void fire(ScheduleSql.Due due) {
        Db.View view = db.of(due.organizationId());
        try {
            view.write(tx -> send(tx, due));
        } catch (Problem refused) {
            LOG.info("Scheduled message {} was not sent: {}", due.id(), refused.detail());
            view.write(tx -> {
                Schedule row = ScheduleSql.claim(tx, due);
                if (row != null) {
                    boolean busy =
                            refused.code() == ProblemCode.BUSY && row.when().cron() == null;
                    Long next = busy ? Long.valueOf(clock.now() + Clock.micros(BUSY_PAUSE)) : following(row);
                    ScheduleSql.missed(tx, row.id(), next, refused.detail(), clock.now());
                }
                return true;
            });
        }
    }

    private boolean send(Tx tx, ScheduleSql.Due due) {
        Schedule row = ScheduleSql.claim(tx, due);
        if (row == null) {
            // Another server was faster, or it was deleted.
            return false;
        }
        if (tooLate(row)) {
            ScheduleSql.missed(
                    tx,
                    row.id(),
                    following(row),
                    "Missed: no server was running at the time, nor within a day of it.",
                    clock.now());
            return false;
        }
        if (row.runId() != null && RunSql.active(tx, row.runId())) {
            ScheduleSql.missed(
                    tx,
                    row.id(),
                    following(row),
                    "Left out: the run of the last time (" + row.runId() + ") still goes on.",
                    clock.now());
            return false;
        }
        Submit request = ScheduleSql.request(tx, row.id());
        ObjectNode metadata = Json.object();
        if (request.options().metadata() instanceof ObjectNode given) {
            metadata.setAll(given);
        }
        metadata.put("scheduled_message_id", row.id());
        String key = row.id() + "/" + due.nextAt();
        String runId = desk.submitIn(tx, request.due(key, metadata), Origin.CLIENT);
        ScheduleSql.sent(tx, row.id(), following(row), runId, clock.now());
        return true;
    }

    /** Of the times that were slept through the last one counts, unless that is too long ago as well. */
    private boolean tooLate(Schedule row) {
        long since = clock.now() - Clock.micros(MISSED);
        if (Objects.requireNonNull(row.nextAt()) >= since) {
            return false;
        }
        Long later = row.when().cron() == null ? null : row.when().next(since);
        return later == null || later > clock.now();
    }

    private @Nullable Long following(Schedule row) {
        return row.when().cron() == null ? null : row.when().next(clock.now());
    }

    @Override
    public void close() {
        scope.close();
    }
}
