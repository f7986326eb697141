package dev.mneme.http;

import dev.mneme.base.OutboundFetch;
import java.util.ArrayList;
import java.util.List;

/** Everything that the server answers, put together from the rooms' routes. */
final class Routes {
    /** The version of the retired server whose contract this one keeps; clients read it from health. */
    static final String CONTRACT = "0.16.7";

    private Routes() {}

    static List<Route> all(Rooms rooms) {
        List<Route> all = new ArrayList<>();
        AgentViews agents = new AgentViews(rooms.agents());
        SendRoutes send = new SendRoutes(
                rooms.desk(),
                rooms.runs(),
                rooms.models(),
                rooms.agents(),
                new ImageLinks(new OutboundFetch(rooms.outbound())),
                rooms.clock(),
                rooms.quiet());
        AgentMemoryRoutes core = new AgentMemoryRoutes(rooms.agents(), rooms.blocks(), agents);
        ArchivalRoutes archival = new ArchivalRoutes(rooms.archival(), rooms.agents());
        all.addAll(new HealthRoutes().routes());
        all.addAll(new AgentRoutes(rooms.agents(), agents).routes());
        all.addAll(new AgentFileRoutes(
                        rooms.agents(), rooms.library(), rooms.workshop().registrar(), rooms.scratch())
                .routes());
        all.addAll(send.routes());
        Threads threads = new Threads(rooms.agents());
        all.addAll(new ConversationRoutes(rooms.agents(), rooms.recall(), threads, rooms.desk()).routes());
        all.addAll(new ConversationSendRoutes(threads, send, rooms.runs(), rooms.desk()).routes());
        all.addAll(new CancelRoutes(rooms.agents(), threads, rooms.desk()).routes());
        all.addAll(new GroupSendRoutes(send, rooms.talks(), rooms.desk(), rooms.clock(), rooms.quiet()).routes());
        all.addAll(new IdentityRoutes(rooms.agents(), agents).routes());
        all.addAll(new GroupRoutes(rooms.groups(), rooms.recall()).routes());
        all.addAll(new ChatRoutes(rooms.agents(), threads, send, rooms.desk(), rooms.clock(), rooms.quiet()).routes());
        all.addAll(new BatchRoutes(rooms.batches(), send, threads, rooms.recall()).routes());
        all.addAll(new ScheduleRoutes(rooms, send, threads).routes());
        all.addAll(new TemplateRoutes(rooms).routes());
        all.addAll(new AccessTokenRoutes(rooms).routes());
        all.addAll(new EnvironmentRoutes(rooms).routes());
        all.addAll(new GenerateRoutes(rooms).routes());
        all.addAll(new GenerateToolRoutes(rooms).routes());
        all.addAll(new MessageRoutes(rooms.recall(), rooms.agents(), rooms.desk()).routes());
        all.addAll(new CompactionRoutes(rooms.desk(), threads).routes());
        all.addAll(new MessageSearchRoutes(rooms.recall()).routes());
        all.addAll(core.routes());
        all.addAll(archival.routes());
        all.addAll(new ArchiveRoutes(rooms.archival(), agents).routes());
        all.addAll(FolderRoutes.all(rooms.library()));
        all.addAll(new JobRoutes(rooms.library(), rooms.batches()).routes());
        all.addAll(new AgentFolderRoutes(rooms.agents(), agents).routes());
        all.addAll(new SeedRoutes(rooms, archival, core).routes());
        all.addAll(new BlockRoutes(rooms.blocks(), agents).routes());
        all.addAll(new ToolRoutes(rooms.tools(), rooms.baseTools()).routes());
        all.addAll(new ToolWriteRoutes(rooms.workshop().registrar()).routes());
        all.addAll(new ToolRunRoutes(rooms.workshop(), rooms.clock()).routes());
        all.addAll(new ToolSearchRoutes(rooms.workshop().search()).routes());
        all.addAll(new McpRoutes(
                        rooms.workshop().servers(),
                        rooms.workshop().remote(),
                        rooms.workshop().signIns())
                .routes());
        all.addAll(new SandboxRoutes(rooms.workshop().sandboxes()).routes());
        all.addAll(new RunRoutes(rooms.runs(), rooms.desk(), rooms.recall(), send).routes());
        all.addAll(new StepRoutes(rooms.runs(), rooms.recall()).routes());
        all.addAll(new ModelRoutes(rooms.models()).routes());
        all.addAll(new TagRoutes(rooms.agents()).routes());
        all.addAll(new DiagnosticRoutes(rooms.recall(), rooms.models()).routes());
        all.addAll(new DeploymentRoutes(rooms).routes());
        all.addAll(new AccountRoutes(rooms).routes());
        all.addAll(Aliases.of(all));
        all.addAll(new KeyRoutes(rooms.tenancy().keys()).routes());
        all.addAll(new UpkeepRoutes(rooms).routes());
        all.addAll(new AdminRoutes(rooms).routes());
        all.addAll(new ProviderRoutes(rooms.tenancy().providers(), rooms.models()).routes());
        all.addAll(RetiredRoutes.routes());
        all.addAll(new PageRoutes(() -> all, rooms.version()).routes());
        return List.copyOf(all);
    }
}
