package dev.mneme.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.List;

/**
 * What a page in a browser may do with a few agents, for a while (decision 0023).
 *
 * @param id its name in lists: the part of the token before the dot, no secret
 * @param hostname the origin of the page, such as {@code https://app.example}
 * @param expiresAt microseconds since 1970 UTC
 */
public record AccessToken(
        String id, String organizationId, String userId, String hostname, List<Grant> policy, long expiresAt) {
    /** What may be done with an agent. */
    public enum Access {
        READ_MESSAGES,
        WRITE_MESSAGES,
        READ_AGENT,
        WRITE_AGENT;

        /** The word of the wire. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One agent and what may be done with it. */
    public record Grant(String agentId, List<Access> access) {}

    /** Whether the holder may do this with the agent. */
    public boolean allows(String agentId, Access wanted) {
        return policy.stream()
                .anyMatch(grant ->
                        grant.agentId().equals(agentId) && grant.access().contains(wanted));
    }

    /** The policy as the wire has it. */
    public JsonNode policyJson() {
        ObjectNode out = Json.object().put("version", "1");
        var data = out.putArray("data");
        for (Grant grant : policy) {
            ObjectNode entry = data.addObject().put("type", "agent").put("id", grant.agentId());
            var access = entry.putArray("access");
            grant.access().forEach(each -> access.add(each.word()));
        }
        return out;
    }
}
