package dev.mneme.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which agents a list shows (contract 01 §6); filters are ANDed, nulls and empty lists do not filter.
 *
 * @param name exact
 * @param queryText part of the name, in any case
 * @param tags any of them, or all with matchAllTags
 * @param identityId agents of this identity; identifierKeys: of any with one of these keys
 * @param before an id: the page just before it; unknown: ignored
 * @param after an id: the page just after it; unknown: ignored
 * @param limit rows, 0: no limit
 */
public record AgentFilter(
        @Nullable String name,
        @Nullable String queryText,
        List<String> tags,
        boolean matchAllTags,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String identityId,
        List<String> identifierKeys,
        @Nullable String lastStopReason,
        @Nullable String createdById,
        boolean showHidden,
        @Nullable String before,
        @Nullable String after,
        int limit,
        boolean ascending,
        Order orderBy) {
    /** The list's default page (contract 01 §6). */
    public static final int DEFAULT_LIMIT = 50;

    /** What a list is sorted by; ties by id. */
    public enum Order {
        CREATED_AT,
        UPDATED_AT,
        /** Agents that never ran come last. */
        LAST_RUN_COMPLETION
    }

    public AgentFilter {
        tags = List.copyOf(tags);
        identifierKeys = List.copyOf(identifierKeys);
    }

    /** The first page, newest first, without filters. */
    public static final AgentFilter NEWEST = page(null, null, DEFAULT_LIMIT, false);

    /** A page without filters. */
    public static AgentFilter page(@Nullable String before, @Nullable String after, int limit, boolean ascending) {
        return new AgentFilter(
                null,
                null,
                List.of(),
                false,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                false,
                before,
                after,
                limit,
                ascending,
                Order.CREATED_AT);
    }

    /** The same page of agents with this exact name. */
    public AgentFilter named(String exactName) {
        return new AgentFilter(
                exactName,
                queryText,
                tags,
                matchAllTags,
                projectId,
                templateId,
                baseTemplateId,
                identityId,
                identifierKeys,
                lastStopReason,
                createdById,
                showHidden,
                before,
                after,
                limit,
                ascending,
                orderBy);
    }

    /** The same page of agents whose names contain this, in any case; null: of all. */
    public AgentFilter containing(@Nullable String part) {
        return new AgentFilter(
                name,
                part,
                tags,
                matchAllTags,
                projectId,
                templateId,
                baseTemplateId,
                identityId,
                identifierKeys,
                lastStopReason,
                createdById,
                showHidden,
                before,
                after,
                limit,
                ascending,
                orderBy);
    }

    /** The same page of agents with any of these tags, or with all of them. */
    public AgentFilter tagged(List<String> wanted, boolean all) {
        return new AgentFilter(
                name,
                queryText,
                wanted,
                all,
                projectId,
                templateId,
                baseTemplateId,
                identityId,
                identifierKeys,
                lastStopReason,
                createdById,
                showHidden,
                before,
                after,
                limit,
                ascending,
                orderBy);
    }
}
