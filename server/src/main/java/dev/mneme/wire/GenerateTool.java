package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tool that a model shall write.
 *
 * @param toolName of the function
 * @param prompt what it shall do
 * @param handle of the model, null: the server's own choice
 * @param starterCode a source to begin with
 * @param validationErrors why an earlier source was refused
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record GenerateTool(
        String toolName,
        String prompt,
        @Nullable String handle,
        @Nullable String starterCode,
        @Nullable List<String> validationErrors) {}
