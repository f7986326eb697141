package dev.mneme.run;

import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.turn.InputMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One talk from its begin to its end. What it does follows from its opening, its cast and what the agents said, and each turn is handed in
 * under a key of its own: held once more after a restart, it finds the turns that were done and goes on behind them (decision 0032).
 * Confined to its thread.
 */
final class TalkSession {
    /** How often an agent is asked to go on whose turn a stopping server cut off: each time is a restart. */
    private static final int MOST_AGAIN = 3;

    private static final String GO_ON =
            "The server was restarted in the middle of your turn. What was said to you stands above. Go on with your turn.";

    private final Desk desk;
    private final GroupTalk.Opening opening;
    private final Cast cast;
    private final String id;
    private final Talk talk;
    private final List<Line> history = new ArrayList<>();
    private final Map<String, Integer> heard = new HashMap<>();
    private int turns;

    TalkSession(Desk desk, TalkSql.Open open, Talk talk) {
        this.desk = desk;
        this.opening = open.opening();
        this.cast = open.cast();
        this.id = open.id();
        this.talk = talk;
        opening.messages().forEach(message -> history.add(new Line(message, null, "")));
    }

    /** Something said: by the user (message) or by a member (speaker and text). */
    private record Line(@Nullable InputMessage message, Cast.@Nullable Member speaker, String text) {}

    /** A turn that was handed in. key: the same whenever the talk is held. */
    private record Turn(Cast.Member agent, String key, String runId) {
        Talk.Speech speech() {
            return new Talk.Speech(runId, agent.id(), agent.name());
        }
    }

    void hold() throws InterruptedException {
        switch (cast.managerType()) {
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

    private Cast.Member manager() {
        Cast.Member manager = cast.manager();
        if (manager == null) {
            throw Problem.invalid("The group has no manager any more.");
        }
        return manager;
    }

    private List<Cast.Member> others(Cast.Member manager) {
        return cast.members().stream()
                .filter(member -> !member.id().equals(manager.id()))
                .toList();
    }

    private void inTurn() throws InterruptedException {
        int most = Speakers.inTurn(cast.maxTurns(), cast.members().size());
        for (int i = 0; i < most; i++) {
            if (!speak(cast.members().get(i % cast.members().size()))) {
                return;
            }
        }
    }

    /** Every member answers by itself, all at once; then the manager, who has heard them all. */
    private void reportAndConclude() throws InterruptedException {
        Cast.Member manager = manager();
        List<Turn> reports = new ArrayList<>();
        for (Cast.Member member : others(manager).stream().distinct().toList()) {
            reports.add(submit(member, news(member)));
        }
        for (Turn report : reports) {
            listen(report);
        }
        speak(manager);
    }

    private void asNamed() throws InterruptedException {
        Cast.Member manager = manager();
        String token = cast.terminationToken();
        List<Cast.Member> members = others(manager);
        int most = members.isEmpty() ? 0 : Speakers.named(cast.maxTurns());
        String previous = null;
        for (int i = 0; i < most; i++) {
            List<String> answer = ask(manager, members, i == 0);
            if (Speakers.ends(token, answer)) {
                return;
            }
            Cast.Member next = Speakers.next(members, previous, String.join("\n", answer));
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
    private List<String> ask(Cast.Member manager, List<Cast.Member> members, boolean first)
            throws InterruptedException {
        List<InputMessage> messages = new ArrayList<>(news(manager));
        messages.add(input(Role.SYSTEM, question(members, first), null));
        return answer(submit(manager, messages), false);
    }

    private String question(List<Cast.Member> members, boolean first) {
        String names = members.stream()
                .map(member -> "- " + member.name() + (member.description() == null ? "" : ": " + member.description()))
                .collect(Collectors.joining("\n"));
        String token = cast.terminationToken();
        return (first ? "You lead a talk of these agents; you do not speak in it yourself:\n" + names + "\n" : "")
                + "Who of them should speak next? Answer with that one name only"
                + (token == null || token.isBlank() ? "." : ", or with " + token + " when nothing is left to be said.");
    }

    /** Lets an agent speak; false when there was nothing new for it to answer. */
    private boolean speak(Cast.Member agent) throws InterruptedException {
        List<InputMessage> news = news(agent);
        if (news.isEmpty()) {
            return false;
        }
        listen(submit(agent, news));
        return true;
    }

    private void listen(Turn turn) throws InterruptedException {
        String said = String.join("\n", answer(turn, true));
        if (!said.isEmpty()) {
            history.add(new Line(null, turn.agent(), said));
        }
    }

    /** What an agent said in its turn, to its end, whatever servers stopped meanwhile. aloud: whether it is a part of the talk. */
    private List<String> answer(Turn begun, boolean aloud) throws InterruptedException {
        List<String> said = new ArrayList<>();
        Turn turn = begun;
        for (int again = 1; ; again++) {
            if (aloud) {
                talk.add(turn.speech());
            }
            RunResult run = desk.await(opening.organizationId(), turn.runId());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            said.addAll(Spoken.aloud(run.rows()));
            if (run.result().failure() == null || (cutOff(run) && finished(run.rows()))) {
                return said;
            }
            if (!cutOff(run) || again > MOST_AGAIN) {
                // what comes next would answer to nothing
                throw new Problem(ProblemCode.CONFLICT, "The turn " + run.runId() + " failed, so the talk ended.")
                        .with("run_id", run.runId());
            }
            turn = submit(turn.agent(), begun.key() + "/" + again, List.of(input(Role.SYSTEM, GO_ON, null)));
        }
    }

    private static boolean cutOff(RunResult run) {
        return Objects.equals(Endings.interrupted().failure(), run.result().failure());
    }

    /** Whether an agent had said all that it wanted to when it was cut off. */
    private static boolean finished(List<Message> rows) {
        return !rows.isEmpty()
                && rows.getLast().role() == Role.ASSISTANT
                && rows.getLast().toolCalls().isEmpty();
    }

    /** What was said since this agent spoke last, by others. */
    private List<InputMessage> news(Cast.Member agent) {
        List<InputMessage> out = new ArrayList<>();
        for (Line line : history.subList(heard.getOrDefault(agent.id(), 0), history.size())) {
            InputMessage message = line.message();
            Cast.Member speaker = line.speaker();
            if (message != null) {
                out.add(message.inGroup(cast.groupId()));
            } else if (speaker != null && !speaker.id().equals(agent.id())) {
                out.add(input(Role.SYSTEM, speaker.name() + " said: " + line.text(), speaker));
            }
        }
        heard.put(agent.id(), history.size());
        return out;
    }

    private InputMessage input(Role role, String text, Cast.@Nullable Member sender) {
        return new InputMessage(
                role,
                List.of(new Content.Text(text)),
                IdKind.uuid().toString(),
                sender == null ? null : sender.name(),
                sender == null ? null : sender.id(),
                cast.groupId());
    }

    private Turn submit(Cast.Member agent, List<InputMessage> messages) {
        return submit(agent, id + "/" + turns++, messages);
    }

    private Turn submit(Cast.Member agent, String key, List<InputMessage> messages) {
        Submit request = new Submit(
                opening.organizationId(), opening.userId(), agent.id(), null, messages, options(), key, key, false);
        return new Turn(
                agent, key, desk.submit(request, Origin.group(cast.groupId())).runId());
    }

    private RunOptions options() {
        return opening.options()
                .withMetadata(
                        Json.object().put("run_type", "send_group_message").put(GroupTalk.GROUP_ID, cast.groupId()));
    }
}
