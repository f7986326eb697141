package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Identities;
import dev.mneme.agent.Identity;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Page;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.BlockView;
import dev.mneme.wire.CreateIdentity;
import dev.mneme.wire.IdentityProperty;
import dev.mneme.wire.IdentityView;
import dev.mneme.wire.ModifyIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** People and organisations outside, and what belongs to them (contract 07 §4). */
final class IdentityRoutes {
    private static final Param<String> NAME = Param.text("name", "part of the name");
    private static final Param<String> PROJECT = Param.text("project_id", "exactly this project");
    private static final Param<String> KEY = Param.text("identifier_key", "exactly this key");
    private static final Param<String> TYPE = Param.maybeChoice("identity_type", Identity.TYPES, "of this kind");
    private static final Param<Integer> LIMIT = Paging.limit(50);
    private static final String IDENTITY = "/v1/identities/{identity_id:identity}";
    private static final String OF_AGENT = "/v1/agents/{agent_id:agent}/identities/";
    private static final String OF_BLOCK = "/v1/blocks/{block_id:block}/identities/";

    private final Agents agents;
    private final AgentViews views;

    IdentityRoutes(Agents agents, AgentViews views) {
        this.agents = agents;
        this.views = views;
    }

    private Identities identities() {
        return agents.identities();
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/identities", "Identities, newest first")
                        .takes(NAME, PROJECT, KEY, TYPE, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC)
                        .takes(Paging.ORDER_BY)
                        .givesList(IdentityView.class)
                        .by(this::list),
                Route.post("/v1/identities", "Makes an identity")
                        .body(CreateIdentity.class)
                        .gives(IdentityView.class)
                        .by(call -> Answer.ok(view(identities().create(call.org(), call.user(), wanted(call))))),
                Route.put("/v1/identities", "Makes the identity with this key, or changes it")
                        .body(CreateIdentity.class)
                        .gives(IdentityView.class)
                        .by(call -> Answer.ok(view(identities().upsert(call.org(), call.user(), wanted(call))))),
                Route.get("/v1/identities/count", "How many identities there are")
                        .by(call -> Answer.ok(identities().count(call.org()))),
                Route.get(IDENTITY, "One identity")
                        .gives(IdentityView.class)
                        .by(call -> Answer.ok(view(identities().get(call.org(), call.at("identity_id"))))),
                Route.patch(IDENTITY, "Changes an identity; properties are merged, agents and blocks added")
                        .body(ModifyIdentity.class)
                        .gives(IdentityView.class)
                        .by(call -> Answer.ok(view(
                                identities().patch(call.org(), call.user(), call.at("identity_id"), change(call))))),
                Route.put(IDENTITY + "/properties", "Replaces all properties; the body is a list of them")
                        .body(IdentityProperty.class)
                        .gives(IdentityView.class)
                        .by(this::setProperties),
                Route.delete(IDENTITY, "Deletes an identity; its agents and blocks stay")
                        .by(this::delete),
                Route.get(IDENTITY + "/agents", "The agents of an identity, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .takes(AgentViews.INCLUDE, AgentViews.RELATIONSHIPS)
                        .givesList(AgentView.class)
                        .by(call -> views.holders(
                                call, identities().agentsOf(call.org(), call.at("identity_id"), page(call)))),
                Route.get(IDENTITY + "/blocks", "The blocks of an identity, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(BlockView.class)
                        .by(this::blocks),
                Route.patch(OF_AGENT + "attach/{identity_id}", "Gives an agent to an identity")
                        .by(call -> {
                            identities().attachAgent(call.org(), id(call), call.at("agent_id"));
                            return Answer.nothing();
                        }),
                Route.patch(OF_AGENT + "detach/{identity_id}", "Takes an agent from an identity")
                        .by(call -> {
                            identities().detachAgent(call.org(), id(call), call.at("agent_id"));
                            return Answer.nothing();
                        }),
                Route.patch(OF_BLOCK + "attach/{identity_id}", "Gives a block to an identity")
                        .gives(BlockView.class)
                        .by(call -> Answer.ok(
                                BlockRoutes.view(identities().attachBlock(call.org(), id(call), call.at("block_id"))))),
                Route.patch(OF_BLOCK + "detach/{identity_id}", "Takes a block from an identity")
                        .gives(BlockView.class)
                        .by(call -> Answer.ok(BlockRoutes.view(
                                identities().detachBlock(call.org(), id(call), call.at("block_id"))))));
    }

    /** The identity in an untyped place: a malformed id is 400 there (contract 07). */
    private static String id(Call call) {
        String id = call.at("identity_id");
        if (!IdKind.IDENTITY.fits(id)) {
            throw Param.malformed(IdKind.IDENTITY, id);
        }
        return id;
    }

    private Answer list(Call call) {
        Identity.Filter filter = new Identity.Filter(
                call.maybe(NAME),
                call.maybe(PROJECT),
                call.maybe(KEY),
                call.maybe(TYPE),
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                call.at(Paging.DESC).equals("asc"));
        return Answer.ok(identities().list(call.org(), filter).stream()
                .map(IdentityRoutes::view)
                .toList());
    }

    private Answer blocks(Call call) {
        return Answer.ok(identities().blocksOf(call.org(), call.at("identity_id"), page(call)).stream()
                .map(BlockRoutes::view)
                .toList());
    }

    private Answer delete(Call call) {
        identities().delete(call.org(), call.at("identity_id"));
        return Answer.nothing();
    }

    private Answer setProperties(Call call) {
        if (!(call.json() instanceof ArrayNode array)) {
            throw new Invalid(
                    Invalid.Fault.of("list_type", List.of("body"), "Input should be a valid list", call.json()));
        }
        for (int i = 0; i < array.size(); i++) {
            checkType(Binder.closed(array.get(i), IdentityProperty.class), List.of("body", i, "type"));
        }
        return Answer.ok(view(identities().setProperties(call.org(), call.user(), call.at("identity_id"), array)));
    }

    private static Page page(Call call) {
        return new Page(
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                call.at(Paging.DESC).equals("asc"));
    }

    private static Identity.Wish wanted(Call call) {
        CreateIdentity body = call.closedBody(CreateIdentity.class);
        String project = body.projectId() == null ? call.header("x-project-id") : body.projectId();
        return wish(
                body.identifierKey(),
                body.name(),
                body.identityType(),
                project,
                body.agentIds(),
                body.blockIds(),
                body.properties());
    }

    private static Identity.Wish change(Call call) {
        ModifyIdentity body = call.closedBody(ModifyIdentity.class);
        return wish(
                body.identifierKey(),
                body.name(),
                body.identityType(),
                null,
                body.agentIds(),
                body.blockIds(),
                body.properties());
    }

    private static Identity.Wish wish(
            @Nullable String key,
            @Nullable String name,
            @Nullable String type,
            @Nullable String project,
            @Nullable List<String> agents,
            @Nullable List<String> blocks,
            @Nullable List<IdentityProperty> properties) {
        if (type != null && !Identity.TYPES.contains(type)) {
            throw new Invalid(Param.notOneOf(List.of("body", "identity_type"), type, Identity.TYPES));
        }
        BodyIds.all(IdKind.AGENT, "agent_ids", agents);
        BodyIds.all(IdKind.BLOCK, "block_ids", blocks);
        for (int i = 0; properties != null && i < properties.size(); i++) {
            checkType(properties.get(i), List.of("body", "properties", i, "type"));
        }
        JsonNode stored = properties == null ? null : Json.tree(properties);
        return new Identity.Wish(key, name, type, project, agents, blocks, stored);
    }

    private static void checkType(IdentityProperty property, List<Object> place) {
        if (!Identity.PROPERTY_TYPES.contains(property.type())) {
            throw new Invalid(Param.notOneOf(place, property.type(), Identity.PROPERTY_TYPES));
        }
    }

    static IdentityView view(Identity identity) {
        return new IdentityView(
                identity.id(),
                identity.identifierKey(),
                identity.name(),
                identity.identityType(),
                identity.projectId(),
                List.of(),
                List.of(),
                identity.organizationId(),
                identity.properties());
    }
}
