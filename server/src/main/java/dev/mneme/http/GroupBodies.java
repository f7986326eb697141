package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.GroupConfig;
import dev.mneme.agent.GroupPatch;
import dev.mneme.agent.ManagerType;
import dev.mneme.agent.NewGroup;
import dev.mneme.base.IdKind;
import dev.mneme.wire.CreateGroup;
import dev.mneme.wire.ManagerFields;
import dev.mneme.wire.ModifyGroup;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of groups: the union of manager_config, and the checks of ids in lists (contract 08 §8.1). Pure. */
final class GroupBodies {
    private static final String MANAGER_TYPE = "manager_type";

    private GroupBodies() {}

    static NewGroup create(JsonNode json) {
        CreateGroup body = Binder.body(json, CreateGroup.class);
        BodyIds.all(IdKind.AGENT, "agent_ids", body.agentIds());
        BodyIds.all(IdKind.BLOCK, "shared_block_ids", body.sharedBlockIds());
        JsonNode config = body.managerConfig();
        return new NewGroup(
                body.agentIds(),
                body.description(),
                config == null || config.isNull() ? GroupConfig.ROUND_ROBIN : config(config, true),
                body.projectId(),
                body.sharedBlockIds() == null ? List.of() : body.sharedBlockIds(),
                body.hidden());
    }

    static GroupPatch patch(JsonNode json) {
        ModifyGroup body = Binder.body(json, ModifyGroup.class);
        BodyIds.all(IdKind.AGENT, "agent_ids", body.agentIds());
        BodyIds.all(IdKind.BLOCK, "shared_block_ids", body.sharedBlockIds());
        JsonNode config = body.managerConfig();
        return new GroupPatch(
                body.agentIds(),
                body.description(),
                config == null || config.isNull() ? null : config(config, false),
                body.projectId(),
                body.sharedBlockIds(),
                body.hidden(),
                names(json));
    }

    /** creating: a kind with a manager must name it, and what is left out gets its standard. */
    private static GroupConfig config(JsonNode json, boolean creating) {
        List<Object> place = List.of("body", "manager_config");
        if (!(json instanceof ObjectNode object)) {
            throw new Invalid(Invalid.Fault.of(
                    "model_attributes_type",
                    place,
                    "Input should be a valid dictionary or object to extract fields from",
                    json));
        }
        ManagerType type = type(object, place);
        ManagerFields fields = Binder.body(object, ManagerFields.class);
        List<Object> managerPlace = List.of("body", "manager_config", type.word(), "manager_agent_id");
        String manager = type == ManagerType.ROUND_ROBIN ? null : fields.managerAgentId();
        if (manager != null) {
            BodyIds.one(IdKind.AGENT, managerPlace, manager);
        } else if (creating && type != ManagerType.ROUND_ROBIN) {
            throw new Invalid(Invalid.Fault.missing(managerPlace));
        }
        Set<String> given = names(object);
        boolean dynamic = type == ManagerType.DYNAMIC;
        boolean voice = type == ManagerType.VOICE_SLEEPTIME;
        return new GroupConfig(
                type,
                manager,
                dynamic ? token(fields.terminationToken(), creating && !given.contains("termination_token")) : null,
                dynamic || type == ManagerType.ROUND_ROBIN ? fields.maxTurns() : null,
                type == ManagerType.SLEEPTIME ? fields.sleeptimeAgentFrequency() : null,
                voice ? fields.maxMessageBufferLength() : null,
                voice ? fields.minMessageBufferLength() : null,
                given);
    }

    private static @Nullable String token(@Nullable String given, boolean standard) {
        return standard ? GroupConfig.DONE : given;
    }

    private static ManagerType type(ObjectNode config, List<Object> place) {
        JsonNode tag = config.path(MANAGER_TYPE);
        if (tag.isMissingNode()) {
            throw new Invalid(new Invalid.Fault(
                    "union_tag_not_found",
                    place,
                    "Unable to extract tag using discriminator '" + MANAGER_TYPE + "'",
                    config,
                    Map.of("discriminator", "'" + MANAGER_TYPE + "'")));
        }
        ManagerType type = tag.isTextual() && ManagerType.creatable().contains(tag.textValue())
                ? ManagerType.find(tag.textValue())
                : null;
        if (type == null) {
            String expected = ManagerType.creatable().stream()
                    .map(word -> "'" + word + "'")
                    .collect(Collectors.joining(", "));
            throw new Invalid(new Invalid.Fault(
                    "union_tag_invalid",
                    place,
                    "Input tag '" + tag.asText() + "' found using '" + MANAGER_TYPE
                            + "' does not match any of the expected tags: " + expected,
                    config,
                    Map.of("tag", tag.asText(), "expected_tags", expected)));
        }
        return type;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> out = new HashSet<>();
        object.fieldNames().forEachRemaining(out::add);
        return out;
    }
}
