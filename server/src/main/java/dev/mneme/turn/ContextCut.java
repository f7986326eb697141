package dev.mneme.turn;

import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a context may be cut so that its older part can leave (contract 04 §6). Pure.
 *
 * <p>A cut is the index of the first row that stays behind the system row; rows 1 to cut − 1 leave. No cut stands between a call and its
 * return, nor behind the start of what is protected: a pending approval with its assistant row, and input that waits for its first answer.
 */
final class ContextCut {
    /** Nothing can leave. */
    static final int NONE = -1;

    /** How much later each further try of a sliding window cuts, as a share of all rows (contract 04 §6). */
    private static final double STEP = 0.1;

    private final List<Message> rows;
    private final long[] behind;
    private final boolean[] splits;
    private final int guarded;
    private final int turn;

    /**
     * @param rows the whole context, the system row first
     * @param weights tokens of each row
     * @param runId the run whose waiting input stays, null: none
     */
    ContextCut(List<Message> rows, int[] weights, @Nullable String runId) {
        this.rows = rows;
        this.behind = new long[rows.size() + 1];
        for (int i = rows.size() - 1; i >= 0; i--) {
            behind[i] = behind[i + 1] + weights[i];
        }
        this.splits = splits(rows);
        this.guarded = guarded(rows, runId);
        this.turn = turn(rows, runId);
    }

    /** Tokens of the rows from here on. */
    long from(int index) {
        return behind[Math.min(index, rows.size())];
    }

    /**
     * The first cut of a sliding window, tried later and later, that leaves less than the goal.
     *
     * @param share of all rows that leaves at least, the first try is one step behind it
     * @param goal tokens of the rows that stay, the system row not counted
     */
    int sliding(double share, long goal) {
        for (double at = share + STEP; at < 1 - 1e-9; at += STEP) {
            int cut = answerBefore((int) Math.round(rows.size() * at));
            if (useful(cut) && from(cut) < goal) {
                return cut;
            }
        }
        return NONE;
    }

    /** The cut that leaves nothing but what is protected. */
    int all() {
        return useful(guarded) ? guarded : NONE;
    }

    /** The cut that leaves the turn under way from its question on, if that is less than the goal; else as {@link #all()}. */
    int before(long goal) {
        boolean fits = turn < rows.size() && from(turn) < goal;
        return fits && useful(turn) ? turn : all();
    }

    /** The first cut that drops whole turns and leaves less than the goal; without such a cut the last one that drops whole turns. */
    int turns(long goal) {
        int last = NONE;
        for (int cut = 2; cut <= guarded; cut++) {
            boolean opens = cut == rows.size() || (asks(rows.get(cut)) && !asks(rows.get(cut - 1)));
            if (opens && useful(cut)) {
                last = cut;
                if (from(cut) < goal) {
                    return cut;
                }
            }
        }
        return last == NONE ? all() : last;
    }

    /** The next answer at or before this row. */
    private int answerBefore(int candidate) {
        for (int i = Math.min(Math.min(candidate, guarded), rows.size() - 1); i > 0; i--) {
            boolean answer = rows.get(i).role() == Role.ASSISTANT || requests(rows.get(i));
            if (answer && !splits[i]) {
                return i;
            }
        }
        return NONE;
    }

    /** Whether something besides an earlier summary leaves, and no call is parted from its return. */
    private boolean useful(int cut) {
        if (cut < 2 || (cut < rows.size() && splits[cut])) {
            return false;
        }
        return cut > 2 || !SummaryText.is(rows.get(1));
    }

    private static boolean asks(Message row) {
        return row.role() == Role.USER && !SummaryText.is(row);
    }

    private static boolean requests(Message row) {
        return row.role() == Role.APPROVAL && !row.toolCalls().isEmpty();
    }

    /** For each index whether a cut there would part a call from its return, or the two rows of one answer. */
    private static boolean[] splits(List<Message> rows) {
        int[] opened = new int[rows.size() + 2];
        Map<String, Integer> calls = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Message row = rows.get(i);
            int group = i;
            if (row.role() == Role.APPROVAL && i > 0 && sameAnswer(rows.get(i - 1), row)) {
                group = i - 1;
                part(opened, group, i);
            }
            for (ToolCall call : row.role() == Role.TOOL ? List.<ToolCall>of() : row.toolCalls()) {
                calls.put(call.id(), group);
            }
            for (ToolReturn back : row.toolReturns()) {
                Integer from = calls.remove(back.toolCallId());
                if (from != null) {
                    part(opened, from, i);
                }
            }
        }
        boolean[] out = new boolean[rows.size()];
        int open = 0;
        for (int i = 0; i < rows.size(); i++) {
            open += opened[i];
            out[i] = open > 0;
        }
        return out;
    }

    private static void part(int[] opened, int from, int to) {
        opened[from + 1]++;
        opened[to + 1]--;
    }

    /** An answer with some calls that wait for approval is stored as two rows; the answer to the request follows its row. */
    private static boolean sameAnswer(Message before, Message approval) {
        if (requests(approval)) {
            return before.role() == Role.ASSISTANT
                    && before.stepId() != null
                    && before.stepId().equals(approval.stepId());
        }
        return requests(before);
    }

    /** The first row that must stay. */
    private static int guarded(List<Message> rows, @Nullable String runId) {
        int at = rows.size();
        while (at > 1 && runId != null && waits(rows.get(at - 1), runId)) {
            at--;
        }
        int open = at;
        while (open > 1 && rows.get(open - 1).role() == Role.APPROVAL) {
            open--;
        }
        if (open == at) {
            return at;
        }
        return open > 1 && sameAnswer(rows.get(open - 1), rows.get(open)) ? open - 1 : open;
    }

    /** The first row that came with this run; the number of rows when there is none. */
    private static int turn(List<Message> rows, @Nullable String runId) {
        for (int i = 1; runId != null && i < rows.size(); i++) {
            if (rows.get(i).input() && runId.equals(rows.get(i).runId())) {
                return i;
            }
        }
        return rows.size();
    }

    private static boolean waits(Message row, String runId) {
        return row.input() && row.role() != Role.APPROVAL && runId.equals(row.runId());
    }
}
