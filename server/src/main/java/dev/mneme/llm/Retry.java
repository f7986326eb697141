package dev.mneme.llm;

import org.jspecify.annotations.Nullable;

/**
 * A model call that is made again.
 *
 * @param model the one that failed, as its provider names it
 * @param why the failure, with the provider's own words
 * @param waitMillis milliseconds before the next try
 * @param instead handle of the model that is asked instead; null: the same one again
 */
public record Retry(
        String model, String why, long waitMillis, @Nullable String instead) {}
