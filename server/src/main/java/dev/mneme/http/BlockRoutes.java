package dev.mneme.http;

import dev.mneme.memory.Block;
import dev.mneme.memory.BlockFilter;
import dev.mneme.memory.BlockPatch;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.NewBlock;
import dev.mneme.memory.Page;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.BlockVersionView;
import dev.mneme.wire.BlockView;
import dev.mneme.wire.CreateBlock;
import dev.mneme.wire.ModifyBlock;
import java.util.List;
import java.util.Objects;

/** Blocks as things of the organisation, whoever holds them (contract 04 §1, 07 §6). */
final class BlockRoutes {
    private static final Param<String> LABEL = Param.text("label", "exactly this label");
    private static final Param<Boolean> TEMPLATES =
            Param.flag("templates_only", false, "templates only; otherwise none of them");
    private static final Param<Boolean> COUNTED_TEMPLATES =
            Param.flag("templates_only", false, "templates only; otherwise these too");
    private static final Param<String> NAME = Param.text("name", "exactly this template name");
    private static final Param<String> PROJECT = Param.text("project_id", "exactly this project");
    private static final Param<String> IDENTITY = Param.text("identity_id", "blocks of this identity");
    private static final Param<List<String>> KEYS =
            Param.many("identifier_keys", "blocks of identities with any of these keys");
    private static final Param<String> LABEL_SEARCH = Param.text("label_search", "part of the label");
    private static final Param<String> DESCRIPTION_SEARCH = Param.text("description_search", "part of the description");
    private static final Param<String> VALUE_SEARCH = Param.text("value_search", "part of the value");
    private static final Param<List<String>> TAGS = Param.many("tags", "any of these tags");
    private static final Param<Boolean> ALL_TAGS = Param.flag("match_all_tags", false, "all of these tags");
    private static final Param<Integer> MORE =
            Param.maybeWhole("connected_to_agents_count_gt", 0, Integer.MAX_VALUE, "held by more agents than this");
    private static final Param<Integer> FEWER =
            Param.maybeWhole("connected_to_agents_count_lt", 0, Integer.MAX_VALUE, "held by fewer agents than this");
    private static final Param<List<Integer>> EXACTLY =
            Param.wholes("connected_to_agents_count_eq", "held by one of these numbers of agents");
    private static final Param<Boolean> HIDDEN = Param.flag("show_hidden_blocks", false, "hidden ones too");
    private static final Param<Integer> LIMIT = Paging.limit(50);
    private static final Param<Integer> VERSIONS = Paging.limit(50, 1, 100);

    private final Blocks blocks;
    private final AgentViews agents;

    BlockRoutes(Blocks blocks, AgentViews agents) {
        this.blocks = blocks;
        this.agents = agents;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/blocks", "Blocks, oldest first")
                        .takes(LABEL, TEMPLATES, NAME, PROJECT, IDENTITY, KEYS)
                        .takes(LABEL_SEARCH, DESCRIPTION_SEARCH, VALUE_SEARCH, TAGS, ALL_TAGS, MORE, FEWER, EXACTLY)
                        .takes(HIDDEN, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.ASC, Paging.ORDER_BY)
                        .givesList(BlockView.class)
                        .by(this::list),
                Route.post("/v1/blocks", "Makes a block that nobody holds yet")
                        .body(CreateBlock.class)
                        .gives(BlockView.class)
                        .by(call -> Answer.ok(
                                view(blocks.create(call.org(), call.user(), wanted(call.body(CreateBlock.class)))))),
                Route.get("/v1/blocks/count", "How many blocks there are")
                        .takes(LABEL, COUNTED_TEMPLATES, NAME, PROJECT, TAGS, ALL_TAGS)
                        .by(this::count),
                Route.get("/v1/blocks/{block_id:block}", "One block")
                        .gives(BlockView.class)
                        .by(call -> Answer.ok(view(blocks.get(call.org(), call.at("block_id"))))),
                Route.patch("/v1/blocks/{block_id:block}", "Changes a block for every agent that holds it")
                        .body(ModifyBlock.class)
                        .gives(BlockView.class)
                        .by(this::modify),
                Route.post("/v1/blocks/{block_id:block}", "As PATCH, for clients of 2024")
                        .body(ModifyBlock.class)
                        .gives(BlockView.class)
                        .hidden()
                        .by(this::modify),
                Route.delete("/v1/blocks/{block_id:block}", "Deletes a block for every agent that holds it")
                        .by(this::delete),
                Route.get(
                                "/v1/blocks/{block_id:block}/history",
                                "What a block held before its last changes, newest first")
                        .takes(VERSIONS)
                        .givesList(BlockVersionView.class)
                        .by(this::history),
                Route.get("/v1/blocks/{block_id:block}/agents", "The agents that hold a block")
                        .takes(
                                Paging.BEFORE,
                                Paging.AFTER,
                                LIMIT,
                                Paging.DESC,
                                Paging.ORDER_BY,
                                AgentViews.INCLUDE,
                                AgentViews.RELATIONSHIPS)
                        .givesList(AgentView.class)
                        .by(this::agents));
    }

    private Answer list(Call call) {
        Page page = new Page(
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                Paging.ascending(call, Paging.ASC));
        return Answer.ok(blocks.list(call.org(), filter(call), page).stream()
                .map(BlockRoutes::view)
                .toList());
    }

    private static BlockFilter filter(Call call) {
        return new BlockFilter(
                call.maybe(LABEL),
                call.at(TEMPLATES),
                call.maybe(NAME),
                call.maybe(PROJECT),
                call.maybe(LABEL_SEARCH),
                call.maybe(DESCRIPTION_SEARCH),
                call.maybe(VALUE_SEARCH),
                call.at(TAGS),
                call.at(ALL_TAGS),
                call.maybe(MORE),
                call.maybe(FEWER),
                call.at(EXACTLY),
                call.at(HIDDEN),
                call.maybe(IDENTITY),
                call.at(KEYS));
    }

    private Answer count(Call call) {
        BlockFilter filter = new BlockFilter(
                call.maybe(LABEL),
                call.at(COUNTED_TEMPLATES) ? true : null,
                call.maybe(NAME),
                call.maybe(PROJECT),
                null,
                null,
                null,
                call.at(TAGS),
                call.at(ALL_TAGS),
                null,
                null,
                List.of(),
                true);
        return Answer.ok(blocks.count(call.org(), filter));
    }

    private Answer modify(Call call) {
        ModifyBlock change = call.body(ModifyBlock.class);
        return Answer.ok(view(blocks.patch(call.org(), call.user(), call.at("block_id"), patch(change))));
    }

    private Answer delete(Call call) {
        blocks.delete(call.org(), call.at("block_id"));
        return Answer.nothing();
    }

    private Answer history(Call call) {
        return Answer.ok(blocks.history(call.org(), call.at("block_id"), call.at(VERSIONS)).stream()
                .map(version -> new BlockVersionView(
                        version.version(),
                        version.label(),
                        version.value(),
                        version.limit(),
                        version.description(),
                        Times.zulu(version.replacedAt()),
                        version.replacedById()))
                .toList());
    }

    private Answer agents(Call call) {
        String id = blocks.get(call.org(), call.at("block_id")).id();
        Page page = new Page(
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                Paging.ascending(call, Paging.DESC));
        return agents.holders(call, blocks.agentsOf(call.org(), id, page));
    }

    static NewBlock wanted(CreateBlock body) {
        return new NewBlock(
                body.label(),
                body.value(),
                body.limit(),
                body.description(),
                Boolean.TRUE.equals(body.readOnly()),
                Boolean.TRUE.equals(body.isTemplate()),
                body.templateName(),
                body.metadata(),
                body.tags(),
                body.hidden(),
                Boolean.TRUE.equals(body.preserveOnMigration()),
                body.projectId(),
                body.templateId(),
                body.baseTemplateId(),
                body.deploymentId(),
                body.entityId());
    }

    static BlockPatch patch(ModifyBlock body) {
        return new BlockPatch(
                body.label(),
                body.value(),
                body.limit(),
                body.description(),
                body.readOnly(),
                body.isTemplate(),
                body.templateName(),
                body.metadata(),
                body.tags(),
                body.hidden(),
                body.preserveOnMigration(),
                body.projectId(),
                body.templateId(),
                body.baseTemplateId(),
                body.deploymentId(),
                body.entityId());
    }

    static BlockView view(Block block) {
        return new BlockView(
                block.value(),
                block.limit(),
                block.projectId(),
                block.templateName(),
                block.isTemplate(),
                block.templateId(),
                block.baseTemplateId(),
                block.deploymentId(),
                block.entityId(),
                block.preserveOnMigration(),
                block.label(),
                block.readOnly(),
                block.description(),
                Objects.requireNonNull(block.metadata()),
                block.hidden(),
                block.id(),
                block.createdById(),
                block.lastUpdatedById(),
                block.tags());
    }
}
