package dev.mneme.run;

import org.jspecify.annotations.Nullable;

/**
 * Who asked for a run.
 *
 * @param callerRunId the run that led to it, null: none
 * @param groupId the group on whose behalf it runs, null: none
 */
public record Origin(
        Kind kind, @Nullable String callerRunId, @Nullable String groupId) {
    /** A client's own request. */
    public static final Origin CLIENT = new Origin(Kind.CLIENT, null, null);

    /** How a run came about. */
    public enum Kind {
        /** A client asked. */
        CLIENT,
        /** An agent asked and waits for the answer. */
        ASKED,
        /** An agent said something and went on. */
        TOLD,
        /** A turn of the main agent ended. */
        COMPANION,
        /** It is this member's turn in a group. */
        GROUP
    }

    static Origin asked(String callerRunId) {
        return new Origin(Kind.ASKED, callerRunId, null);
    }

    static Origin told(String callerRunId) {
        return new Origin(Kind.TOLD, callerRunId, null);
    }

    static Origin companion(String callerRunId) {
        return new Origin(Kind.COMPANION, callerRunId, null);
    }

    static Origin group(String groupId) {
        return new Origin(Kind.GROUP, null, groupId);
    }
}
