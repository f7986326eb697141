package dev.mneme.llm;

import dev.mneme.base.ProblemCode;
import org.jspecify.annotations.Nullable;

/**
 * A provider failed. kind is one of the LLM_ codes; message is the contract's sentence for it (09 §6), detail carries the
 * provider's own words.
 */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ProblemCode kind;
    private final String detail;
    private final boolean mayPass;
    private final long after;

    public ModelException(ProblemCode kind, String message, String detail, @Nullable Throwable cause) {
        this(kind, message, detail, cause, false);
    }

    /** @param mayPass whether the same call may well succeed a little later */
    public ModelException(ProblemCode kind, String message, String detail, @Nullable Throwable cause, boolean mayPass) {
        this(kind, message, detail, cause, mayPass, -1);
    }

    private ModelException(
            ProblemCode kind, String message, String detail, @Nullable Throwable cause, boolean mayPass, long after) {
        super(message, cause);
        this.kind = kind;
        this.detail = detail;
        this.mayPass = mayPass;
        this.after = after;
    }

    /** The same with what the provider said of a next try: whether, and after how many milliseconds (negative: it did not say). */
    ModelException asked(boolean again, long millis) {
        return new ModelException(kind, sentence(), detail, getCause(), mayPass && again, millis);
    }

    /** Milliseconds that the provider asked to wait before the next try; negative: it did not. */
    long after() {
        return after;
    }

    public ProblemCode kind() {
        return kind;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    public String detail() {
        return detail;
    }

    /** Whether the same call may well succeed a little later: the provider was busy, or the connection broke. */
    public boolean mayPass() {
        return mayPass;
    }
}
