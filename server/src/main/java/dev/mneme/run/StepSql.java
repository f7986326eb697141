package dev.mneme.run;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.SENT_PROMPT;
import static dev.mneme.store.gen.Tables.STEP;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.Usage;
import dev.mneme.store.Keyset;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.StepRecord;
import dev.mneme.turn.TurnResult;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Rows of steps. */
final class StepSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(STEP, STEP.CREATED_AT, STEP.ID, STEP.ORGANIZATION_ID);

    private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};

    private StepSql() {}

    static StepRow get(Tx tx, String stepId) {
        StepRow found = find(tx, stepId);
        if (found == null) {
            throw Problem.notFound("Step not found with id='" + stepId + "'");
        }
        return found;
    }

    /** What the model of a step was sent, gzipped JSON; null: it is not kept. */
    static byte @Nullable [] sent(Tx tx, StepRow step) {
        return tx.sql()
                .select(SENT_PROMPT.REQUEST)
                .from(SENT_PROMPT)
                .where(tx.own(SENT_PROMPT.ORGANIZATION_ID)
                        .and(SENT_PROMPT.AGENT_ID.eq(step.agentId()))
                        .and(SENT_PROMPT.STEP_ID.eq(step.id())))
                .fetchOne(SENT_PROMPT.REQUEST);
    }

    /** Steps with the project of their agent. */
    private static SelectOnConditionStep<Record> select(Tx tx) {
        return tx.sql()
                .select(STEP.fields())
                .select(AGENT.PROJECT_ID)
                .from(STEP)
                .join(AGENT)
                .on(AGENT.ID.eq(STEP.AGENT_ID));
    }

    /** The step; null: there is none. */
    static @Nullable StepRow find(Tx tx, String stepId) {
        return select(tx)
                .where(tx.own(STEP.ORGANIZATION_ID).and(STEP.ID.eq(stepId)))
                .fetchOne(StepSql::row);
    }

    /** What the steps of a run used together, for a run that did not live to say it. */
    static TurnResult usedBy(Tx tx, String runId, TurnResult result) {
        Usage sum = Usage.NONE;
        int steps = 0;
        Integer last = null;
        for (StepRecord step : tx.sql()
                .selectFrom(STEP)
                .where(STEP.RUN_ID.eq(runId).and(STEP.TOTAL_TOKENS.isNotNull()))
                .orderBy(STEP.CREATED_AT, STEP.ID)
                .fetch()) {
            sum = sum.plus(new Usage(
                    step.getPromptTokens(),
                    step.getCompletionTokens(),
                    step.getTotalTokens(),
                    step.getCachedInputTokens(),
                    step.getCacheWriteTokens(),
                    step.getReasoningTokens()));
            steps++;
            last = step.getTotalTokens();
        }
        return new TurnResult(result.reason(), sum, steps, last, result.failure());
    }

    static List<StepRow> list(Tx tx, StepFilter filter) {
        Condition where = tx.own(STEP.ORGANIZATION_ID);
        if (filter.agentId() != null) {
            where = where.and(STEP.AGENT_ID.eq(filter.agentId()));
        }
        if (filter.runId() != null) {
            where = where.and(STEP.RUN_ID.eq(filter.runId()));
        }
        if (filter.model() != null) {
            where = where.and(STEP.MODEL.eq(filter.model()));
        }
        if (filter.feedback() != null) {
            where = where.and(STEP.FEEDBACK.eq(filter.feedback()));
        }
        if (filter.hasFeedback() != null) {
            where = where.and(filter.hasFeedback() ? STEP.FEEDBACK.isNotNull() : STEP.FEEDBACK.isNull());
        }
        if (!filter.tags().isEmpty()) {
            // A list of texts in JSON: a tag stands in it in its quotes.
            where = where.and(DSL.or(filter.tags().stream()
                    .map(tag -> DSL.position(STEP.TAGS, Json.write(tag)).gt(0))
                    .toList()));
        }
        if (!filter.traceIds().isEmpty()) {
            where = where.and(STEP.RUN_ID.in(filter.traceIds()));
        }
        if (filter.projectId() != null) {
            where = where.and(AGENT.PROJECT_ID.eq(filter.projectId()));
        }
        if (filter.from() != null) {
            where = where.and(STEP.CREATED_AT.ge(filter.from()));
        }
        if (filter.until() != null) {
            where = where.and(STEP.CREATED_AT.lt(filter.until()));
        }
        return Keyset.of(tx, ORDER, filter.after(), filter.before(), filter.ascending())
                .page(select(tx).where(where), filter.limit())
                .stream()
                .map(StepSql::row)
                .toList();
    }

    static void deleteOf(Tx tx, String runId) {
        tx.sql()
                .deleteFrom(STEP)
                .where(tx.own(STEP.ORGANIZATION_ID).and(STEP.RUN_ID.eq(runId)))
                .execute();
    }

    static void feedback(Tx tx, String stepId, @Nullable String feedback, @Nullable List<String> tags) {
        var update = tx.sql().update(STEP).set(STEP.FEEDBACK, feedback);
        if (tags != null) {
            update = update.set(STEP.TAGS, Json.write(tags));
        }
        update.where(tx.own(STEP.ORGANIZATION_ID).and(STEP.ID.eq(stepId))).execute();
    }

    private static StepRow row(Record found) {
        StepRecord step = found.into(STEP);
        return new StepRow(
                step.getId(),
                step.getAgentId(),
                step.getRunId(),
                found.get(AGENT.PROJECT_ID),
                step.getStatus(),
                step.getStopReason(),
                step.getProviderName(),
                step.getProviderCategory(),
                step.getModel(),
                step.getModelHandle(),
                step.getModelEndpoint(),
                step.getContextWindowLimit(),
                step.getPromptTokens(),
                step.getCompletionTokens(),
                step.getTotalTokens(),
                step.getCachedInputTokens(),
                step.getCacheWriteTokens(),
                step.getReasoningTokens(),
                step.getErrorType(),
                step.getErrorData() == null ? null : Json.read(step.getErrorData(), JsonNode.class),
                step.getFeedback(),
                Json.read(step.getTags(), STRINGS),
                step.getLlmRequestNs(),
                step.getToolExecutionNs(),
                step.getStepNs(),
                step.getCreatedAt());
    }
}
