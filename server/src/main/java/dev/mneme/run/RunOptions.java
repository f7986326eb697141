package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.turn.TurnOptions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a run is to be done and shown; stored with the run so that it can start later and be replayed alike.
 *
 * @param turn what the turn itself needs to know
 * @param streaming whether the caller reads a stream
 * @param background numbered records, resumable
 * @param pings whether the stream begins with a ping that carries the run id
 * @param useAssistantMessage and the two names: how send_message calls are shown (contract 02 §2)
 * @param returnTypes message types to show; null: all
 * @param callbackUrl where the end of the run is told, null: nowhere
 * @param metadata of the run, as its JSON shows it
 */
public record RunOptions(
        TurnOptions turn,
        boolean streaming,
        boolean background,
        boolean pings,
        boolean useAssistantMessage,
        String assistantToolName,
        String assistantToolArgument,
        @Nullable List<String> returnTypes,
        @Nullable String callbackUrl,
        @Nullable JsonNode metadata) {
    /** Runs stored before a turn had options of its own are read with the usual ones. */
    public RunOptions {
        turn = Objects.requireNonNullElse(turn, TurnOptions.DEFAULTS);
    }

    /** A blocking request with every default. */
    public static RunOptions blocking() {
        return blocking(TurnOptions.DEFAULTS);
    }

    /** A blocking request whose turn has options of its own. */
    public static RunOptions blocking(TurnOptions turn) {
        return new RunOptions(turn, false, false, false, true, "send_message", "message", null, null, null);
    }

    /** The same under another metadata. */
    public RunOptions withMetadata(JsonNode other) {
        return new RunOptions(
                turn,
                streaming,
                background,
                pings,
                useAssistantMessage,
                assistantToolName,
                assistantToolArgument,
                returnTypes,
                callbackUrl,
                other);
    }

    /** Deltas instead of whole messages. */
    public boolean streamTokens() {
        return turn.streamTokens();
    }
}
