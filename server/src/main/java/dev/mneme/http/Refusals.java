package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever went wrong into an answer: the only place where a status is chosen (contract 01 §2, 09 §6). Thread-safe. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    /** Tells the official clients not to repeat the request by themselves. */
    private static final String SHOULD_RETRY = "x-should-retry";
    /** Seconds after which a passing failure is worth another try. */
    private static final String RETRY_SECONDS = "1";

    private static final String UNKNOWN = "An unknown error occurred";

    /** The answer for an exception. requestId names the request in the log. */
    Answer of(Throwable failure, String requestId) {
        return switch (failure) {
            case Invalid invalid -> new Answer.Json(422, invalid.body(), Map.of());
            case Problem problem -> problem(problem, requestId);
            case ModelException model -> llm(model.kind(), model.sentence(), model.detail());
            default -> bug(failure, requestId);
        };
    }

    private static Answer problem(Problem problem, String requestId) {
        ProblemCode code = problem.code();
        if (code.blame() == ProblemCode.Blame.PROVIDER && code != ProblemCode.LLM_CONTEXT_WINDOW) {
            return llm(code, problem.detail(), problem.detail());
        }
        if (code == ProblemCode.INTERNAL) {
            return bug(problem, requestId);
        }
        if (code == ProblemCode.MCP_CONNECTION_ERROR) {
            return envelope(code, "Failed to connect to MCP server.", problem.detail());
        }
        ObjectNode body = Json.object();
        if (code == ProblemCode.UNPROCESSABLE) {
            body.put("trace_id", "");
        }
        if (code == ProblemCode.PENDING_APPROVAL) {
            ObjectNode detail = body.putObject("detail");
            detail.put("code", code.name()).put("message", problem.detail());
            problem.extra().forEach((key, value) -> detail.set(key, Json.tree(value)));
        } else {
            body.put("detail", problem.detail());
            problem.extra().forEach((key, value) -> body.set(key, Json.tree(value)));
        }
        return new Answer.Json(code.status(), body, headers(code));
    }

    private static Map<String, String> headers(ProblemCode code) {
        Map<String, String> headers = new HashMap<>();
        switch (code) {
            case BUSY, PENDING_APPROVAL, CONFLICT, STORAGE_FULL -> headers.put(SHOULD_RETRY, "false");
            case UNAVAILABLE -> headers.put("retry-after", RETRY_SECONDS);
            case UNAUTHORIZED -> headers.put("www-authenticate", "Bearer");
            default -> {
                // nothing to add
            }
        }
        return headers;
    }

    /** The envelope of provider failures. */
    static Answer llm(ProblemCode kind, String sentence, String detail) {
        if (kind == ProblemCode.LLM_CONTEXT_WINDOW) {
            String text = detail.startsWith("CONTEXT_WINDOW_EXCEEDED") ? detail : "CONTEXT_WINDOW_EXCEEDED: " + detail;
            return new Answer.Json(kind.status(), Json.object().put("detail", text), Map.of());
        }
        // Over HTTP an empty answer is an error like others; streams have a word of their own for it (09 §6, 03 §8).
        ProblemCode shown = kind == ProblemCode.LLM_EMPTY_RESPONSE ? ProblemCode.LLM_ERROR : kind;
        return envelope(shown, sentence, detail);
    }

    private static Answer envelope(ProblemCode kind, String sentence, String detail) {
        ObjectNode body = Json.object();
        body.putObject("error")
                .put("type", kind.name().toLowerCase(Locale.ROOT))
                .put("message", sentence)
                .put("detail", detail);
        return new Answer.Json(kind.status(), body, Map.of());
    }

    private static Answer bug(Throwable failure, String requestId) {
        LOG.error("request {} failed", requestId, failure);
        return new Answer.Json(500, Json.object().put("detail", UNKNOWN).put("request_id", requestId), Map.of());
    }
}
