package dev.mneme.run;

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
