package dev.mneme.run;

import dev.mneme.agent.AgentState;
import dev.mneme.agent.GroupState;
import dev.mneme.agent.Groups;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.message.Content;
import dev.mneme.message.Role;
import dev.mneme.store.Db;
import dev.mneme.turn.InputMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks in groups: members speak one after the other, each turn a run of the member on its own thread (contract 08 §8.4, decision 0016).
 * Each hears what was said since it spoke last. Only the order of speakers is kept in memory: a crash ends the talk, and every member can
 * be talked to. Thread-safe.
 */
public final class GroupTalk implements AutoCloseable {
    /** The key in a run's metadata that says for which group it runs. */
    static final String GROUP_ID = "group_id";

    private static final Logger LOG = LoggerFactory.getLogger(GroupTalk.class);

    private final Db db;
    private final Groups groups;
    private final Desk desk;
    private final Scope scope = new Scope("talk");
    private final Set<String> talking = ConcurrentHashMap.newKeySet();

    public GroupTalk(Db db, Groups groups, Desk desk) {
        this.db = db;
        this.groups = groups;
        this.desk = desk;
    }

    /**
     * Something said to a group.
     *
     * @param messages at least one
     * @param options of each member's run
     */
    public record Opening(
            String organizationId, String userId, String groupId, List<InputMessage> messages, RunOptions options) {}

    /** Begins a talk; it goes on whoever listens. 404, 409 while the group talks already, 400 when it has nobody to answer. */
    public Talk begin(Opening opening) {
        Cast cast = db.of(opening.organizationId()).read(tx -> {
            GroupState group = groups.require(tx, opening.groupId());
            AgentState manager = groups.manager(tx, group);
            return new Cast(group, groups.members(tx, group), manager);
        });
        if (cast.members.isEmpty() && cast.manager == null) {
            throw Problem.invalid("The group has no agent that could answer. Add members to it first.");
        }
        if (!talking.add(cast.group.id())) {
            throw new Problem(
                    ProblemCode.BUSY,
                    "CONFLICT: Cannot send a new message: The group is talking about another one. Please wait for it to complete.");
        }
        Talk talk = new Talk();
        boolean begun = scope.fork(cast.group.id(), () -> {
            Problem problem = null;
            try {
                new Session(opening, cast, talk).hold();
            } catch (Problem e) {
                problem = e;
            } catch (InterruptedException e) {
                problem = new Problem(ProblemCode.UNAVAILABLE, "The server is shutting down. The talk ends here.", e);
            } catch (RuntimeException e) {
                LOG.error("The talk of {} broke", opening.groupId(), e);
                problem = new Problem(ProblemCode.INTERNAL, "An unknown error occurred", e);
            } finally {
                talking.remove(cast.group.id());
                talk.end(problem);
            }
        });
        if (!begun) {
            talking.remove(cast.group.id());
            throw new Problem(
                    ProblemCode.UNAVAILABLE, "The server is shutting down. Send the message again when it is back.");
        }
        return talk;
    }

    private record Cast(
            GroupState group,
            List<AgentState> members,
            @Nullable AgentState manager) {}

    /** Something said: by the user (message) or by a member (speaker and text). */
    private record Line(
            @Nullable InputMessage message, @Nullable AgentState speaker, String text) {}

    /** One talk. Confined to its thread. */
    private final class Session {
        private final Opening opening;
        private final Cast cast;
        private final Talk talk;
        private final List<Line> history = new ArrayList<>();
        private final Map<String, Integer> heard = new HashMap<>();

        Session(Opening opening, Cast cast, Talk talk) {
            this.opening = opening;
            this.cast = cast;
            this.talk = talk;
            opening.messages().forEach(message -> history.add(new Line(message, null, "")));
        }

        void hold() throws InterruptedException {
            switch (cast.group.managerType()) {
                case ROUND_ROBIN -> inTurn();
                case SUPERVISOR -> reportAndConclude();
                case DYNAMIC -> asNamed();
                case SLEEPTIME, VOICE_SLEEPTIME -> {
                    // the members read along when the manager's turn has ended
                    speak(manager());
                }
                case SWARM -> throw Problem.invalid("Groups of the kind swarm cannot talk.");
            }
        }

        private AgentState manager() {
            AgentState manager = cast.manager;
            if (manager == null) {
                throw Problem.invalid("The group has no manager any more.");
            }
            return manager;
        }

        private void inTurn() throws InterruptedException {
            int turns = Speakers.inTurn(cast.group.maxTurns(), cast.members.size());
            for (int i = 0; i < turns; i++) {
                if (!speak(cast.members.get(i % cast.members.size()))) {
                    return;
                }
            }
        }

        /** Every member answers by itself, all at once; then the manager, who has heard them all. */
        private void reportAndConclude() throws InterruptedException {
            AgentState manager = manager();
            List<Talk.Speech> speeches = new ArrayList<>();
            List<AgentState> speakers = cast.members.stream()
                    .filter(member -> !member.id().equals(manager.id()))
                    .distinct()
                    .toList();
            for (AgentState member : speakers) {
                speeches.add(submit(member, news(member)));
            }
            for (int i = 0; i < speeches.size(); i++) {
                talk.add(speeches.get(i));
                listen(speakers.get(i), speeches.get(i).runId());
            }
            speak(manager);
        }

        private void asNamed() throws InterruptedException {
            AgentState manager = manager();
            String token = cast.group.terminationToken();
            List<AgentState> members = cast.members.stream()
                    .filter(member -> !member.id().equals(manager.id()))
                    .toList();
            int turns = members.isEmpty() ? 0 : Speakers.named(cast.group.maxTurns());
            String previous = null;
            for (int i = 0; i < turns; i++) {
                List<String> answer = ask(manager, members, i == 0);
                if (Speakers.ends(token, answer)) {
                    return;
                }
                AgentState next = Speakers.next(members, previous, String.join("\n", answer));
                int before = history.size();
                if (!speak(next)) {
                    return;
                }
                previous = next.id();
                if (Speakers.ends(
                        token,
                        history.subList(before, history.size()).stream()
                                .map(Line::text)
                                .toList())) {
                    return;
                }
            }
        }

        /** Asks the manager who is next; what it answers steers the talk and is no part of it. */
        private List<String> ask(AgentState manager, List<AgentState> members, boolean first)
                throws InterruptedException {
            List<InputMessage> messages = new ArrayList<>(news(manager));
            messages.add(input(Role.SYSTEM, question(members, first), null));
            RunResult run = desk.await(
                    opening.organizationId(), submit(manager, messages).runId());
            refuseFailure(run);
            interruptible();
            return Spoken.aloud(run.rows());
        }

        private String question(List<AgentState> members, boolean first) {
            String names = members.stream()
                    .map(member ->
                            "- " + member.name() + (member.description() == null ? "" : ": " + member.description()))
                    .collect(Collectors.joining("\n"));
            String token = cast.group.terminationToken();
            return (first ? "You lead a talk of these agents; you do not speak in it yourself:\n" + names + "\n" : "")
                    + "Who of them should speak next? Answer with that one name only"
                    + (token == null || token.isBlank()
                            ? "."
                            : ", or with " + token + " when nothing is left to be said.");
        }

        /** Lets an agent speak; false when there was nothing new for it to answer. */
        private boolean speak(AgentState agent) throws InterruptedException {
            List<InputMessage> news = news(agent);
            if (news.isEmpty()) {
                return false;
            }
            Talk.Speech speech = submit(agent, news);
            talk.add(speech);
            listen(agent, speech.runId());
            return true;
        }

        private void listen(AgentState agent, String runId) throws InterruptedException {
            RunResult run = desk.await(opening.organizationId(), runId);
            refuseFailure(run);
            interruptible();
            String said = String.join("\n", Spoken.aloud(run.rows()));
            if (!said.isEmpty()) {
                history.add(new Line(null, agent, said));
            }
        }

        /** What was said since this agent spoke last, by others. */
        private List<InputMessage> news(AgentState agent) {
            List<InputMessage> out = new ArrayList<>();
            for (Line line : history.subList(heard.getOrDefault(agent.id(), 0), history.size())) {
                InputMessage message = line.message();
                AgentState speaker = line.speaker();
                if (message != null) {
                    out.add(message.inGroup(cast.group.id()));
                } else if (speaker != null && !speaker.id().equals(agent.id())) {
                    out.add(input(Role.SYSTEM, speaker.name() + " said: " + line.text(), speaker));
                }
            }
            heard.put(agent.id(), history.size());
            return out;
        }

        private InputMessage input(Role role, String text, @Nullable AgentState sender) {
            return new InputMessage(
                    role,
                    List.of(new Content.Text(text)),
                    IdKind.uuid().toString(),
                    sender == null ? null : sender.name(),
                    sender == null ? null : sender.id(),
                    cast.group.id());
        }

        private Talk.Speech submit(AgentState agent, List<InputMessage> messages) {
            Submitted run = desk.submit(
                    new Submit(
                            opening.organizationId(),
                            opening.userId(),
                            agent.id(),
                            null,
                            messages,
                            options(),
                            null,
                            "",
                            false),
                    Origin.group(cast.group.id()));
            return new Talk.Speech(run.runId(), agent.id(), agent.name());
        }

        private RunOptions options() {
            return opening.options()
                    .withMetadata(
                            Json.object().put("run_type", "send_group_message").put(GROUP_ID, cast.group.id()));
        }

        /** A turn that failed ends the talk: what comes next would answer to nothing. */
        private void refuseFailure(RunResult run) {
            if (run.result().failure() != null) {
                throw new Problem(ProblemCode.CONFLICT, "The turn " + run.runId() + " failed, so the talk ended.")
                        .with("run_id", run.runId());
            }
        }

        private void interruptible() throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
