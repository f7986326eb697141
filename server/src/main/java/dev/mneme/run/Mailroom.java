package dev.mneme.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.AgentFilter;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Loaded;
import dev.mneme.agent.Relation;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.Post;
import dev.mneme.tool.ToolContext;
import dev.mneme.turn.InputMessage;
import dev.mneme.turn.TurnOptions;
import dev.mneme.turn.TurnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Messages between agents (contract 08 §8.5, decision 0016): each is a run of the agent that gets it, on its default thread. Thread-safe.
 *
 * <p>Who waits holds nothing but its own turn: when it is cancelled or its patience ends, the other agent goes on and nobody is stuck.
 */
public final class Mailroom implements Post {
    /** Agents that one call may write to: more would be a mistake, and each costs a turn. */
    static final int MOST_RECIPIENTS = 100;

    /** Answers awaited at once (contract 08 §8.5: 50 concurrent sends); further messages are sent as answers come in. */
    static final int AT_ONCE = 50;

    /** How long an answer is waited for (contract 08 §8.5: 1200 s). */
    static final Duration PATIENCE = Duration.ofSeconds(1_200);

    private static final String ASK = "your response will be delivered to the sender";
    private static final String TELL =
            "this is a one-way notification; if you need to respond, use an agent-to-agent messaging tool if available";

    private final Db db;
    private volatile Duration patience = PATIENCE;
    private volatile @Nullable Agents agents;
    private volatile @Nullable Desk desk;

    public Mailroom(Db db) {
        this.db = db;
    }

    /** Another patience than the usual one. */
    void impatient(Duration other) {
        patience = other;
    }

    /** Hands in what is built after the tools. Called once, before the first turn. */
    public void serve(Desk theDesk, Agents theAgents) {
        agents = theAgents;
        desk = theDesk;
    }

    private Desk desk() {
        Desk serving = desk;
        if (serving == null) {
            throw notServed();
        }
        return serving;
    }

    private static IllegalStateException notServed() {
        return new IllegalStateException("the mailroom was asked before it was given its desk");
    }

    @Override
    public Reply ask(ToolContext caller, String agentId, String message) {
        long until = System.nanoTime() + patience.toNanos();
        String runId = send(caller, agentId, message);
        Outcome outcome = answer(caller, runId, until);
        if (outcome.failed()) {
            throw new Problem(ProblemCode.CONFLICT, "Agent " + agentId + " did not answer: " + outcome.text());
        }
        return new Reply(agentId, outcome.said());
    }

    @Override
    public List<Reply> askTagged(ToolContext caller, List<String> matchAll, List<String> matchSome, String message) {
        List<String> recipients = tagged(caller, matchAll, matchSome);
        long until = System.nanoTime() + patience.toNanos();
        List<@Nullable String> runs = new ArrayList<>(Collections.nCopies(recipients.size(), null));
        List<Reply> replies = new ArrayList<>();
        int sent = 0;
        for (int i = 0; i < recipients.size(); i++) {
            while (sent < recipients.size() && sent < i + AT_ONCE) {
                try {
                    runs.set(sent, send(caller, recipients.get(sent), message));
                } catch (Problem e) {
                    runs.set(sent, "!" + e.detail());
                }
                sent++;
            }
            replies.add(reply(caller, recipients.get(i), runs.get(i), until));
        }
        return replies;
    }

    /** runId: a refusal when it begins with an exclamation mark. */
    private Reply reply(ToolContext caller, String agentId, @Nullable String runId, long until) {
        if (runId == null || runId.startsWith("!")) {
            return new Reply(agentId, List.of("<error: " + (runId == null ? "not sent" : runId.substring(1)) + ">"));
        }
        Outcome outcome = answer(caller, runId, until);
        return new Reply(agentId, outcome.failed() ? List.of("<error: " + outcome.text() + ">") : outcome.said());
    }

    private List<String> tagged(ToolContext caller, List<String> matchAll, List<String> matchSome) {
        if (matchAll.isEmpty() && matchSome.isEmpty()) {
            throw Problem.invalid(
                    "Name at least one tag in match_all or match_some: without any, every agent would be meant.");
        }
        boolean all = !matchAll.isEmpty();
        AgentFilter filter = AgentFilter.page(null, null, 0, true).tagged(all ? matchAll : matchSome, all);
        Agents known = agents;
        if (known == null) {
            throw notServed();
        }
        List<String> found = known.list(caller.organizationId(), filter, EnumSet.of(Relation.TAGS)).stream()
                .filter(agent -> matchSome.isEmpty() || agent.tags().stream().anyMatch(matchSome::contains))
                .map(Loaded::state)
                .map(state -> state.id())
                .filter(id -> !id.equals(caller.agentId()))
                .toList();
        if (found.size() > MOST_RECIPIENTS) {
            throw Problem.invalid(found.size() + " agents have these tags; at most " + MOST_RECIPIENTS
                    + " can be written to at once. Name more tags.");
        }
        return found;
    }

    @Override
    public void tell(Tx tx, ToolContext caller, String agentId, String message) {
        desk().submitIn(tx, submit(caller, agentId, message, TELL), Origin.told(caller.runId()));
    }

    private String send(ToolContext caller, String agentId, String message) {
        return desk().submit(submit(caller, agentId, message, ASK), Origin.asked(caller.runId()))
                .runId();
    }

    private static Submit submit(ToolContext caller, String agentId, String message, String kind) {
        if (!IdKind.AGENT.fits(agentId)) {
            throw Problem.invalid("'" + agentId
                    + "' is no agent id. An agent id is agent- and a number, as lists of agents show it.");
        }
        if (agentId.equals(caller.agentId())) {
            throw Problem.invalid("An agent cannot send a message to itself: it would wait for its own answer.");
        }
        String text = "[Incoming message from agent with ID '" + caller.agentId() + "' - " + kind + "] " + message;
        InputMessage row = new InputMessage(
                Role.SYSTEM, List.of(new Content.Text(text)), IdKind.uuid().toString(), null, caller.agentId(), null);
        ObjectNode metadata =
                Json.object().put("run_type", "send_message_from_agent").put("from_agent_id", caller.agentId());
        return new Submit(
                caller.organizationId(),
                caller.userId(),
                agentId,
                null,
                List.of(row),
                RunOptions.blocking(TurnOptions.DEFAULTS).withMetadata(metadata),
                null,
                "",
                false);
    }

    /** What came of a message. text: why there is no answer. */
    private record Outcome(List<String> said, boolean failed, String text) {
        static Outcome failure(String text) {
            return new Outcome(List.of(), true, text);
        }
    }

    private Outcome answer(ToolContext caller, String runId, long until) {
        Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
        Desk.Patience end = desk().waitFor(caller.organizationId(), runId, caller.runId(), left);
        if (end != Desk.Patience.ENDED) {
            db.of(caller.organizationId()).write(tx -> {
                OriginSql.stopWaiting(tx, runId);
                return true;
            });
            return Outcome.failure(
                    end == Desk.Patience.CANCELLED
                            ? "you were cancelled while waiting; it goes on without you"
                            : "nothing within " + TimeUnit.NANOSECONDS.toSeconds(patience.toNanos())
                                    + " s; it may still finish, but its answer will not reach you");
        }
        RunResult run = desk().await(caller.organizationId(), runId);
        TurnResult.Failure failure = run.result().failure();
        if (failure != null) {
            return Outcome.failure(failure.detail() == null ? failure.message() : failure.detail());
        }
        List<String> said = Spoken.aloud(run.rows());
        if (!said.isEmpty()) {
            return new Outcome(said, false, "");
        }
        return new Outcome(
                List.of(
                        run.result().reason() == StopReason.REQUIRES_APPROVAL
                                ? "<no response: the agent waits until a person approves a call>"
                                : "<no response>"),
                false,
                "");
    }
}
