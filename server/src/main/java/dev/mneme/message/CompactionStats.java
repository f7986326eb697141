package dev.mneme.message;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What one compaction did to a context (contract 04 §6). Tokens before are the provider's count where it gave one; the system row counts as
 * a message, so does the summary afterwards.
 *
 * @param trigger {@code post_step_context_check} or {@code context_window_exceeded}
 */
public record CompactionStats(
        String trigger,
        @JsonProperty("context_tokens_before") int contextTokensBefore,
        @JsonProperty("context_tokens_after") int contextTokensAfter,
        @JsonProperty("context_window") int contextWindow,
        @JsonProperty("messages_count_before") int messagesCountBefore,
        @JsonProperty("messages_count_after") int messagesCountAfter) {}
