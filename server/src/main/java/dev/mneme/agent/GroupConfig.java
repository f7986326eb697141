package dev.mneme.agent;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code manager_config} as a caller wrote it (contract 08 §8.1); what its kind does not have is null.
 *
 * @param given wire names of the fields that the caller wrote, those with null too
 */
public record GroupConfig(
        ManagerType type,
        @Nullable String managerAgentId,
        @Nullable String terminationToken,
        @Nullable Integer maxTurns,
        @Nullable Integer sleeptimeAgentFrequency,
        @Nullable Integer maxMessageBufferLength,
        @Nullable Integer minMessageBufferLength,
        Set<String> given) {
    /** Ends the talk of a dynamic group unless its maker chose another word. */
    public static final String DONE = "DONE!";

    /** Messages in a voice buffer: with fewer a summary would be longer than what it stands for (contract 08 §8.1). */
    private static final int BUFFER_ABOVE = 4;

    /** A new group whose members simply take turns. */
    public static final GroupConfig ROUND_ROBIN =
            new GroupConfig(ManagerType.ROUND_ROBIN, null, null, null, null, null, null, Set.of());

    public GroupConfig {
        given = Set.copyOf(given);
    }

    /** A config of a group of this kind in which nothing was written. */
    static GroupConfig unchanged(ManagerType type) {
        return new GroupConfig(type, null, null, null, null, null, null, Set.of());
    }

    boolean gives(String field) {
        return given.contains(field);
    }

    /** Refuses buffer lengths that do not fit each other. */
    static void checkBuffers(@Nullable Integer most, @Nullable Integer least) {
        if (most == null && least == null) {
            return;
        }
        String got = "(got max_message_buffer_length=" + (most == null ? "None" : most) + ", min_message_buffer_length="
                + (least == null ? "None" : least) + ")";
        if (most == null || least == null) {
            throw refused("Both 'max_message_buffer_length' and 'min_message_buffer_length' must be provided together "
                    + got);
        }
        if (most <= BUFFER_ABOVE || least <= BUFFER_ABOVE) {
            throw refused("Both 'max_message_buffer_length' and 'min_message_buffer_length' must be greater than "
                    + BUFFER_ABOVE + " " + got);
        }
        if (most <= least) {
            throw refused("'max_message_buffer_length' must be greater than 'min_message_buffer_length' " + got);
        }
    }

    static Problem refused(String text) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, text);
    }
}
