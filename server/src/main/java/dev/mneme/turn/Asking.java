package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import org.jspecify.annotations.Nullable;

/** Asks the model and shows its words to the readers of the run as they come. Thread-safe. */
final class Asking {
    private final Models models;
    private final Clock clock;

    Asking(Models models, Clock clock) {
        this.models = models;
        this.clock = clock;
    }

    /** What a call would send, without calling. */
    JsonNode preview(ModelRequest call) {
        return models.preview(call);
    }

    /**
     * The model's answer, or null when the turn was cancelled meanwhile.
     *
     * @param rowId of the row that the answer will be stored as
     * @throws dev.mneme.llm.ModelException when the provider fails
     */
    ModelEvent.@Nullable Done ask(Turn turn, StepPlan plan, String rowId) {
        boolean tokens = turn.options().streamTokens();
        try (ModelStream stream = models.open(plan.request(turn.input()))) {
            Deltas deltas = new Deltas(turn.log(), clock, turn.stepId(), rowId, plan);
            while (!turn.log().cancelled()) {
                ModelEvent event = stream.next();
                if (event instanceof ModelEvent.Done done) {
                    if (tokens) {
                        deltas.complete(done);
                    }
                    return done;
                }
                if (tokens) {
                    deltas.show(event);
                }
            }
            return null;
        }
    }
}
