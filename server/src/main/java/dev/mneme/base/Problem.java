package dev.mneme.base;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal that the caller should see: a code and a sentence that says what to do next.
 *
 * <p>{@link #detail} is the whole text of the answer, including a {@code CODE: } prefix where the contract has one.
 * Not for bugs: those are ordinary exceptions and become status 500.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ProblemCode code;
    private final String detail;
    private final transient Map<String, Object> extra = new LinkedHashMap<>();

    public Problem(ProblemCode code, String detail) {
        this(code, detail, null);
    }

    public Problem(ProblemCode code, String detail, @Nullable Throwable cause) {
        super(detail, cause, false, cause != null);
        this.code = code;
        this.detail = detail;
    }

    /** 400 with the contract's prefix: {@code INVALID_ARGUMENT: text}. */
    public static Problem invalid(String text) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, "INVALID_ARGUMENT: " + text);
    }

    /** 404 with exactly this text. */
    public static Problem notFound(String text) {
        return new Problem(ProblemCode.NOT_FOUND, text);
    }

    /** 409 with the contract's prefix: {@code CONFLICT: text}. */
    public static Problem conflict(String text) {
        return new Problem(ProblemCode.CONFLICT, "CONFLICT: " + text);
    }

    /** 422 with exactly this text. */
    public static Problem unprocessable(String text) {
        return new Problem(ProblemCode.UNPROCESSABLE, text);
    }

    public ProblemCode code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    /** More keys for the body, beside {@code detail} (for example {@code run_id}). */
    public Problem with(String key, Object value) {
        extra.put(key, value);
        return this;
    }

    public Map<String, Object> extra() {
        return extra;
    }
}
