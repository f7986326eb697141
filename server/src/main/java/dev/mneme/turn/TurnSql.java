package dev.mneme.turn;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.STEP;

import dev.mneme.base.Json;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Usage;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows that a turn writes besides messages. */
final class TurnSql {
    private TurnSql() {}

    private static final Prepared AGENT_KIND =
            Prepared.of(sql -> sql.select(AGENT.AGENT_TYPE, AGENT.MESSAGE_BUFFER_AUTOCLEAR)
                    .from(AGENT)
                    .where(AGENT.ORGANIZATION_ID.eq("").and(AGENT.ID.eq(""))));

    /** Type and autoclear flag of an agent; null when there is none. */
    static @Nullable AgentKind agent(Tx tx, String agentId) {
        return tx.one(AGENT_KIND, row -> new AgentKind(row.getString(1), row.getBoolean(2)), tx.org(), agentId);
    }

    record AgentKind(String type, boolean autoclear) {}

    private static final Prepared COUNTED = Prepared.of(sql -> sql.select(STEP.TOTAL_TOKENS)
            .from(STEP)
            .where(STEP.ORGANIZATION_ID.eq("").and(STEP.ID.eq(""))));

    /** Tokens of a step's call as the provider counted them; null: no such step, or no count. */
    static @Nullable Integer counted(Tx tx, String stepId) {
        Integer found = tx.one(COUNTED, row -> row.getInt(1), tx.org(), stepId);
        return found == null || found == 0 ? null : found;
    }

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

    private static final Prepared STEP_INSERT = Prepared.of(sql -> sql.insertInto(
                    STEP,
                    STEP.ID,
                    STEP.ORGANIZATION_ID,
                    STEP.AGENT_ID,
                    STEP.RUN_ID,
                    STEP.STATUS,
                    STEP.STOP_REASON,
                    STEP.PROVIDER_NAME,
                    STEP.PROVIDER_CATEGORY,
                    STEP.MODEL,
                    STEP.MODEL_HANDLE,
                    STEP.MODEL_ENDPOINT,
                    STEP.CONTEXT_WINDOW_LIMIT,
                    STEP.PROMPT_TOKENS,
                    STEP.COMPLETION_TOKENS,
                    STEP.TOTAL_TOKENS,
                    STEP.CACHED_INPUT_TOKENS,
                    STEP.CACHE_WRITE_TOKENS,
                    STEP.REASONING_TOKENS,
                    STEP.ERROR_TYPE,
                    STEP.ERROR_DATA,
                    STEP.TAGS,
                    STEP.LLM_REQUEST_NS,
                    STEP.TOOL_EXECUTION_NS,
                    STEP.STEP_NS,
                    STEP.CREATED_AT)
            .values(List.of(
                    "", "", "", "", "", "", "", "", "", "", "", 0, 0, 0, 0, 0, 0, 0, "", "", "", 0L, 0L, 0L, 0L)));

    static void insertStep(Tx tx, TurnInput input, LlmConfig config, StepOutcome outcome, long now) {
        Usage usage = outcome.usage();
        tx.run(
                STEP_INSERT,
                outcome.stepId(),
                tx.org(),
                input.agentId(),
                input.runId(),
                outcome.status(),
                outcome.stopReason(),
                config.providerName(),
                config.providerCategory(),
                config.model(),
                config.handle(),
                config.modelEndpoint(),
                config.contextWindow(),
                usage == null ? null : Integer.valueOf(usage.promptTokens()),
                usage == null ? null : Integer.valueOf(usage.completionTokens()),
                usage == null ? null : Integer.valueOf(usage.totalTokens()),
                usage == null ? null : usage.cachedInputTokens(),
                usage == null ? null : usage.cacheWriteTokens(),
                usage == null ? null : usage.reasoningTokens(),
                outcome.errorType(),
                outcome.errorMessage() == null ? null : Json.write(Map.of("message", outcome.errorMessage())),
                "[]",
                outcome.modelNs(),
                outcome.toolNs(),
                outcome.stepNs(),
                now);
    }
}
