package dev.mneme.http;

import dev.mneme.agent.MessageEntry;
import dev.mneme.message.Message;
import dev.mneme.wire.MessageView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stored rows whole, for the context overview. Pure. */
final class MessageViews {
    private MessageViews() {}

    /** userId: on whose behalf the row was written. */
    static MessageView of(Message row, @Nullable String userId) {
        List<MessageView.FunctionCall> calls = row.toolCalls().stream()
                .map(call -> new MessageView.FunctionCall(
                        call.id(), new MessageView.Function(call.arguments(), call.name()), "function"))
                .toList();
        List<MessageView.Return> returns = row.toolReturns().stream()
                .map(one ->
                        new MessageView.Return(one.toolCallId(), one.status(), one.stdout(), one.stderr(), one.text()))
                .toList();
        String at = Times.zulu(row.createdAt());
        return new MessageView(
                userId,
                userId,
                at,
                at,
                row.id(),
                row.agentId(),
                row.model(),
                LettaMessages.word(row),
                MessageEntry.parts(row.content()),
                row.name(),
                calls.isEmpty() ? null : calls,
                returns.isEmpty() ? null : returns.getFirst().toolCallId(),
                row.stepId(),
                row.runId(),
                row.otid(),
                returns,
                row.groupId(),
                row.senderId(),
                null,
                row.conversationId(),
                row.isErr(),
                null,
                null,
                null,
                List.of());
    }
}
