package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the model and shows its words to the readers of the run as they come. Thread-safe. */
final class Asking {
    private static final Logger LOG = LoggerFactory.getLogger(Asking.class);

    private final Models models;
    private final Clock clock;
    private final TurnRows rows;
    private final SentPrompts prompts;

    Asking(Models models, Clock clock, TurnRows rows, SentPrompts prompts) {
        this.prompts = prompts;
        this.models = models;
        this.clock = clock;
        this.rows = rows;
    }

    /** What a call would send, without calling. */
    JsonNode preview(String organizationId, ModelRequest call) {
        return models.of(organizationId).preview(call);
    }

    /** What a model said. by: the model that answered instead of the agent's own, null: its own did. */
    record Answer(ModelEvent.Done done, @Nullable LlmConfig by) {}

    /**
     * The model's answer, or null when the turn was cancelled meanwhile.
     *
     * <p>An answer whose calls cannot be read is asked for once more, and the model is told what was wrong. Where its tokens were shown
     * as they came it stands: people have seen the call, so it gets its return like any other.
     *
     * @param rowId of the row that the answer will be stored as
     * @throws ModelException when the provider fails
     */
    @Nullable
    Answer ask(Turn turn, StepPlan plan, String rowId) {
        ModelRequest call = plan.request(turn.input());
        Answer first = once(turn, plan, call, rowId);
        if (first == null || turn.options().streamTokens()) {
            return first;
        }
        List<Message> told = BrokenCalls.told(turn, plan, first.done(), rows);
        if (told.isEmpty()) {
            return first;
        }
        try {
            Answer second = once(turn, plan, call.after(told), rowId);
            return second == null
                    ? null
                    : new Answer(
                            second.done()
                                    .costing(first.done()
                                            .usage()
                                            .plus(second.done().usage())),
                            second.by());
        } catch (ModelException e) {
            // The first answer still says what the model wants; its broken call gets an error return.
            LOG.warn("asking again for a call that could be read failed: {}", e.detail());
            return first;
        }
    }

    private @Nullable Answer once(Turn turn, StepPlan plan, ModelRequest call, String rowId) {
        boolean tokens = turn.options().streamTokens();
        TurnLog log = turn.log();
        Models ours = models.of(turn.input().organizationId());
        turn.sends(prompts.of(turn.input().organizationId(), call));
        try (ModelStream stream = log.breakable(() -> ours.open(call, turn.patience()))) {
            Deltas deltas = new Deltas(log, clock, turn.stepId(), rowId, plan);
            while (!log.cancelled()) {
                ModelEvent event = log.breakable(stream::next);
                if (event instanceof ModelEvent.Done done) {
                    if (tokens) {
                        deltas.complete(done);
                    }
                    return new Answer(done, stream.instead());
                }
                if (tokens) {
                    deltas.show(event);
                }
            }
            return null;
        } catch (RuntimeException e) {
            if (log.cancelled()) {
                return null; // the wish to stop broke the call, or the wait for its next try: what it threw says only
                // that
            }
            throw e;
        }
    }
}
