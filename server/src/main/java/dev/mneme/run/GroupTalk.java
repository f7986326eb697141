package dev.mneme.run;

import dev.mneme.agent.GroupState;
import dev.mneme.agent.Groups;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import dev.mneme.turn.InputMessage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks in groups: members speak one after the other, each turn a run of the member on its own thread (contract 08 §8.4, decisions 0016 and
 * 0032). Each hears what was said since it spoke last. A talk is stored until it is over: a restarted server, or another one on the same
 * database, goes on with the speaker whose turn it is. Thread-safe.
 */
public final class GroupTalk implements AutoCloseable {
    /** The key in a run's metadata that says for which group it runs. */
    static final String GROUP_ID = "group_id";

    /** How often a sign of life is given, and looked for talks that nobody leads. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** How long a talk is its server's without a sign of life: as long as a turn is. */
    private static final Duration LEASE = DeskOptions.DEFAULTS.lease();

    private static final Logger LOG = LoggerFactory.getLogger(GroupTalk.class);

    private final Db db;
    private final Clock clock;
    private final Groups groups;
    private final Desk desk;
    private final String owner;
    private final Scope scope = new Scope("talk");
    private final Set<String> talking = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /** owner: names this server as for the desk. */
    public GroupTalk(Db db, Groups groups, Desk desk, String owner) {
        this.db = db;
        this.clock = db.clock();
        this.groups = groups;
        this.desk = desk;
        this.owner = owner;
    }

    /**
     * Something said to a group.
     *
     * @param messages at least one
     * @param options of each member's run
     */
    public record Opening(
            String organizationId, String userId, String groupId, List<InputMessage> messages, RunOptions options) {}

    /** Goes on with the talks that an earlier server left, and with those of servers that die. Called once, after the desk has started. */
    public void start() {
        goOn();
        scope.fork("house", () -> {
            while (true) {
                try {
                    Thread.sleep(HEARTBEAT);
                    if (!talking.isEmpty()) {
                        db.everywhere().write(tx -> {
                            TalkSql.renew(tx, owner, until());
                            return true;
                        });
                    }
                    goOn();
                } catch (InterruptedException e) {
                    return;
                } catch (RuntimeException e) {
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                    LOG.warn("Talks without a leader were not looked for, trying again: {}", e.getMessage());
                }
            }
        });
    }

    private long until() {
        return clock.now() + Clock.micros(LEASE);
    }

    private void goOn() {
        for (TalkSql.Open open : db.everywhere().read(tx -> TalkSql.leaderless(tx, owner, db.alone(), clock.now()))) {
            String groupId = open.cast().groupId();
            if (!talking.add(groupId)) {
                continue;
            }
            boolean begun = false;
            try {
                begun = db.everywhere()
                                .write(tx -> TalkSql.take(tx, open.id(), owner, until(), db.alone(), clock.now()))
                        && fork(open, new Talk());
            } finally {
                if (!begun) {
                    talking.remove(groupId);
                }
            }
        }
    }

    /** Begins a talk; it goes on whoever listens. 404, 409 while the group talks already, 400 when it has nobody to answer. */
    public Talk begin(Opening opening) {
        String groupId = opening.groupId();
        Db.View view = db.of(opening.organizationId());
        Cast cast = view.read(tx -> {
            GroupState group = groups.require(tx, groupId);
            return Cast.of(group, groups.members(tx, group), groups.manager(tx, group));
        });
        if (cast.members().isEmpty() && cast.manager() == null) {
            throw Problem.invalid("The group has no agent that could answer. Add members to it first.");
        }
        if (!talking.add(groupId)) {
            throw busy();
        }
        Talk talk = new Talk();
        boolean begun = false;
        try {
            TalkSql.Open open = new TalkSql.Open("talk-" + IdKind.uuid(), opening, cast);
            if (!view.write(tx -> TalkSql.insert(tx, open, owner, until(), clock.now()))) {
                throw busy();
            }
            begun = fork(open, talk);
        } finally {
            if (!begun) {
                talking.remove(groupId);
            }
        }
        if (!begun) {
            talk.end(stopping(null));
        }
        return talk;
    }

    private static Problem busy() {
        return new Problem(
                ProblemCode.BUSY,
                "CONFLICT: Cannot send a new message: The group is talking about another one. Please wait for it to complete.");
    }

    private static Problem stopping(@Nullable Throwable cause) {
        return new Problem(
                ProblemCode.UNAVAILABLE, "The server is shutting down. The talk goes on when it is back.", cause);
    }

    private boolean fork(TalkSql.Open open, Talk talk) {
        return scope.fork(open.cast().groupId(), () -> lead(open, talk));
    }

    /** An edge where any exception is caught: a talk that breaks ends, the server goes on. */
    private void lead(TalkSql.Open open, Talk talk) {
        Problem problem = null;
        try {
            new TalkSession(desk, open, talk).hold();
        } catch (Problem e) {
            problem = e;
        } catch (InterruptedException e) {
            problem = stopping(e);
        } catch (RuntimeException e) {
            LOG.error("The talk of {} broke", open.cast().groupId(), e);
            problem = new Problem(ProblemCode.INTERNAL, "An unknown error occurred", e);
        } finally {
            // what fails while the server stops, or cannot be done just now, is no end
            if (!closing && (problem == null || problem.code() != ProblemCode.UNAVAILABLE)) {
                over(open);
            }
            talking.remove(open.cast().groupId());
            talk.end(problem);
        }
    }

    /** Forgets a talk. One that cannot be forgotten now is held once more: it finds all its turns done, and says nothing. */
    private void over(TalkSql.Open open) {
        try {
            db.of(open.opening().organizationId()).write(tx -> {
                TalkSql.delete(tx, open.id());
                return true;
            });
        } catch (RuntimeException e) {
            LOG.warn(
                    "The end of the talk of {} was not stored yet: {}",
                    open.cast().groupId(),
                    e.getMessage());
        }
    }

    /** Stops leading. Talks that are not over stay stored for the next start. */
    @Override
    public void close() {
        closing = true;
        scope.close();
    }
}
