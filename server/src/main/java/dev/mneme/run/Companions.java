package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.AgentState;
import dev.mneme.agent.GroupState;
import dev.mneme.agent.Groups;
import dev.mneme.agent.ManagerType;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.store.Tx;
import dev.mneme.tool.NumberedLines;
import dev.mneme.turn.InputMessage;
import dev.mneme.turn.TurnLoop;
import dev.mneme.turn.TurnOptions;
import dev.mneme.turn.TurnResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Background agents that read along (contract 08 §8.3, decision 0016). A turn of a watched agent is noted when it is taken in; the
 * transaction that ends it counts it and, when it is due, stores the background agents' runs with it: a crash loses both or none, and
 * nothing starts in the middle of an answer. Thread-safe.
 */
final class Companions {
    /** The {@code run_type} of their runs; clients look for it. */
    static final String RUN_TYPE = "sleeptime_agent_send_message_async";

    private static final Logger LOG = LoggerFactory.getLogger(Companions.class);

    /** Turns that are read at once; of more (a rare trigger, a long pause) the newest. */
    private static final int MOST_TURNS = 200;

    /** Characters of a transcript, some 50,000 tokens: it must fit the window of an ordinary model. The newest lines stay. */
    static final int MOST_CHARS = 200_000;

    private static final String REMINDER = """
            <system-reminder>
            You are a sleeptime agent - a background agent that asynchronously processes conversations after they occur.
            You are not the primary agent. In the messages below, "assistant" is the primary agent and "user" is the person it talked with.
            They have said this already and neither of them reads what you answer.
            Look for what is worth keeping, bring the memory blocks up to date with your tools, and stop. The block memory_persona says how.
            </system-reminder>

            Messages:
            """;

    private final Groups groups;
    private final TurnLoop loop;
    private final Intake intake;

    /** Stores a run in a transaction that is open already; answers its id. */
    @FunctionalInterface
    interface Intake {
        String take(Tx tx, Submit submit, Origin origin);
    }

    Companions(Groups groups, TurnLoop loop, Intake intake) {
        this.groups = groups;
        this.loop = loop;
        this.intake = intake;
    }

    /** A request, its messages marked with the group whose agents will read it; null: nobody reads along. */
    record Watched(Submit submit, @Nullable String groupId) {}

    Watched watched(Tx tx, Submit submit) {
        String groupId = groups.watching(tx, submit.agentId());
        if (groupId == null) {
            return new Watched(submit, null);
        }
        return new Watched(
                submit.withMessages(submit.messages().stream()
                        .map(message -> message.groupId() == null ? message.inGroup(groupId) : message)
                        .toList()),
                groupId);
    }

    /** Notes a turn that was stored. */
    void note(Tx tx, Watched watched, String runId) {
        if (watched.groupId() != null) {
            CompanionSql.note(tx, watched.groupId(), runId);
        }
    }

    /** After a turn has ended in this transaction: the background runs that it started, usually none. */
    List<String> ended(Tx tx, RunSql.Waiting run, TurnResult result) {
        if (!isFinished(result.reason())) {
            return List.of();
        }
        String groupId = groups.watching(tx, run.agentId());
        GroupState group = groupId == null ? null : groups.forCounting(tx, groupId);
        if (group == null || !groups.countTurn(tx, group)) {
            return List.of();
        }
        List<String> turns = due(tx, group, run.runId());
        if (turns.isEmpty()) {
            return List.of();
        }
        List<Message> own = loop.rowsOf(tx, run.runId());
        String text = transcript(tx, group, turns);
        if (!own.isEmpty()) {
            groups.processed(tx, group.id(), own.getLast().id());
        }
        List<String> started = new ArrayList<>();
        for (AgentState member : groups.members(tx, group)) {
            String runId = start(tx, run, member.id(), text);
            if (runId != null) {
                started.add(runId);
            }
        }
        return started;
    }

    /** An answer that waits for an approval goes on, and one that failed or was cancelled is read with the next that did not. */
    private static boolean isFinished(StopReason reason) {
        return reason.runStatus().equals("completed") && reason != StopReason.REQUIRES_APPROVAL;
    }

    private @Nullable String start(Tx tx, RunSql.Waiting run, String companionId, String text) {
        InputMessage message = new InputMessage(
                Role.USER, List.of(new Content.Text(text)), IdKind.uuid().toString(), null, null, null);
        ObjectNode metadata = Json.object().put("run_type", RUN_TYPE).put("agent_id", companionId);
        Submit submit = new Submit(
                run.organizationId(),
                run.userId(),
                companionId,
                null,
                List.of(message),
                RunOptions.blocking(TurnOptions.DEFAULTS).withMetadata(metadata),
                null,
                "",
                false);
        try {
            return intake.take(tx, submit, Origin.companion(run.runId()));
        } catch (Problem e) {
            // The person who talked with the main agent must not notice: the next turn that is due tries again.
            LOG.warn("Background agent {} could not be started: {}", companionId, e.detail());
            return null;
        }
    }

    /** The turns that are read now, in order, no longer noted. Of an agent that speaks those beyond its buffer, once that is full. */
    private static List<String> due(Tx tx, GroupState group, String runId) {
        List<CompanionSql.Noted> ended = CompanionSql.ended(tx, group.id(), runId);
        List<CompanionSql.Noted> read = group.managerType() == ManagerType.VOICE_SLEEPTIME
                ? beyond(ended, group.maxMessageBufferLength(), group.minMessageBufferLength())
                : ended;
        List<String> ids = read.stream().map(CompanionSql.Noted::runId).toList();
        CompanionSql.taken(tx, group.id(), ids);
        return ids;
    }

    /** The oldest turns without which at most so few messages are unread; none while fewer than so many are. Nulls: all. */
    static List<CompanionSql.Noted> beyond(
            List<CompanionSql.Noted> turns, @Nullable Integer most, @Nullable Integer least) {
        int unread = turns.stream().mapToInt(CompanionSql.Noted::messages).sum();
        if (most == null || least == null) {
            return turns;
        }
        if (unread < most) {
            return List.of();
        }
        int until = 0;
        while (until < turns.size() && unread > least) {
            unread -= turns.get(until++).messages();
        }
        return turns.subList(0, until);
    }

    private String transcript(Tx tx, GroupState group, List<String> turns) {
        List<String> lines = new ArrayList<>();
        for (String turn : turns.subList(Math.max(0, turns.size() - MOST_TURNS), turns.size())) {
            lines.addAll(Spoken.transcript(loop.allRowsOf(tx, turn)));
        }
        List<String> shown = newest(lines);
        return REMINDER
                + String.join(
                        "\n", group.managerType() == ManagerType.VOICE_SLEEPTIME ? NumberedLines.write(shown) : shown);
    }

    /** The newest lines that fit, with a word about those that do not. */
    static List<String> newest(List<String> lines) {
        long chars = 0;
        int from = lines.size();
        while (from > 0 && chars + lines.get(from - 1).length() <= MOST_CHARS) {
            chars += lines.get(--from).length() + 1L;
        }
        if (from == 0) {
            return lines;
        }
        List<String> out = new ArrayList<>();
        if (from == lines.size()) {
            String last = lines.getLast();
            out.add("(the beginning is left out)");
            out.add(last.substring(last.length() - MOST_CHARS));
            return out;
        }
        out.add("(" + from + " earlier lines are left out)");
        out.addAll(lines.subList(from, lines.size()));
        return out;
    }

    /** Whether a run is a background agent's, whose whole answer is kept in its metadata. */
    static boolean isBackground(RunOptions options) {
        JsonNode metadata = options.metadata();
        return metadata != null && metadata.path("run_type").asText("").equals(RUN_TYPE);
    }
}
