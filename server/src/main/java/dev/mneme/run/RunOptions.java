package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.LlmConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run is to be done and shown; stored with the run so that it can start later and be replayed alike.
 *
 * @param maxSteps model calls at most
 * @param streaming whether the caller reads a stream
 * @param streamTokens deltas instead of whole messages
 * @param background numbered records, resumable
 * @param pings whether the stream begins with a ping that carries the run id
 * @param useAssistantMessage and the two names: how send_message calls are shown (contract 02 §2)
 * @param returnTypes message types to show; null: all
 * @param overrideModel for this run only
 * @param overrideSystem for this run only
 */
public record RunOptions(
        int maxSteps,
        boolean streaming,
        boolean streamTokens,
        boolean background,
        boolean pings,
        boolean useAssistantMessage,
        String assistantToolName,
        String assistantToolArgument,
        @Nullable List<String> returnTypes,
        @Nullable LlmConfig overrideModel,
        @Nullable String overrideSystem,
        @Nullable JsonNode metadata) {
    /** Model calls when the caller says nothing (contract 02 §2). */
    public static final int DEFAULT_MAX_STEPS = 50;

    /** A blocking request with every default. */
    public static RunOptions blocking() {
        return new RunOptions(
                DEFAULT_MAX_STEPS, false, false, false, false, true, "send_message", "message", null, null, null, null);
    }
}
