package dev.mneme.turn;

import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.Weight;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How full a context is: estimated weights of its rows, set right by what the provider itself counted at its last call. Immutable.
 *
 * @param rows the whole context, the system row first
 * @param weights tokens of each row by the estimate; that of the system row is the prompt's as it is sent
 * @param tools tokens of the tools by the estimate
 * @param counted what the provider counted up to and with its last answer; null: it has not, or something left since
 * @param answered index of that last answer; −1: there is none
 */
record ContextLoad(
        List<Message> rows,
        int[] weights,
        int tools,
        @Nullable Integer counted,
        int answered) {
    /** What an estimate is multiplied by as long as nobody has counted (contract 04 §2). */
    static final double CAUTION = 1.3;

    /** Bounds of a provider's count against the estimate: outside of them one of the two is wrong. */
    private static final double LIGHTEST = 0.5;

    private static final double HEAVIEST = 5;

    /** @param counted as in the record, from wherever the caller has it */
    static ContextLoad of(List<Message> rows, ModelRequest request, @Nullable Integer counted) {
        LlmConfig config = request.config();
        int[] weights = new int[rows.size()];
        int answered = -1;
        for (int i = 0; i < weights.length; i++) {
            Message row = rows.get(i);
            weights[i] = i == 0 ? Weight.of(request.system()) : Weight.of(row, config);
            if (answers(row)) {
                answered = i;
            }
        }
        boolean usable = counted != null && counted > 0 && answered >= 0;
        return new ContextLoad(rows, weights, Weight.of(request.tools()), usable ? counted : null, answered);
    }

    /** The row of the model's last answer, if no compaction came after it: what the provider counted for it still holds. */
    static @Nullable Message lastAnswer(List<Message> rows) {
        for (int i = rows.size() - 1; i > 0; i--) {
            Message row = rows.get(i);
            if (answers(row)) {
                boolean older = rows.size() > 1
                        && SummaryText.is(rows.get(1))
                        && rows.get(1).createdAt() > row.createdAt();
                return older ? null : row;
            }
        }
        return null;
    }

    private static boolean answers(Message row) {
        return (row.role() == Role.ASSISTANT && !row.input())
                || (row.role() == Role.APPROVAL && !row.toolCalls().isEmpty());
    }

    /** Everything by the estimate alone. */
    long estimated() {
        long sum = tools;
        for (int weight : weights) {
            sum += weight;
        }
        return sum;
    }

    /** The next request: what was counted, and cautiously what came since; without a count everything cautiously. */
    long tokens() {
        if (counted == null) {
            return (long) (estimated() * CAUTION);
        }
        long since = 0;
        for (int i = answered + 1; i < weights.length; i++) {
            since += weights[i];
        }
        return counted + (long) (since * CAUTION);
    }

    /** What an estimate of this context must be multiplied by. */
    double scale() {
        if (counted == null) {
            return CAUTION;
        }
        long same = tools;
        for (int i = 0; i <= answered; i++) {
            same += weights[i];
        }
        return Math.clamp(counted / (double) Math.max(1, same), LIGHTEST, HEAVIEST);
    }

    /** What no compaction can take away, by the estimate: the prompt and the tools. */
    int fixed() {
        return (weights.length == 0 ? 0 : weights[0]) + tools;
    }
}
