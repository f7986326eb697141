package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person or an organisation outside that agents and blocks belong to (contract 07 §4).
 *
 * @param identifierKey what the caller's own system knows it by; unique within the project
 * @param identityType one of {@link #TYPES}
 * @param properties array of {@code {key, value, type}}
 * @param createdAt microseconds since 1970 UTC
 */
public record Identity(
        String id,
        String organizationId,
        String identifierKey,
        String name,
        String identityType,
        @Nullable String projectId,
        JsonNode properties,
        long createdAt) {
    /** The kinds of identity. */
    public static final List<String> TYPES = List.of("org", "user", "other");

    /** What a property may say its value is; nobody checks that it is. */
    public static final List<String> PROPERTY_TYPES = List.of("string", "number", "boolean", "json");

    /**
     * What an identity should be: to be made, put in the place of an older one, or changed.
     *
     * @param identifierKey null only in a change, likewise name and identityType: it stays
     * @param agentIds null: nothing is said about them, likewise blockIds and properties
     */
    public record Wish(
            @Nullable String identifierKey,
            @Nullable String name,
            @Nullable String identityType,
            @Nullable String projectId,
            @Nullable List<String> agentIds,
            @Nullable List<String> blockIds,
            @Nullable JsonNode properties) {}

    /**
     * Which identities a list shows; nulls do not filter.
     *
     * @param name part of it, in any case; the others are exact
     * @param before an id, 404 when unknown; likewise after
     * @param limit 0: all
     */
    public record Filter(
            @Nullable String name,
            @Nullable String projectId,
            @Nullable String identifierKey,
            @Nullable String identityType,
            @Nullable String before,
            @Nullable String after,
            int limit,
            boolean ascending) {}
}
