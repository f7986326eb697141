package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a job ended. stdout and stderr: empty, or one text each (contract 05 §4). */
public sealed interface SandboxResult {
    /**
     * The code came to its end.
     *
     * @param value the return as JSON; what has no JSON form is text
     * @param text the return in the form in which its language prints it
     * @param agentState as the code left it, null when it had none
     */
    record Returned(
            JsonNode value,
            String text,
            List<String> stdout,
            List<String> stderr,
            @Nullable JsonNode agentState) implements SandboxResult {}

    /** The code failed, ran out of time or was stopped. error: kind and text, as in {@code ValueError: bad}; stderr has the trace. */
    record Raised(String error, List<String> stdout, List<String> stderr) implements SandboxResult {}

    /** It could not run here at all. why says what to do. */
    record Unavailable(String why) implements SandboxResult {}
}
