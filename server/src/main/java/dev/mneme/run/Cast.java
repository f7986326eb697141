package dev.mneme.run;

import dev.mneme.agent.AgentState;
import dev.mneme.agent.GroupState;
import dev.mneme.agent.ManagerType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who takes part in a talk and how it goes on, as of its begin: later changes of the group are for its next talk.
 *
 * @param members in speaking order
 * @param manager null when there is none
 */
record Cast(
        String groupId,
        ManagerType managerType,
        @Nullable Integer maxTurns,
        @Nullable String terminationToken,
        List<Member> members,
        @Nullable Member manager) {
    Cast {
        members = List.copyOf(members);
    }

    /** An agent that speaks. */
    record Member(String id, String name, @Nullable String description) {
        static Member of(AgentState agent) {
            return new Member(agent.id(), agent.name(), agent.description());
        }
    }

    static Cast of(GroupState group, List<AgentState> members, @Nullable AgentState manager) {
        return new Cast(
                group.id(),
                group.managerType(),
                group.maxTurns(),
                group.terminationToken(),
                members.stream().map(Member::of).toList(),
                manager == null ? null : Member.of(manager));
    }
}
