package dev.mneme.run;

import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what runs and steps did. Thread-safe. */
public final class Runs {
    private final Db db;

    public Runs(Db db) {
        this.db = db;
    }

    /** One run; 404 when there is none. */
    public RunRow get(String organizationId, String runId) {
        return db.of(organizationId).read(tx -> RunSql.get(tx, runId));
    }

    /** Forgets a run that has ended, with its log and steps; 409 while it has not. Its messages stay. */
    public void delete(String organizationId, String runId) {
        db.of(organizationId).write(tx -> {
            if (!RunSql.get(tx, runId).ended()) {
                throw Problem.conflict("Run " + runId + " has not ended. Cancel it first.");
            }
            StepSql.deleteOf(tx, runId);
            RunSql.delete(tx, runId);
            return true;
        });
    }

    /** Ids of the tools that were called in a run, each once. Tools that are gone meanwhile are left out. */
    public List<String> toolsUsed(String organizationId, String runId) {
        return db.of(organizationId).read(tx -> RunSql.toolsUsed(tx, runId));
    }

    /** Whether nothing of a run's log is kept any more. */
    public boolean logGone(String runId) {
        return db.everywhere().read(tx -> RunSql.lastSeq(tx, runId) == 0);
    }

    public List<RunRow> list(String organizationId, RunFilter filter) {
        return db.of(organizationId).read(tx -> RunSql.list(tx, filter));
    }

    /** The newest run of a thread that waits or works; null: there is none. */
    public @Nullable RunRow newestActive(String organizationId, String threadId) {
        return db.of(organizationId)
                .read(tx -> Optional.ofNullable(RunSql.newestActive(tx, threadId)))
                .orElse(null);
    }

    /** The newest run of a thread that this otid of a client's message began; null: there is none. */
    public @Nullable RunRow byOtid(String organizationId, String threadId, String otid) {
        return db.of(organizationId)
                .read(tx -> Optional.ofNullable(RunSql.byOtid(tx, threadId, otid)))
                .orElse(null);
    }

    /** One step; 404 when there is none. */
    public StepRow step(String organizationId, String stepId) {
        return db.of(organizationId).read(tx -> StepSql.get(tx, stepId));
    }

    /** A step and what its model was sent; empty when there is no such step or it is not kept. */
    public Optional<SentPrompt> sent(String organizationId, String stepId) {
        return db.of(organizationId).read(tx -> {
            StepRow step = StepSql.find(tx, stepId);
            if (step == null) {
                return Optional.empty();
            }
            byte[] zipped = StepSql.sent(tx, step);
            return zipped == null ? Optional.empty() : Optional.of(SentPrompt.of(step, zipped));
        });
    }

    public List<StepRow> steps(String organizationId, StepFilter filter) {
        return db.of(organizationId).read(tx -> StepSql.list(tx, filter));
    }

    /** Sets or clears (null) what a person thinks of a step; tags null: unchanged. */
    public StepRow feedback(
            String organizationId, String stepId, @Nullable String feedback, @Nullable List<String> tags) {
        return db.of(organizationId).write(tx -> {
            StepSql.get(tx, stepId);
            StepSql.feedback(tx, stepId, feedback, tags);
            return StepSql.get(tx, stepId);
        });
    }
}
