package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** What a compaction has done; the system message counts, so does the summary afterwards (contract 04 §6). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CompactionView(String summary, int numMessagesBefore, int numMessagesAfter) {}
