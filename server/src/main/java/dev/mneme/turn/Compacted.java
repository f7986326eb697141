package dev.mneme.turn;

/** What a compaction that somebody asked for has done. The system message counts, so does the summary afterwards. */
public record Compacted(String summary, int messagesBefore, int messagesAfter) {}
