package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.Deployments;
import dev.mneme.agent.NewAgent;
import dev.mneme.memory.NewBlock;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.BlockView;
import dev.mneme.wire.CreateAgent;
import dev.mneme.wire.CreateBlock;
import dev.mneme.wire.CreateGroup;
import dev.mneme.wire.DeletedDeployment;
import dev.mneme.wire.DeploymentEntities;
import dev.mneme.wire.DeploymentEntity;
import dev.mneme.wire.GroupView;
import dev.mneme.wire.TemplateMarks;
import java.util.ArrayList;
import java.util.List;

/** Agents, blocks and groups that belong together by a deployment (openapi.json, internal templates). */
final class DeploymentRoutes {
    private static final Param<List<String>> TYPES =
            Param.manyOf("entity_types", List.of("block", "agent", "group"), "only these");
    private static final String ROOT = "/v1/_internal_templates";
    private static final String DEPLOYMENT = ROOT + "/deployment/{deployment_id}";

    private final Rooms rooms;

    DeploymentRoutes(Rooms rooms) {
        this.rooms = rooms;
    }

    private Deployments deployments() {
        return rooms.hosted().deployments();
    }

    List<Route> routes() {
        return List.of(
                Route.post(ROOT + "/agents", "Makes an agent of a deployment")
                        .body(CreateAgent.class)
                        .gives(AgentView.class)
                        .by(this::agent),
                Route.post(ROOT + "/blocks", "Makes a block of a deployment")
                        .body(CreateBlock.class)
                        .gives(BlockView.class)
                        .by(call -> Answer.ok(BlockRoutes.view(deployments()
                                .createBlocks(call.org(), call.user(), List.of(block(call.json())))
                                .getFirst()))),
                Route.post(ROOT + "/blocks/batch", "Makes several blocks of deployments; the body is a list")
                        .body(CreateBlock.class)
                        .givesList(BlockView.class)
                        .by(this::blocks),
                Route.post(ROOT + "/groups", "Makes a group of a deployment")
                        .body(CreateGroup.class)
                        .gives(GroupView.class)
                        .by(this::group),
                Route.get(DEPLOYMENT, "What belongs to a deployment")
                        .takes(TYPES)
                        .gives(DeploymentEntities.class)
                        .by(this::list),
                Route.delete(DEPLOYMENT, "Deletes everything of a deployment")
                        .gives(DeletedDeployment.class)
                        .by(this::delete));
    }

    private Answer agent(Call call) {
        call.body(TemplateMarks.class);
        ObjectNode body = SeedShapes.newAgent(call.json());
        call.body(body, CreateAgent.class);
        return Answer.ok(AgentViews.view(rooms.agents().create(call.org(), call.user(), NewAgent.read(body))));
    }

    private static NewBlock block(JsonNode json) {
        Binder.body(json, TemplateMarks.class);
        return BlockRoutes.wanted(Binder.body(json, CreateBlock.class));
    }

    private Answer blocks(Call call) {
        if (!(call.json() instanceof ArrayNode array)) {
            throw new Invalid(
                    Invalid.Fault.of("list_type", List.of("body"), "Input should be a valid list", call.json()));
        }
        List<NewBlock> wanted = new ArrayList<>();
        array.forEach(entry -> wanted.add(block(entry)));
        return Answer.ok(deployments().createBlocks(call.org(), call.user(), wanted).stream()
                .map(BlockRoutes::view)
                .toList());
    }

    private Answer group(Call call) {
        ObjectNode json = call.json() instanceof ObjectNode given ? given.deepCopy() : null;
        if (json != null) {
            json.put("entity_id", "");
        }
        TemplateMarks marks = Binder.body(json == null ? call.json() : json, TemplateMarks.class);
        return Answer.ok(GroupRoutes.view(deployments()
                .createGroup(
                        call.org(),
                        call.user(),
                        GroupBodies.create(call.json()),
                        marks.templateId(),
                        marks.baseTemplateId(),
                        marks.deploymentId())));
    }

    private Answer list(Call call) {
        List<String> types = call.at(TYPES);
        String id = call.at("deployment_id");
        List<DeploymentEntity> found = deployments().entities(call.org(), id).stream()
                .filter(entity -> types.isEmpty() || types.contains(entity.type()))
                .map(entity -> new DeploymentEntity(
                        entity.id(),
                        entity.type(),
                        entity.name(),
                        entity.description(),
                        entity.entityId(),
                        entity.projectId()))
                .toList();
        return Answer.ok(new DeploymentEntities(
                found, found.size(), id, "Found " + found.size() + " entities for deployment " + id));
    }

    private Answer delete(Call call) {
        String id = call.at("deployment_id");
        List<Deployments.Entity> gone = deployments().delete(call.org(), id);
        return Answer.ok(new DeletedDeployment(
                ids(gone, "block"),
                ids(gone, "agent"),
                ids(gone, "group"),
                "Deleted " + gone.size() + " entities of deployment " + id));
    }

    private static List<String> ids(List<Deployments.Entity> entities, String type) {
        return entities.stream()
                .filter(entity -> entity.type().equals(type))
                .map(Deployments.Entity::id)
                .toList();
    }
}
