package dev.mneme.run;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.message.StopReason;
import dev.mneme.message.Usage;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.turn.Approvals;
import dev.mneme.turn.TurnLoop;
import dev.mneme.turn.TurnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stops runs that nobody wants any more, wherever they are: in line, at work here or on another server, or paused for an approval
 * (contract 02 §10). Also denies requests that nobody answered in time. Thread-safe.
 */
final class Stopping {
    static final String CANCELLED = "cancelled";
    static final String UNKNOWN = "failed";

    /** Runs of an agent that one wish stops, at most (contract 02 §10). */
    private static final int AT_ONCE = 100;

    /** How long who asks waits for a run to have ended. A tool that is at work is let finish, so it may end later. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(20);

    private final Db db;
    private final Clock clock;
    private final TurnLoop loop;
    private final AtWork atWork;
    private final Line line;

    /** microseconds: requests made until then were looked at */
    private long lookedAtUntil;

    /** What stopping needs of the desk's lines. */
    interface Line {
        /** Ends a run that waits in line; what it had said stays in the history, out of the context. */
        void end(Tx tx, String runId, TurnResult result);

        /** Takes a thread's lease if it is free. */
        boolean take(Tx tx, String threadId, String holder);

        /** Gives the thread to the next in line. */
        void release(Tx tx, String threadId, String holder);
    }

    Stopping(Db db, Clock clock, TurnLoop loop, AtWork atWork, Line line) {
        this.db = db;
        this.clock = clock;
        this.loop = loop;
        this.atWork = atWork;
        this.line = line;
    }

    /** The runs that a wish without ids means: those that have not ended, and those whose request is open. threadId: null: all threads. */
    List<String> meant(String organizationId, String agentId, @Nullable String threadId) {
        return db.of(organizationId).read(tx -> {
            List<String> out = new ArrayList<>(StoppingSql.open(tx, agentId, threadId, AT_ONCE));
            for (StoppingSql.Paused paused : StoppingSql.paused(tx, agentId, threadId)) {
                if (paused.runId().equals(loop.asker(tx, paused.threadId()))) {
                    out.add(paused.runId());
                }
            }
            return out;
        });
    }

    /** Stops runs. The answer says for each: cancelled, or failed when there is no such run. */
    Map<String, String> stop(String organizationId, List<String> runIds) {
        Map<String, String> out = new LinkedHashMap<>();
        List<String> working = new ArrayList<>();
        for (String runId : runIds) {
            Found found = db.of(organizationId).write(tx -> begin(tx, runId));
            out.put(runId, found == Found.NOTHING ? UNKNOWN : CANCELLED);
            if (found == Found.AT_WORK) {
                working.add(runId);
            }
        }
        working.forEach(runId -> interrupt(organizationId, runId));
        return out;
    }

    private enum Found {
        NOTHING,
        AT_WORK,
        OVER
    }

    private Found begin(Tx tx, String runId) {
        StoppingSql.Standing standing = StoppingSql.standing(tx, runId);
        if (standing == null) {
            return Found.NOTHING;
        }
        switch (standing.status()) {
            case RunSql.CREATED -> line.end(tx, runId, new TurnResult(StopReason.CANCELLED, Usage.NONE, 0, null, null));
            case RunSql.RUNNING -> {
                StoppingSql.wish(tx, runId);
                return Found.AT_WORK;
            }
            default -> {
                if (standing.paused() && deny(tx, standing.threadId(), runId, Approvals.CANCELLED)) {
                    StoppingSql.takenBack(tx, runId);
                }
            }
        }
        return Found.OVER;
    }

    /** Denies what a thread waits with, unless somebody is answering it right now. runId: only if this run had asked; null: whoever had. */
    private boolean deny(Tx tx, String threadId, @Nullable String runId, String reason) {
        String holder = "denial-" + IdKind.uuid();
        if (!line.take(tx, threadId, holder)) {
            return false;
        }
        String asker = loop.asker(tx, threadId);
        boolean denied = asker != null && (runId == null || runId.equals(asker));
        if (denied) {
            loop.deny(tx, threadId, reason);
        }
        line.release(tx, threadId, holder);
        return denied;
    }

    private void interrupt(String organizationId, String runId) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            RunTurn turn = atWork.turn(runId);
            if (turn != null) {
                turn.cancel();
            }
            boolean working = db.of(organizationId).read(tx -> {
                StoppingSql.Standing now = StoppingSql.standing(tx, runId);
                return now != null && now.status().equals(RunSql.RUNNING);
            });
            if (!working) {
                return;
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Stops those runs at work here that somebody on another server wants stopped. */
    void look() {
        List<String> here =
                atWork.turns().stream().map(turn -> turn.run().runId()).toList();
        if (here.isEmpty()) {
            return;
        }
        for (String runId : db.everywhere().read(tx -> StoppingSql.wished(tx, here))) {
            RunTurn turn = atWork.turn(runId);
            if (turn != null) {
                turn.cancel();
            }
        }
    }

    /** Denies requests that have waited longer than this. One thread calls it. */
    void expire(Duration patience) {
        long until = clock.now() - Clock.micros(patience);
        String reason = "Nobody answered within " + patience.toSeconds() + " seconds.";
        for (StoppingSql.Asking asking : db.everywhere().read(tx -> StoppingSql.asking(tx, lookedAtUntil, until))) {
            db.of(asking.organizationId()).write(tx -> deny(tx, asking.threadId(), null, reason));
        }
        lookedAtUntil = until;
    }
}
