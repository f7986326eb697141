package dev.mneme.sim;

import static dev.mneme.testkit.Deskware.ORG;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Json;
import dev.mneme.message.Message;
import dev.mneme.testkit.Deskware;
import java.util.List;

/** What people answer when an agent asks. */
final class Verdicts {
    private Verdicts() {}

    /** The same verdict on every call that the agent waits with; an answer to nothing when it waits with none. */
    static String on(Deskware ware, String agent, boolean approve) {
        List<Message> tail = ware.db.of(ORG).read(tx -> ware.recall.tail(tx, agent));
        ArrayNode out = Json.array();
        if (!tail.isEmpty()) {
            tail.getLast()
                    .toolCalls()
                    .forEach(call -> out.addObject()
                            .put("type", "approval")
                            .put("tool_call_id", call.id())
                            .put("approve", approve));
        }
        return Json.write(out);
    }
}
