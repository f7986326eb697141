package dev.mneme.turn;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.STEP;

import dev.mneme.base.Json;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Usage;
import dev.mneme.store.Tx;
import java.util.Map;
import org.jooq.Record2;
import org.jspecify.annotations.Nullable;

/** Rows that a turn writes besides messages. */
final class TurnSql {
    private TurnSql() {}

    /** Type and autoclear flag of an agent; null when there is none. */
    static @Nullable AgentKind agent(Tx tx, String agentId) {
        Record2<String, Boolean> found = tx.sql()
                .select(AGENT.AGENT_TYPE, AGENT.MESSAGE_BUFFER_AUTOCLEAR)
                .from(AGENT)
                .where(tx.own(AGENT.ORGANIZATION_ID).and(AGENT.ID.eq(agentId)))
                .fetchOne();
        return found == null ? null : new AgentKind(found.value1(), found.value2());
    }

    record AgentKind(String type, boolean autoclear) {}

    /** How a step went; durations in nanoseconds. */
    record StepOutcome(
            String stepId,
            String status,
            @Nullable String stopReason,
            @Nullable Usage usage,
            @Nullable String errorType,
            @Nullable String errorMessage,
            long modelNs,
            @Nullable Long toolNs,
            long stepNs) {}

    static void insertStep(Tx tx, TurnInput input, LlmConfig config, StepOutcome outcome, long now) {
        Usage usage = outcome.usage();
        tx.sql()
                .insertInto(STEP)
                .set(STEP.ID, outcome.stepId())
                .set(STEP.ORGANIZATION_ID, tx.org())
                .set(STEP.AGENT_ID, input.agentId())
                .set(STEP.RUN_ID, input.runId())
                .set(STEP.STATUS, outcome.status())
                .set(STEP.STOP_REASON, outcome.stopReason())
                .set(STEP.PROVIDER_NAME, config.providerName())
                .set(STEP.PROVIDER_CATEGORY, config.providerCategory())
                .set(STEP.MODEL, config.model())
                .set(STEP.MODEL_HANDLE, config.handle())
                .set(STEP.MODEL_ENDPOINT, config.modelEndpoint())
                .set(STEP.CONTEXT_WINDOW_LIMIT, config.contextWindow())
                .set(STEP.PROMPT_TOKENS, usage == null ? null : Integer.valueOf(usage.promptTokens()))
                .set(STEP.COMPLETION_TOKENS, usage == null ? null : Integer.valueOf(usage.completionTokens()))
                .set(STEP.TOTAL_TOKENS, usage == null ? null : Integer.valueOf(usage.totalTokens()))
                .set(STEP.CACHED_INPUT_TOKENS, usage == null ? null : usage.cachedInputTokens())
                .set(STEP.CACHE_WRITE_TOKENS, usage == null ? null : usage.cacheWriteTokens())
                .set(STEP.REASONING_TOKENS, usage == null ? null : usage.reasoningTokens())
                .set(STEP.ERROR_TYPE, outcome.errorType())
                .set(
                        STEP.ERROR_DATA,
                        outcome.errorMessage() == null ? null : Json.write(Map.of("message", outcome.errorMessage())))
                .set(STEP.TAGS, "[]")
                .set(STEP.LLM_REQUEST_NS, outcome.modelNs())
                .set(STEP.TOOL_EXECUTION_NS, outcome.toolNs())
                .set(STEP.STEP_NS, outcome.stepNs())
                .set(STEP.CREATED_AT, now)
                .execute();
    }
}
