package dev.mneme.sim;

import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Whether calls and returns pair in a stretch of rows: what every provider asks for, and what a broken agent lacks. Pure. */
final class Pairing {
    private Pairing() {}

    /**
     * What is wrong, in words; empty: nothing.
     *
     * @param mayWait whether the last calls may still wait for an answer by a person
     */
    static List<String> faults(List<Message> rows, boolean mayWait) {
        List<String> faults = new ArrayList<>();
        Set<String> open = new LinkedHashSet<>();
        boolean asked = false;
        for (Message row : rows) {
            boolean between = row.role() == Role.TOOL || row.role() == Role.APPROVAL;
            if (!open.isEmpty() && !between) {
                faults.add(open + " were never answered before " + row.role() + " " + row.id());
                open.clear();
            }
            if (row.role() == Role.ASSISTANT || row.role() == Role.APPROVAL) {
                row.toolCalls().stream().map(ToolCall::id).forEach(open::add);
                asked = row.role() == Role.APPROVAL && !row.toolCalls().isEmpty();
            }
            if (row.role() == Role.TOOL) {
                for (ToolReturn back : row.toolReturns()) {
                    if (!open.remove(back.toolCallId())) {
                        faults.add("a return without its call: " + back.toolCallId());
                    }
                }
            }
        }
        if (!open.isEmpty() && !(mayWait && asked)) {
            faults.add(open + " were never answered");
        }
        return faults;
    }
}
