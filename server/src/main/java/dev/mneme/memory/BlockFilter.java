package dev.mneme.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks a list shows; null or empty: no filter.
 *
 * @param label exactly; letters, digits, {@code _/-}, at most 50 of them
 * @param templates true: templates only; false: none of them; null: both
 * @param templateName exactly
 * @param labelSearch substring, without case; likewise descriptionSearch and valueSearch
 * @param allTags every tag must be there, otherwise any
 * @param agentsGreater attached to more agents than this; likewise agentsLess, and agentsEqual one of these numbers
 * @param identityId blocks of this identity; identifierKeys: of any with one of these keys
 */
public record BlockFilter(
        @Nullable String label,
        @Nullable Boolean templates,
        @Nullable String templateName,
        @Nullable String projectId,
        @Nullable String labelSearch,
        @Nullable String descriptionSearch,
        @Nullable String valueSearch,
        List<String> tags,
        boolean allTags,
        @Nullable Integer agentsGreater,
        @Nullable Integer agentsLess,
        List<Integer> agentsEqual,
        boolean showHidden,
        @Nullable String identityId,
        List<String> identifierKeys) {
    /** What GET /v1/blocks/ shows without parameters. */
    public static final BlockFilter ORDINARY =
            new BlockFilter(null, false, null, null, null, null, null, List.of(), false, null, null, List.of(), false);

    public BlockFilter {
        tags = List.copyOf(tags);
        agentsEqual = List.copyOf(agentsEqual);
        identifierKeys = List.copyOf(identifierKeys);
    }

    /** Whoever they belong to. */
    public BlockFilter(
            @Nullable String label,
            @Nullable Boolean templates,
            @Nullable String templateName,
            @Nullable String projectId,
            @Nullable String labelSearch,
            @Nullable String descriptionSearch,
            @Nullable String valueSearch,
            List<String> tags,
            boolean allTags,
            @Nullable Integer agentsGreater,
            @Nullable Integer agentsLess,
            List<Integer> agentsEqual,
            boolean showHidden) {
        this(
                label,
                templates,
                templateName,
                projectId,
                labelSearch,
                descriptionSearch,
                valueSearch,
                tags,
                allTags,
                agentsGreater,
                agentsLess,
                agentsEqual,
                showHidden,
                null,
                List.of());
    }
}
