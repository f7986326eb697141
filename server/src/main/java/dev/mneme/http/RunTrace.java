package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.run.RunRow;
import dev.mneme.run.StepRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as spans, for tools that draw time lines: the request, its first token, each step with its model call and its tools. Made from
 * what is stored of the run; the names of the spans are those that the retired server documents. Pure.
 */
final class RunTrace {
    private RunTrace() {}

    /** @param steps oldest first */
    static List<ObjectNode> of(RunRow run, List<StepRow> steps) {
        List<ObjectNode> out = new ArrayList<>();
        Long started = run.startedAt();
        long start = started == null ? run.createdAt() : started;
        ObjectNode root = span(run.id(), run.id(), null, "agent_run", start, run.totalDurationNs());
        root.put("status", run.status());
        root.putObject("attributes")
                .put("agent_id", run.agentId())
                .put("stop_reason", run.stopReason())
                .put("queued_ns", (start - run.createdAt()) * 1_000);
        out.add(root);
        if (run.ttftNs() != null) {
            out.add(span(run.id(), run.id() + "/first", run.id(), "time_to_first_token", start, run.ttftNs()));
        }
        for (StepRow step : steps) {
            Long took = step.stepNs();
            // a step is stored when it is over
            long began = step.createdAt() - (took == null ? 0 : took / 1_000);
            ObjectNode span = span(run.id(), step.id(), run.id(), "agent_step", began, took);
            span.put("status", step.status());
            span.putObject("attributes")
                    .put("model", step.modelHandle() == null ? step.model() : step.modelHandle())
                    .put("prompt_tokens", step.promptTokens())
                    .put("completion_tokens", step.completionTokens())
                    .put("stop_reason", step.stopReason())
                    .put("error_type", step.errorType());
            out.add(span);
            Long asked = step.llmRequestNs();
            if (asked != null) {
                out.add(span(run.id(), step.id() + "/model", step.id(), "llm_request", began, asked));
            }
            if (step.toolExecutionNs() != null) {
                long after = began + (asked == null ? 0 : asked / 1_000);
                out.add(span(
                        run.id(), step.id() + "/tools", step.id(), "tool_execution", after, step.toolExecutionNs()));
            }
        }
        return out;
    }

    /** @param at microseconds; duration: nanoseconds, null: not over */
    private static ObjectNode span(
            String traceId, String id, @Nullable String parent, String name, long at, @Nullable Long duration) {
        return Json.object()
                .put("trace_id", traceId)
                .put("span_id", id)
                .put("parent_span_id", parent)
                .put("span_name", name)
                .put("timestamp", Times.zulu(at))
                .put("duration_ns", duration);
    }
}
