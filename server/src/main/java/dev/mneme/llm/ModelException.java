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

    public ModelException(ProblemCode kind, String message, String detail, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.detail = detail;
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
}
