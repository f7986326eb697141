package dev.mneme.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call gave back. text is the plain return as people see it; the envelope that a model sees
 * ({@code {"status","message","time"}}) is made when a request is built.
 *
 * @param parts texts and images, when the return was a list of these; text then has the texts, and a word for each image. Null: plain text
 */
public record ToolReturn(
        String toolCallId,
        String status,
        String text,
        @Nullable List<String> stdout,
        @Nullable List<String> stderr,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Content> parts) {
    public static final String SUCCESS = "success";
    public static final String ERROR = "error";

    /** Plain text. */
    public ToolReturn(
            String toolCallId,
            String status,
            String text,
            @Nullable List<String> stdout,
            @Nullable List<String> stderr) {
        this(toolCallId, status, text, stdout, stderr, null);
    }

    public boolean ok() {
        return status.equals(SUCCESS);
    }

    /** Its images, in their order. */
    public List<Content.Image> images() {
        return parts == null
                ? List.of()
                : parts.stream()
                        .filter(Content.Image.class::isInstance)
                        .map(Content.Image.class::cast)
                        .toList();
    }
}
