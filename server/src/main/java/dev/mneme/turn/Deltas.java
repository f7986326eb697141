package dev.mneme.turn;

import dev.mneme.base.Clock;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.TurnEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows the deltas of one model call to the readers of its run. The pieces of the row to come are numbered as they will be stored: the
 * index rises whenever the kind changes, parallel calls share one (contract 03 §8). Confined to the turn's thread.
 *
 * <p>On agents that work by calls only the first call counts and is shown, text is a thought, and the arguments of the call are taken
 * apart: the thought in them, what is said by them, and the rest.
 */
final class Deltas {
    private enum Shown {
        REASONING,
        TEXT,
        CALL
    }

    private final TurnLog log;
    private final Clock clock;
    private final String stepId;
    private final String rowId;
    private final boolean byCalls;
    private final boolean thinksInCalls;
    private final boolean reasons;
    private final StepPlan plan;
    private final Map<Integer, String> callIds = new HashMap<>();
    private final Set<String> waiting = new HashSet<>();
    private @Nullable Shown shown;
    private int piece = -1;
    private @Nullable Told told;

    Deltas(TurnLog log, Clock clock, String stepId, String rowId, StepPlan plan) {
        this.log = log;
        this.clock = clock;
        this.stepId = stepId;
        this.rowId = rowId;
        this.plan = plan;
        this.byCalls = plan.kind().heartbeats() && !plan.textEnds();
        this.thinksInCalls = plan.kind().asksThoughts(plan.config());
        this.reasons = plan.config().hidesThoughts();
    }

    void show(ModelEvent event) {
        switch (event) {
            case ModelEvent.ReasoningDelta delta -> thought(delta.text(), true);
            case ModelEvent.TextDelta delta -> {
                if (byCalls) {
                    thought(delta.text(), false);
                } else {
                    at(Shown.TEXT);
                    log.delta(new TurnEvent.TextDelta(rowId, piece, stepId, delta.text(), clock.now()));
                }
            }
            case ModelEvent.CallDelta delta -> {
                if (byCalls) {
                    told(delta);
                } else {
                    at(Shown.CALL);
                    if (delta.id() != null) {
                        callIds.put(delta.index(), delta.id());
                    }
                    call(callIds.getOrDefault(delta.index(), ""), delta.name(), delta.arguments());
                }
            }
            case ModelEvent.Done done -> {
                if (told != null) {
                    told.text.end();
                    told.name();
                }
            }
        }
    }

    private void at(Shown kind) {
        if (shown != kind) {
            shown = kind;
            piece++;
        }
    }

    private void thought(String text, boolean isNative) {
        at(Shown.REASONING);
        log.delta(new TurnEvent.ReasoningDelta(rowId, piece, stepId, text, isNative, clock.now()));
    }

    private void call(String callId, @Nullable String name, @Nullable String arguments) {
        if (name != null && plan.waits(name)) {
            waiting.add(callId);
        }
        log.delta(
                waiting.contains(callId)
                        ? new TurnEvent.ApprovalDelta(
                                Approvals.idBefore(rowId), stepId, callId, name, arguments, clock.now())
                        : new TurnEvent.CallDelta(rowId, piece, stepId, callId, name, arguments, clock.now()));
    }

    private void told(ModelEvent.CallDelta delta) {
        if (delta.index() > 0) {
            return;
        }
        if (told == null) {
            if (reasons && shown == null) {
                at(Shown.REASONING);
                log.delta(new TurnEvent.HiddenReasoning(rowId, piece, stepId, clock.now()));
            }
            String name = delta.name() == null ? "" : delta.name();
            told = new Told(delta.id() == null ? "" : delta.id(), name);
        }
        if (delta.arguments() != null) {
            told.text.feed(delta.arguments());
        }
    }

    /** The one call of an answer that counts. */
    private final class Told implements CallText.Listener {
        private final String callId;
        private final String name;
        private final boolean speaks;
        private final CallText text;
        private boolean named;

        Told(String callId, String name) {
            this.callId = callId;
            this.name = name;
            this.speaks = name.equals(CallShape.SPEECH) && !plan.waits(name);
            this.text = new CallText(thinksInCalls, speaks ? CallShape.SPOKEN : null, this);
        }

        @Override
        public void thought(String words) {
            Deltas.this.thought(words, false);
        }

        @Override
        public void call(String arguments, String spoken) {
            name();
            at(Shown.CALL);
            if (speaks) {
                log.delta(new TurnEvent.SpokenDelta(
                        rowId, piece, stepId, callId, null, arguments, spoken.isEmpty() ? null : spoken, clock.now()));
            } else {
                Deltas.this.call(callId, null, arguments);
            }
        }

        private void name() {
            if (named) {
                return;
            }
            named = true;
            at(Shown.CALL);
            if (speaks) {
                log.delta(new TurnEvent.SpokenDelta(rowId, piece, stepId, callId, name, null, null, clock.now()));
            } else {
                Deltas.this.call(callId, name, null);
            }
        }
    }

    /** Shows an answer that came without deltas: readers of a token stream get nothing else of it. */
    void complete(ModelEvent.Done answer) {
        if (piece >= 0 || told != null) {
            show(answer);
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
        show(answer);
    }
}
