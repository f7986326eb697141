package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** Saved versions of a template, newest first. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TemplateVersionPage(List<TemplateVersionView> versions, boolean hasNextPage, int totalCount) {}
