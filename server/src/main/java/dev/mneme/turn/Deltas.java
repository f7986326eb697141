package dev.mneme.turn;

import dev.mneme.base.Clock;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.TurnEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows the deltas of one model call to the readers of its run. The pieces of the row to come are numbered as they will be stored: the
 * index rises whenever the kind changes, parallel calls share one (contract 03 §8). Confined to the turn's thread.
 */
final class Deltas {
    private final TurnLog log;
    private final Clock clock;
    private final String stepId;
    private final String rowId;
    private final Map<Integer, String> callIds = new HashMap<>();
    private @Nullable Class<?> kind;
    private int piece = -1;

    Deltas(TurnLog log, Clock clock, String stepId, String rowId) {
        this.log = log;
        this.clock = clock;
        this.stepId = stepId;
        this.rowId = rowId;
    }

    void show(ModelEvent event) {
        if (kind != event.getClass()) {
            kind = event.getClass();
            piece++;
        }
        switch (event) {
            case ModelEvent.ReasoningDelta delta ->
                log.delta(new TurnEvent.ReasoningDelta(rowId, piece, stepId, delta.text(), clock.now()));
            case ModelEvent.TextDelta delta ->
                log.delta(new TurnEvent.TextDelta(rowId, piece, stepId, delta.text(), clock.now()));
            case ModelEvent.CallDelta delta -> {
                if (delta.id() != null) {
                    callIds.put(delta.index(), delta.id());
                }
                log.delta(new TurnEvent.CallDelta(
                        rowId,
                        piece,
                        stepId,
                        callIds.getOrDefault(delta.index(), ""),
                        delta.name(),
                        delta.arguments(),
                        clock.now()));
            }
            case ModelEvent.Done done -> {}
        }
    }

    /** Shows an answer that came without deltas: readers of a token stream get nothing else of it. */
    void complete(ModelEvent.Done answer) {
        if (piece >= 0) {
            return;
        }
        for (Content part : answer.content()) {
            switch (part) {
                case Content.Text text -> show(new ModelEvent.TextDelta(text.text()));
                case Content.Reasoning thought -> show(new ModelEvent.ReasoningDelta(thought.reasoning()));
                case Content.Image image -> {}
                case Content.RedactedReasoning redacted -> {}
                case Content.OmittedReasoning omitted -> {}
            }
        }
        for (int i = 0; i < answer.calls().size(); i++) {
            ToolCall call = answer.calls().get(i);
            show(new ModelEvent.CallDelta(i, call.id(), call.name(), null));
            show(new ModelEvent.CallDelta(i, null, null, call.arguments()));
        }
    }
}
