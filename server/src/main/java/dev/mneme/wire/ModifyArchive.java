package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** What may change in an archive; null leaves it as it is. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModifyArchive(@Nullable String name, @Nullable String description) {}
