package dev.mneme.llm.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What the demo model answers in one step: text, or calls. */
record Reply(String reasoning, String text, List<Call> calls) {
    record Call(String tool, ObjectNode arguments) {}

    static Reply say(String reasoning, String text) {
        return new Reply(reasoning, text, List.of());
    }

    static Reply call(String reasoning, String tool, ObjectNode arguments) {
        return new Reply(reasoning, "", List.of(new Call(tool, arguments)));
    }
}
