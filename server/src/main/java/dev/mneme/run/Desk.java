package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.Groups;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.message.StopReason;
import dev.mneme.message.TurnEvent;
import dev.mneme.message.Usage;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.turn.Compacted;
import dev.mneme.turn.InputMessage;
import dev.mneme.turn.TurnInput;
import dev.mneme.turn.TurnLoop;
import dev.mneme.turn.TurnOptions;
import dev.mneme.turn.TurnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where requests to agents are taken in and done. Thread-safe.
 *
 * <p>Every request becomes a run: stored with its input before any model is called, one at a time per thread (an agent), in order,
 * under a lease in the database. Whoever asked only reads the run's log, so nothing stops when a reader leaves. A run always ends: when
 * its server dies, the next start (or another server) ends it and the thread can be used again.
 */
public final class Desk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

    /** How often leases are renewed, orphans looked for and old records dropped. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** How often who waits for another run looks whether it was stopped itself. */
    private static final Duration LOOK_UP = Duration.ofMillis(200);

    /** How soon a wish to stop that came to another server is seen here. */
    private static final Duration LOOK_FOR_WISHES = Duration.ofSeconds(1);

    private final Db db;
    private final Clock clock;
    private final TurnLoop loop;
    private final EventFormat format;
    private final DeskOptions options;
    private final Companions companions;
    private final Callbacks callbacks;
    private final Scope scope = new Scope("run");
    private final String owner;
    private final Map<String, RunTurn> live = new ConcurrentHashMap<>();
    private final Map<String, LiveLog> logs = new ConcurrentHashMap<>();
    private final Map<String, RunSql.Waiting> unsettled = new ConcurrentHashMap<>();
    private final AtomicInteger holding = new AtomicInteger();
    private final Stopping stopping;
    private volatile boolean closing;
    private final AtomicBoolean resting = new AtomicBoolean();

    /**
     * @param owner names this server in its leases, the same after a restart: leases under it are taken over at once. No two servers on one
     *     database share it
     */
    public Desk(
            Db db,
            Clock clock,
            TurnLoop loop,
            Groups groups,
            Callbacks callbacks,
            EventFormat format,
            DeskOptions options,
            String owner) {
        this.db = db;
        this.owner = owner;
        this.clock = clock;
        this.loop = loop;
        this.format = format;
        this.options = options;
        this.callbacks = callbacks;
        this.companions = new Companions(groups, loop, this::submitIn);
        this.stopping = new Stopping(db, clock, loop, live, line);
    }

    /** Ends what a dead server left, starts what waits, and keeps house from now on. Called once, before the door opens. */
    public void start() {
        recover(alone() ? LeaseSql.Dead.ALL_OTHERS : LeaseSql.Dead.EXPIRED, true);
        scope.fork("house", this::keepHouse);
        callbacks.follow(scope, this::account);
        scope.fork("logs", new LogKeeper(db, live.values(), () -> closing)::run);
    }

    /** Takes a request in. Returns once it is stored; refuses with 404, 409 (queue full) or 503 (stopping). */
    public Submitted submit(Submit submit) {
        return submit(submit, Origin.CLIENT);
    }

    /** 400 when a callback address will never be called; null is none. */
    void checkCallback(@Nullable String url) {
        callbacks.check(url);
    }

    /** As {@link #submit(Submit)}, for a run that no client asked for; also refused (409) when it would wait in a circle. */
    Submitted submit(Submit submit, Origin origin) {
        if (closing) {
            throw new Problem(
                    ProblemCode.UNAVAILABLE, "The server is shutting down. Send the message again when it is back.");
        }
        requireAwake();
        callbacks.check(submit.options().callbackUrl());
        RunSql.Waiting run = RunSql.Waiting.of(IdKind.RUN.next(), submit);
        String runId = run.runId();
        logs.put(runId, newLog(run));
        Taken taken;
        try {
            taken = db.of(submit.organizationId()).write(tx -> take(tx, submit, run, origin));
        } catch (RuntimeException e) {
            logs.remove(runId);
            throw e;
        }
        if (!taken.runId().equals(runId)) {
            logs.remove(runId);
            return new Submitted(taken.runId(), true);
        }
        if (taken.stepId() != null) {
            launch(run, taken.stepId());
        } else if (!alone()) {
            // Another server may start it: its readers look into the database.
            logs.remove(runId);
        }
        return new Submitted(runId, false);
    }

    /** Whether no other server can work on this database. */
    private boolean alone() {
        return db.kind().equals("sqlite");
    }

    private LiveLog newLog(RunSql.Waiting run) {
        LiveLog log = new LiveLog(run.runId(), run.options(), format);
        if (run.options().streaming() && run.options().pings()) {
            log.show(new TurnEvent.Ping(clock.now()));
        }
        return log;
    }

    /** What a request would send to the model first; nothing is stored and nobody is asked. */
    public JsonNode preview(Submit submit) {
        RunSql.Waiting run = RunSql.Waiting.of(IdKind.RUN.next(), submit);
        return loop.preview(turnInput(run, IdKind.STEP.next()), run.messages());
    }

    /**
     * Takes a run in as a part of a transaction that is open already: it is stored with that or not at all, and starts after its commit. A
     * refusal leaves nothing behind. Answers the run's id.
     */
    String submitIn(Tx tx, Submit submit, Origin origin) {
        RunSql.Waiting run = RunSql.Waiting.of(IdKind.RUN.next(), submit);
        Taken taken;
        try {
            taken = take(tx, submit, run, origin);
        } catch (Problem e) {
            LeaseSql.release(tx, run.threadId(), run.runId());
            throw e;
        }
        String stepId = taken.stepId();
        if (stepId != null) {
            tx.afterCommit(() -> launch(run, stepId));
        }
        return taken.runId();
    }

    private Taken take(Tx tx, Submit asked, RunSql.Waiting run, Origin origin) {
        long now = clock.next();
        loop.requireAgent(tx, asked.agentId());
        int depth = Waits.admit(tx, origin, run.threadId());
        Companions.Watched watched = companions.watched(tx, asked);
        Submit submit = watched.submit();
        String earlier = RunSql.earlierTry(tx, submit, now);
        if (earlier != null) {
            return new Taken(earlier, null);
        }
        boolean mine = LeaseSql.take(tx, run.threadId(), run.runId(), owner, leaseEnd());
        if (!mine && RunSql.waiting(tx, run.threadId()) >= options.waitingPerThread()) {
            throw busy(LeaseSql.holder(tx, run.threadId()));
        }
        if (submit.conversationId() != null && !RunSql.markMessage(tx, submit.conversationId(), now)) {
            throw Problem.notFound("Conversation not found with id='['" + submit.conversationId() + "']'");
        }
        Problem refusal = mine ? loop.refusal(tx, run.threadId(), run.messages()) : null;
        if (refusal != null) {
            throw refusal;
        }
        RunSql.insert(tx, run.runId(), submit, mine ? RunSql.RUNNING : RunSql.CREATED, now);
        if (origin.kind() != Origin.Kind.CLIENT) {
            OriginSql.mark(tx, run.runId(), origin, depth);
        }
        companions.note(tx, watched, run.runId());
        return new Taken(
                run.runId(), mine ? loop.begin(tx, turnInput(run, IdKind.STEP.next()), submit.messages()) : null);
    }

    private Problem busy(@Nullable String runId) {
        Problem problem = new Problem(
                ProblemCode.BUSY,
                "CONFLICT: Cannot send a new message: Another request (run_id=" + runId
                        + ") is currently being processed for this conversation. Please wait for it to complete. "
                        + options.waitingPerThread() + " more are already waiting.");
        return runId == null ? problem : problem.with("run_id", runId);
    }

    /** A run that was stored; stepId: null when it waits. */
    private record Taken(String runId, @Nullable String stepId) {}

    private static TurnInput turnInput(RunSql.Waiting run, String stepId) {
        List<InputMessage> messages = run.messages();
        boolean answers = messages.getFirst().approval() != null;
        return new TurnInput(
                run.organizationId(),
                run.userId(),
                run.runId(),
                run.agentId(),
                run.threadId(),
                run.conversationId(),
                stepId,
                run.options().turn(),
                answers ? messages.subList(1, messages.size()) : null);
    }

    private void launch(RunSql.Waiting run, String stepId) {
        LiveLog log = logs.computeIfAbsent(run.runId(), id -> newLog(run));
        RunTurn turn = new RunTurn(db, clock, run, log, handover);
        live.put(run.runId(), turn);
        if (!scope.fork(run.runId(), () -> execute(turn, turnInput(run, stepId)))) {
            // Stopping: the next start recovers the run, its input is stored.
            forget(run.runId());
        }
    }

    /** One of the three edges where any exception is caught: a bug ends the run, not the server. */
    private void execute(RunTurn turn, TurnInput input) {
        try {
            loop.run(input, turn);
        } catch (RuntimeException | Error e) {
            LOG.error("Run {} broke", input.runId(), e);
            settle(turn.run(), Endings.broken(e), turn);
        } finally {
            if (!turn.finished()) {
                settle(turn.run(), Endings.vanished(), turn);
            }
            forget(input.runId());
        }
    }

    /** Ends a run whatever happened. If the database cannot take it now, it is tried again until it can. */
    private void settle(RunSql.Waiting run, TurnResult result, @Nullable RunTurn turn) {
        try {
            db.of(run.organizationId()).write(tx -> {
                end(tx, run, result);
                return true;
            });
            unsettled.remove(run.runId());
        } catch (RuntimeException e) {
            LOG.warn("Run {} could not be ended yet: {}", run.runId(), e.getMessage());
            unsettled.put(run.runId(), run);
        }
        if (turn != null && !turn.finished()) {
            turn.endedUnstored(result);
        }
    }

    /** Ends a run that nobody works on: pairs its calls, marks it, adds the end to its log and hands the thread over. */
    private void end(Tx tx, RunSql.Waiting run, TurnResult result) {
        if (!RunSql.exists(tx, run.runId())) {
            LeaseSql.release(tx, run.threadId(), run.runId());
            return;
        }
        conclude(tx, run, result);
        handOver(tx, run);
    }

    /** Marks a run as ended and adds the end to its log, for readers here as well. */
    private void conclude(Tx tx, RunSql.Waiting run, TurnResult how) {
        long now = clock.now();
        TurnResult result = StepSql.usedBy(tx, run.runId(), how);
        List<String> started = RunSql.active(tx, run.runId()) ? handover.ending(tx, run, result) : List.of();
        if (!RunSql.finish(tx, run.runId(), result, started, null, 0, now)) {
            return;
        }
        loop.repair(tx, turnInput(run, IdKind.STEP.next()));
        // a run that never began here: nobody else will tell its readers
        LiveLog log = live.containsKey(run.runId()) ? null : logs.get(run.runId());
        List<LogRecord> records = new ArrayList<>();
        if (log == null) {
            long seq = RunSql.lastSeq(tx, run.runId()) + 1;
            for (TurnEvent event : RunTurn.endEvents(result, started)) {
                records.addAll(format.records(event, run.runId(), run.options(), seq + records.size()));
            }
            records.add(new LogRecord(seq + records.size(), false, LogRecord.DONE));
        } else {
            records.addAll(log.take());
            records.addAll(log.ending(RunTurn.endEvents(result, started), 0));
        }
        RunSql.insertRecords(tx, run.runId(), records, now);
        RunSql.markThread(tx, run, result, now, 0);
        if (log != null) {
            tx.afterCommit(() -> {
                log.end(RunTurn.endEvents(result, started), result, started);
                logs.remove(run.runId());
            });
        }
    }

    private final RunTurn.Handover handover = new RunTurn.Handover() {
        @Override
        public List<String> ending(Tx tx, RunSql.Waiting run, TurnResult result) {
            callbacks.noted(tx, run);
            if (Companions.isBackground(run.options())) {
                CompanionSql.setMetadata(tx, run.runId(), answered(tx, run, result));
            }
            String groupId = groupOf(run.options());
            if (groupId != null) {
                loop.stampGroup(tx, run.runId(), groupId);
            }
            return companions.ended(tx, run, result);
        }

        @Override
        public void ended(Tx tx, RunSql.Waiting run) {
            handOver(tx, run);
        }
    };

    /** The group on whose behalf a run runs. */
    private static @Nullable String groupOf(RunOptions options) {
        JsonNode metadata = options.metadata();
        return metadata == null ? null : metadata.path(GroupTalk.GROUP_ID).textValue();
    }

    /** The metadata of a run that ends, with its whole answer or why it failed. */
    private ObjectNode answered(Tx tx, RunSql.Waiting run, TurnResult result) {
        RunResult whole = new RunResult(run.runId(), run.options(), loop.rowsOf(tx, run.runId()), result, List.of());
        return metadata(run.options(), whole);
    }

    /** What callbacks tell of a run. */
    private ObjectNode account(String organizationId, RunRow run) {
        return metadata(run.options(), await(organizationId, run.id()));
    }

    private ObjectNode metadata(RunOptions options, RunResult run) {
        ObjectNode out = options.metadata() instanceof ObjectNode given ? given.deepCopy() : Json.object();
        TurnResult.Failure failure = run.result().failure();
        if (failure != null) {
            out.set("error", Json.tree(failure));
        } else {
            out.set("result", format.response(run));
        }
        return out;
    }

    private final Stopping.Line line = new Stopping.Line() {
        @Override
        public void end(Tx tx, String runId, TurnResult result) {
            RunSql.Waiting run = RunSql.stored(tx, runId);
            loop.keep(tx, turnInput(run, IdKind.STEP.next()), run.messages(), RunSql.createdAt(tx, runId));
            Desk.this.end(tx, run, result);
        }

        @Override
        public boolean take(Tx tx, String threadId, String holder) {
            return LeaseSql.take(tx, threadId, holder, owner, leaseEnd());
        }

        @Override
        public void release(Tx tx, String threadId, String holder) {
            LeaseSql.release(tx, threadId, holder);
            startFirst(tx, threadId);
        }
    };

    /**
     * Stops runs: those in line at once, a model call is broken off, a tool at work is let finish, an open request for approval is denied.
     * Each answer is cancelled, or failed for a run that does not exist. Runs that had ended stay as they are.
     */
    public Map<String, String> cancel(String organizationId, List<String> runIds) {
        return stopping.stop(organizationId, runIds);
    }

    /** The runs of an agent that can be stopped. threadId: on this thread only; null: on all. */
    public List<String> cancellable(String organizationId, String agentId, @Nullable String threadId) {
        return stopping.meant(organizationId, agentId, threadId);
    }

    /** Gives the thread to the next run in line, in the transaction that ended the last one. */
    private void handOver(Tx tx, RunSql.Waiting ended) {
        LeaseSql.release(tx, ended.threadId(), ended.runId());
        startFirst(tx, ended.threadId());
    }

    private void startFirst(Tx tx, String threadId) {
        RunSql.Waiting next = closing || resting.get() ? null : RunSql.firstWaiting(tx, threadId);
        while (next != null && LeaseSql.take(tx, threadId, next.runId(), owner, leaseEnd())) {
            Problem refusal = loop.refusal(tx, threadId, next.messages());
            if (refusal == null) {
                begin(tx, next);
                return;
            }
            loop.keep(tx, turnInput(next, IdKind.STEP.next()), next.messages(), RunSql.createdAt(tx, next.runId()));
            conclude(tx, next, Endings.refused(refusal));
            LeaseSql.release(tx, threadId, next.runId());
            next = RunSql.firstWaiting(tx, threadId);
        }
    }

    private void begin(Tx tx, RunSql.Waiting run) {
        RunSql.start(tx, run.runId(), clock.now());
        String stepId = loop.begin(tx, turnInput(run, IdKind.STEP.next()), run.messages());
        tx.afterCommit(() -> launch(run, stepId));
    }

    private long leaseEnd() {
        return clock.now() + Clock.micros(options.lease());
    }

    private void forget(String runId) {
        live.remove(runId);
        logs.remove(runId);
    }

    /**
     * Compacts the context of a thread now, while no turn can run on it. Refuses with 404, with 409 while somebody works on the thread, and
     * with the contract's 400 when the context would not get smaller. Messages that come meanwhile wait.
     *
     * @param conversationId null: the agent's default thread
     * @param settings for this one time, as in the agent's JSON; null: the agent's own
     */
    public Compacted compact(
            String organizationId,
            String userId,
            String agentId,
            @Nullable String conversationId,
            @Nullable JsonNode settings) {
        String holder = "compaction-" + IdKind.uuid();
        TurnInput input = new TurnInput(
                organizationId,
                userId,
                holder,
                agentId,
                conversationId == null ? agentId : conversationId,
                conversationId,
                holder,
                TurnOptions.DEFAULTS,
                null);
        return exclusively(organizationId, input.threadId(), holder, () -> loop.compact(input, settings));
    }

    /** Does something while no turn can run on a thread; 409 when one does. Messages that come meanwhile wait. */
    private <T> T exclusively(String organizationId, String threadId, String holder, Supplier<T> work) {
        requireAwake();
        db.of(organizationId).write(tx -> {
            if (!LeaseSql.take(tx, threadId, holder, owner, leaseEnd())) {
                String runId = LeaseSql.holder(tx, threadId);
                Problem problem = new Problem(
                        ProblemCode.BUSY,
                        "CONFLICT: Another request (run_id=" + runId
                                + ") is currently being processed for this conversation. Please wait for it to complete.");
                throw runId == null ? problem : problem.with("run_id", runId);
            }
            return true;
        });
        holding.incrementAndGet();
        try {
            return work.get();
        } finally {
            holding.decrementAndGet();
            db.of(organizationId).write(tx -> {
                LeaseSql.release(tx, threadId, holder);
                startFirst(tx, threadId);
                return true;
            });
        }
    }

    /** Follows a run's log from after a number (0: from the start). The caller has checked that the run is its own. */
    public LogReader follow(String organizationId, String runId, long after) {
        LiveLog log = logs.get(runId);
        return log != null ? log.reader(after) : new StoredReader(db.of(organizationId), runId, after);
    }

    /** How a wait ended. */
    enum Patience {
        ENDED,
        CANCELLED,
        OVER
    }

    /** Waits until a run ends, until the run that waits for it is stopped, or for as long as patience lasts. */
    Patience waitFor(String organizationId, String runId, String waitingRunId, Duration patience) {
        LogReader log = follow(organizationId, runId, 0);
        long until = System.nanoTime() + patience.toNanos();
        while (!log.ended()) {
            RunTurn waiting = live.get(waitingRunId);
            if (waiting == null || waiting.cancelled() || Thread.currentThread().isInterrupted()) {
                return Patience.CANCELLED;
            }
            long left = until - System.nanoTime();
            if (left <= 0) {
                return Patience.OVER;
            }
            log.next(Duration.ofNanos(Math.min(left, LOOK_UP.toNanos())));
        }
        return Patience.ENDED;
    }

    /** Waits for a run to end and gives what it wrote. */
    public RunResult await(String organizationId, String runId) {
        LiveLog log = logs.get(runId);
        try {
            if (log != null) {
                return log.await();
            }
            LogReader reader = new StoredReader(db.of(organizationId), runId, Long.MAX_VALUE - 1);
            while (!reader.ended()) {
                reader.next(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(
                    ProblemCode.UNAVAILABLE,
                    "The server is shutting down. The run goes on when it is back: " + runId,
                    e);
        }
        return db.of(organizationId).read(tx -> {
            RunRow row = RunSql.get(tx, runId);
            RunRow.RunUsage usage = row.usage();
            List<String> started = usage == null ? null : usage.runIds();
            return new RunResult(
                    runId, row.options(), loop.rowsOf(tx, runId), resultOf(row), started == null ? List.of() : started);
        });
    }

    private static TurnResult resultOf(RunRow row) {
        RunRow.RunUsage usage = row.usage();
        JsonNode error = row.error();
        return new TurnResult(
                row.stopReason() == null ? StopReason.ERROR : StopReason.of(row.stopReason()),
                usage == null ? Usage.NONE : usage.tokens(),
                usage == null ? 0 : usage.steps(),
                usage == null ? null : usage.contextTokens(),
                error == null ? null : Json.MAPPER.convertValue(error, TurnResult.Failure.class));
    }

    /** Refuses (409) while a turn runs or waits on one of the threads. */
    public void requireIdle(Tx tx, Set<String> threadIds) {
        for (String threadId : threadIds) {
            RunRow active = RunSql.newestActive(tx, threadId);
            if (active != null) {
                throw new Problem(
                                ProblemCode.BUSY,
                                "CONFLICT: A request (run_id=" + active.id()
                                        + ") is being processed on this thread. Wait for it to complete, or cancel it.")
                        .with("run_id", active.id());
            }
        }
    }

    private void requireAwake() {
        if (resting.get()) {
            throw new Problem(
                    ProblemCode.UNAVAILABLE, "A backup is being restored here. Send the message again in a moment.");
        }
    }

    /**
     * Does something while no turn runs here. New requests are refused (503) meanwhile, those in line wait; turns at work are waited for as
     * long as a stopping server would wait, then cancelled, and once more as long; 503 when one still goes on.
     */
    public <T> T atRest(Supplier<T> work) {
        if (!resting.compareAndSet(false, true)) {
            requireAwake();
        }
        try {
            if (!idle() && !cancelledAll()) {
                throw new Problem(
                        ProblemCode.UNAVAILABLE,
                        live.size()
                                + " turns are still at work and do not stop. Try again later. Nothing was changed.");
            }
            return work.get();
        } finally {
            resting.set(false);
            recover(LeaseSql.Dead.EXPIRED, false);
        }
    }

    private boolean cancelledAll() {
        live.values().forEach(RunTurn::cancel);
        return idle();
    }

    /** Waits until nothing is at work here, at most for the drain time; whether it is so. */
    private boolean idle() {
        long end = System.nanoTime() + options.drain().toNanos();
        while ((!live.isEmpty() || holding.get() > 0) && System.nanoTime() < end) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return live.isEmpty() && holding.get() == 0;
    }

    /** Runs that count as at work although nobody works on them; mend: and ends them, so that their agents can be talked to. */
    public List<String> forgotten(boolean mend) {
        List<String> found = db
                .everywhere()
                .read(tx -> LeaseSql.orphans(tx, owner, clock.now(), LeaseSql.Dead.EXPIRED, false))
                .stream()
                .map(RunSql.Waiting::runId)
                .filter(id -> !live.containsKey(id))
                .toList();
        if (mend && !found.isEmpty()) {
            recover(LeaseSql.Dead.EXPIRED, false);
        }
        return found;
    }

    /** How many turns run in this process. */
    public int running() {
        return live.size();
    }

    /** Ends orphaned runs. others: whose leases are dead; mine: whether this server's own are too, as when it starts. */
    private void recover(LeaseSql.Dead others, boolean mine) {
        List<RunSql.Waiting> orphans =
                db.everywhere().read(tx -> LeaseSql.orphans(tx, owner, clock.now(), others, mine));
        for (RunSql.Waiting orphan : orphans) {
            if (!live.containsKey(orphan.runId())) {
                LOG.info("Run {} was interrupted; its agent can be talked to again", orphan.runId());
                settle(orphan, Endings.interrupted(), null);
            }
        }
        db.everywhere().write(tx -> LeaseSql.dropDead(tx, owner, clock.now(), others, mine));
        for (LeaseSql.Stalled stalled : db.everywhere().read(LeaseSql::stalledThreads)) {
            db.of(stalled.organizationId()).write(tx -> {
                startFirst(tx, stalled.threadId());
                return true;
            });
        }
    }

    private void keepHouse() {
        long rest = 0;
        while (!closing) {
            try {
                Thread.sleep(LOOK_FOR_WISHES);
                if (!db.kind().equals("sqlite")) {
                    // one server to a SQLite file: nobody else could want anything
                    stopping.look();
                }
                rest += LOOK_FOR_WISHES.toMillis();
                if (rest >= HEARTBEAT.toMillis()) {
                    rest = 0;
                    houseRound();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("Keeping house failed, trying again in {} s: {}", HEARTBEAT.toSeconds(), e.getMessage());
            }
        }
    }

    private void houseRound() {
        if (!live.isEmpty() || holding.get() > 0) {
            db.everywhere().write(tx -> {
                LeaseSql.renew(tx, owner, leaseEnd());
                return true;
            });
        }
        for (RunSql.Waiting run : List.copyOf(unsettled.values())) {
            settle(run, Endings.interrupted(), null);
        }
        if (db.everywhere().read(LeaseSql::anythingOpen)) {
            recover(LeaseSql.Dead.EXPIRED, false);
        }
        if (!options.approvalExpiry().isZero()) {
            stopping.expire(options.approvalExpiry());
        }
        long limit = clock.now() - Clock.micros(options.keepRecords());
        if (db.everywhere().read(tx -> RunSql.hasRecordsOlderThan(tx, limit))) {
            db.everywhere().write(tx -> RunSql.dropRecordsOlderThan(tx, limit));
        }
    }

    /** Waits for running turns, then ends those that did not finish. Waiting runs stay stored for the next start. */
    @Override
    public void close() {
        closing = true;
        idle();
        live.values().forEach(RunTurn::cancel);
        scope.close();
        live.values().forEach(turn -> settle(turn.run(), Endings.interrupted(), turn));
        // What an interrupted thread could not store any more.
        List.copyOf(unsettled.values()).forEach(run -> settle(run, Endings.interrupted(), null));
    }
}
