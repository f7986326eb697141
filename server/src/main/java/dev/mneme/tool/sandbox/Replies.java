package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.Storable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** What a warm server answered, as the result of a job. Pure. Whatever foreign code could write is taken for what it is: untrusted. */
public final class Replies {
    /** Seconds with one decimal, as Python prints them (contract 05 §4). */
    private static final double MILLIS = 1000.0;

    private Replies() {}

    public static SandboxResult result(WarmServer.Reply reply, SandboxJob job) {
        List<String> stdout = lines(reply.ended().path("stdout").asText());
        List<String> stderr = lines(reply.ended().path("stderr").asText());
        String why = reply.ended().path("why").textValue();
        if (why != null) {
            return new SandboxResult.Raised(error(why, reply.ended().path("status"), job), stdout, stderr);
        }
        JsonNode left;
        try {
            left = Json.MAPPER.readTree(reply.result());
        } catch (IOException e) {
            // written by foreign code past ours
            return new SandboxResult.Raised("ValueError: the result is no JSON", stdout, stderr);
        }
        if (left.path("error").isTextual()) {
            return new SandboxResult.Raised(Storable.of(left.path("error").textValue()), stdout, stderr);
        }
        if (!left.has("value") || !left.path("text").isTextual()) {
            return new SandboxResult.Raised("ValueError: there is no result", stdout, stderr);
        }
        JsonNode state = left.path("state");
        return new SandboxResult.Returned(
                Storable.of(left.path("value")),
                Storable.of(left.path("text").textValue()),
                stdout,
                stderr,
                state.isObject() && job.agentState() != null ? state : null);
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(Storable.of(text));
    }

    private static String error(String why, JsonNode status, SandboxJob job) {
        return switch (why) {
            case "timeout" ->
                String.format(
                        Locale.ROOT,
                        "TimeoutError: Executing tool %s timed out after %s seconds.",
                        job.function(),
                        job.timeout().toMillis() / MILLIS);
            case "memory" -> "MemoryError: the tool's processes used more memory than a tool may";
            case "processes" -> "OSError: the tool started more processes than a tool may";
            case "result" -> "ValueError: the return value is too large";
            case "died" -> "ProcessError: the tool's process ended before it returned" + ending(status.asInt());
            default -> "CancelledError: The call was cancelled.";
        };
    }

    /** status as wait(2) gives it. */
    private static String ending(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? " (exit status " + (status >> 8) + ")" : " (signal " + signal + ")";
    }
}
