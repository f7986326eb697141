package dev.mneme.http;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.util.List;

/** What the retired server itself had given up: the answer is its own. */
final class RetiredRoutes {
    private RetiredRoutes() {}

    static List<Route> routes() {
        return List.of(Route.post("/v1/voice-beta/{agent_id}/chat/completions", "Gone (contract 12 §5)")
                .by(call -> {
                    throw new Problem(
                            ProblemCode.GONE,
                            "The /voice-beta endpoint has been deprecated and is no longer available.");
                }));
    }
}
