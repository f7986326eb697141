package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** Some of the templates. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TemplatePage(boolean hasNextPage, List<TemplateView> templates) {}
