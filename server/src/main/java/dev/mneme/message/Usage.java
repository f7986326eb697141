package dev.mneme.message;

import org.jspecify.annotations.Nullable;

/** Tokens of one model call or summed over a turn. null: the provider did not say. */
public record Usage(
        int promptTokens,
        int completionTokens,
        int totalTokens,
        @Nullable Integer cachedInputTokens,
        @Nullable Integer cacheWriteTokens,
        @Nullable Integer reasoningTokens) {
    public static final Usage NONE = new Usage(0, 0, 0, null, null, null);

    /** The sum; a part that only one side knows counts as that side's. */
    public Usage plus(Usage other) {
        return new Usage(
                promptTokens + other.promptTokens,
                completionTokens + other.completionTokens,
                totalTokens + other.totalTokens,
                sum(cachedInputTokens, other.cachedInputTokens),
                sum(cacheWriteTokens, other.cacheWriteTokens),
                sum(reasoningTokens, other.reasoningTokens));
    }

    private static @Nullable Integer sum(@Nullable Integer a, @Nullable Integer b) {
        if (a == null) {
            return b;
        }
        return b == null ? a : Integer.valueOf(a + b);
    }
}
