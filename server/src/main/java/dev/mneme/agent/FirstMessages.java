package dev.mneme.agent;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.memory.Times;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages that an agent has before anybody spoke to it (contract 01 §4.7). */
final class FirstMessages {
    private static final String THOUGHT =
            "I have just been started. Before anything else I greet the person I will talk with.";
    private static final String GREETING = "Hello! I am here, and I will remember what we talk about.";
    private static final String SENT = "Sent message successfully.";

    private final Clock clock;

    FirstMessages(Clock clock) {
        this.clock = clock;
    }

    /** The system row. */
    Message system(AgentState agent, String text) {
        return row(agent, Role.SYSTEM, List.of(new Content.Text(text)), List.of(), List.of(), null);
    }

    /** What follows the system row. wanted null: by kind of agent. */
    List<Message> rest(AgentState agent, @Nullable List<InitialMessage> wanted, boolean baseTools) {
        if (wanted != null) {
            return given(agent, wanted);
        }
        AgentType type = agent.type();
        boolean quiet = type == AgentType.LETTA_V1_AGENT
                || ((type == AgentType.SLEEPTIME_AGENT || type == AgentType.VOICE_SLEEPTIME_AGENT) && baseTools);
        return quiet ? List.of() : greeting(agent);
    }

    private List<Message> greeting(AgentState agent) {
        List<Message> out = new ArrayList<>(spoken(agent, THOUGHT, GREETING));
        out.add(text(agent, Role.USER, PackedText.login(now(agent))));
        return out;
    }

    private List<Message> given(AgentState agent, List<InitialMessage> wanted) {
        List<Message> out = new ArrayList<>();
        for (InitialMessage message : wanted) {
            String text = message.text();
            switch (message.role()) {
                case "user" -> out.add(text(agent, Role.USER, PackedText.user(text, now(agent))));
                case "system" -> out.add(text(agent, Role.SYSTEM, PackedText.alert(text, now(agent))));
                case "assistant" -> {
                    // Agents that answer in plain text get it as plain text (wart W3 of the retired server is not
                    // copied).
                    if (agent.type() == AgentType.LETTA_V1_AGENT || agent.type() == AgentType.SLEEPTIME_AGENT) {
                        out.add(text(agent, Role.ASSISTANT, text));
                    } else {
                        out.addAll(spoken(agent, THOUGHT, text));
                    }
                }
                default ->
                    throw Problem.unprocessable("Unknown role '" + message.role()
                            + "' in initial_message_sequence: use user, system or assistant.");
            }
        }
        return out;
    }

    /** A send_message call and its return. */
    private List<Message> spoken(AgentState agent, String thought, String text) {
        String callId = IdKind.uuid().toString();
        ToolCall call =
                new ToolCall(callId, "send_message", Json.write(Json.object().put("message", text)));
        return List.of(
                row(
                        agent,
                        Role.ASSISTANT,
                        List.of(new Content.Reasoning(false, thought, null, null)),
                        List.of(call),
                        List.of(),
                        null),
                row(
                        agent,
                        Role.TOOL,
                        List.of(),
                        List.of(),
                        List.of(new ToolReturn(callId, ToolReturn.SUCCESS, SENT, null, null)),
                        "send_message"));
    }

    private Message text(AgentState agent, Role role, String text) {
        return row(agent, role, List.of(new Content.Text(text)), List.of(), List.of(), null);
    }

    private Message row(
            AgentState agent,
            Role role,
            List<Content> content,
            List<ToolCall> calls,
            List<ToolReturn> returns,
            @Nullable String name) {
        return new Message(
                IdKind.MESSAGE.next(),
                agent.id(),
                null,
                role,
                content,
                calls,
                returns,
                null,
                name,
                null,
                null,
                null,
                agent.llmConfig().model(),
                null,
                null,
                false,
                null,
                clock.next());
    }

    private String now(AgentState agent) {
        return Times.spoken(clock.now(), Times.zone(agent.timezone()));
    }
}
