package dev.mneme.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call gave back. text is the plain return as people see it; the envelope that a model sees
 * ({@code {"status","message","time"}}) is made when a request is built.
 */
public record ToolReturn(
        String toolCallId,
        String status,
        String text,
        @Nullable List<String> stdout,
        @Nullable List<String> stderr) {
    public static final String SUCCESS = "success";
    public static final String ERROR = "error";

    public boolean ok() {
        return status.equals(SUCCESS);
    }
}
