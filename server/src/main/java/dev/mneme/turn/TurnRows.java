package dev.mneme.turn;

import dev.mneme.agent.PackedText;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.memory.Times;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the rows that a turn stores; each is later than the one before. Thread-safe. */
final class TurnRows {
    private final Clock clock;

    TurnRows(Clock clock) {
        this.clock = clock;
    }

    /** A message that came with the request. */
    Message input(TurnInput input, InputMessage message) {
        return new Message(
                IdKind.MESSAGE.next(),
                input.agentId(),
                input.conversationId(),
                message.role(),
                message.content(),
                List.of(),
                List.of(),
                null,
                message.name(),
                message.otid(),
                message.senderId(),
                message.groupId(),
                null,
                input.firstStepId(),
                input.runId(),
                true,
                null,
                clock.next());
    }

    /** What the model said, with the calls that count. */
    Message assistant(
            TurnInput input,
            LlmConfig config,
            String stepId,
            String rowId,
            List<Content> content,
            List<ToolCall> calls) {
        return new Message(
                rowId,
                input.agentId(),
                input.conversationId(),
                Role.ASSISTANT,
                content,
                calls,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                config.model(),
                stepId,
                input.runId(),
                false,
                null,
                clock.next());
    }

    /** Why the model is asked again; lists show it, answers do not. */
    Message heartbeat(TurnInput input, StepPlan plan, String stepId, String reason) {
        long at = clock.next();
        String timezone = plan.agent().state().timezone();
        String text = PackedText.heartbeat(reason, Times.spoken(at, Times.zone(timezone)));
        return new Message(
                IdKind.MESSAGE.next(),
                input.agentId(),
                input.conversationId(),
                Role.USER,
                List.of(new Content.Text(text)),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                plan.config().model(),
                stepId,
                input.runId(),
                false,
                null,
                at);
    }

    /** Calls that wait for an answer, as the model wrote them. */
    Message request(
            TurnInput input,
            LlmConfig config,
            String stepId,
            String rowId,
            List<Content> content,
            List<ToolCall> calls) {
        return new Message(
                rowId,
                input.agentId(),
                input.conversationId(),
                Role.APPROVAL,
                content,
                calls,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                config.model(),
                stepId,
                input.runId(),
                false,
                null,
                clock.next());
    }

    /** An answer to such a request that came with this turn. */
    Message answer(TurnInput input, InputMessage message) {
        return answer(
                input.agentId(),
                input.conversationId(),
                message.approval(),
                message.senderId(),
                message.groupId(),
                input.runId());
    }

    /** The answer of nobody: the request was cancelled or waited too long. It belongs to the run that had asked. */
    Message denial(Message request, @Nullable String conversationId, String approvals) {
        return answer(request.agentId(), conversationId, approvals, null, null, request.runId());
    }

    private Message answer(
            String agentId,
            @Nullable String conversationId,
            @Nullable String approvals,
            @Nullable String senderId,
            @Nullable String groupId,
            @Nullable String runId) {
        return new Message(
                IdKind.MESSAGE.next(),
                agentId,
                conversationId,
                Role.APPROVAL,
                List.of(),
                List.of(),
                List.of(),
                approvals,
                null,
                null,
                senderId,
                groupId,
                null,
                null,
                runId,
                true,
                null,
                clock.next());
    }

    /** What the calls gave back. model: the one that had called; name: of the first tool that was run, null when none was. */
    Message tool(
            String agentId,
            @Nullable String conversationId,
            @Nullable String stepId,
            @Nullable String runId,
            List<ToolCall> calls,
            List<ToolReturn> returns,
            @Nullable String model,
            @Nullable String name) {
        return new Message(
                IdKind.MESSAGE.next(),
                agentId,
                conversationId,
                Role.TOOL,
                List.of(),
                calls,
                returns,
                null,
                name,
                null,
                null,
                null,
                model,
                stepId,
                runId,
                false,
                null,
                clock.next());
    }
}
