package dev.mneme.http;

import dev.mneme.agent.Agents;
import dev.mneme.file.AgentFile;
import dev.mneme.wire.AgentFilesPage;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.SourceView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The folders and files of an agent (contract 06 §6.7, §6.9). */
final class AgentFolderRoutes {
    private static final String AGENT = "/v1/agents/{agent_id:agent}";
    private static final Param<Integer> FILES = Paging.limit(100, 1, Integer.MAX_VALUE);
    private static final Param<Integer> FOLDERS = Paging.limit(100);
    private static final Param<String> CURSOR = Param.text("cursor", "older spelling of after");
    private static final Param<Boolean> OPEN = Param.maybe("is_open", "only open, or only closed files");
    private static final Param<String> OWNER = Param.required("agent_id", "the agent");

    private final Agents agents;
    private final AgentViews views;

    AgentFolderRoutes(Agents agents, AgentViews views) {
        this.agents = agents;
        this.views = views;
    }

    List<Route> routes() {
        return List.of(
                Route.get(AGENT + "/files", "The files that the agent can see")
                        .takes(Paging.BEFORE, Paging.AFTER, FILES, Paging.ASC, Paging.ORDER_BY, OPEN, CURSOR)
                        .gives(AgentFilesPage.class)
                        .by(this::files),
                Route.patch(AGENT + "/files/close-all", "Closes every file; answers the names of those that were open")
                        .by(call -> Answer.ok(agents.changeFiles(
                                call.org(), id(call), (files, tx) -> files.closeAll(tx, id(call), Set.of())))),
                Route.patch(
                                AGENT + "/files/{file_id:file}/open",
                                "Opens a file; answers the names of those closed for it")
                        .by(call -> Answer.ok(agents.changeFiles(
                                call.org(), id(call), (files, tx) -> files.open(tx, id(call), call.at("file_id"))))),
                Route.patch(AGENT + "/files/{file_id:file}/close", "Closes a file")
                        .by(this::close),
                folders("folders"),
                folders("sources"),
                Route.patch(
                                AGENT + "/folders/attach/{folder_id:source}",
                                "Gives an agent a folder; null for 1.x clients")
                        .gives(AgentView.class)
                        .by(call -> afterChange(call, "folder_id", true)),
                Route.patch(AGENT + "/folders/detach/{folder_id:source}", "Takes a folder from an agent")
                        .gives(AgentView.class)
                        .by(call -> afterChange(call, "folder_id", false)),
                Route.patch(AGENT + "/sources/attach/{source_id:source}", "As folders/attach; always answers the agent")
                        .gives(AgentView.class)
                        .by(call -> changed(call, id(call), call.at("source_id"), true)),
                Route.patch(AGENT + "/sources/detach/{source_id:source}", "As folders/detach; always answers the agent")
                        .gives(AgentView.class)
                        .by(call -> changed(call, id(call), call.at("source_id"), false)),
                Route.post("/v1/sources/{source_id:source}/attach", "As folders/attach, in the spelling of 2024")
                        .takes(OWNER)
                        .hidden()
                        .by(call -> changed(call, call.at(OWNER), call.at("source_id"), true)),
                Route.post("/v1/sources/{source_id:source}/detach", "As folders/detach, in the spelling of 2024")
                        .takes(OWNER)
                        .hidden()
                        .by(call -> changed(call, call.at(OWNER), call.at("source_id"), false)));
    }

    private static String id(Call call) {
        return call.at("agent_id");
    }

    private Answer files(Call call) {
        String after = call.maybe(Paging.AFTER);
        String cursor = after == null ? call.maybe(CURSOR) : after;
        int limit = call.at(FILES);
        // One more than asked for tells whether there are more.
        int more = limit == Integer.MAX_VALUE ? limit : limit + 1;
        @Nullable Boolean open = call.maybe(OPEN);
        List<AgentFile> found = agents.filesOf(
                call.org(),
                id(call),
                (files, tx) -> files.page(
                        tx,
                        id(call),
                        open,
                        cursor,
                        call.maybe(Paging.BEFORE),
                        call.at(Paging.ASC).equals("asc"),
                        more));
        List<AgentFile> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.ok(new AgentFilesPage(
                page.stream().map(FolderViews::agentFile).toList(),
                page.isEmpty() ? null : page.getLast().id(),
                found.size() > page.size()));
    }

    private Answer close(Call call) {
        String fileId = call.at("file_id");
        agents.changeFiles(call.org(), id(call), (files, tx) -> {
            files.close(tx, id(call), fileId);
            return true;
        });
        return Answer.ok(Map.of("message", "File id=" + fileId + " successfully closed"));
    }

    private Route folders(String word) {
        return Route.get(AGENT + "/" + word, "The folders of an agent")
                .takes(Paging.BEFORE, Paging.AFTER, FOLDERS, Paging.DESC, Paging.ORDER_BY)
                .givesList(SourceView.class)
                .by(this::folders);
    }

    private Answer folders(Call call) {
        List<SourceView> all = FolderViews.sources(
                agents.filesOf(call.org(), id(call), (files, tx) -> files.folders(tx, id(call))), call.org());
        boolean ascending = call.at(Paging.DESC).equals("asc");
        List<SourceView> sorted = all.stream()
                .sorted(java.util.Comparator.comparing(SourceView::createdAt).thenComparing(SourceView::id))
                .toList();
        return Answer.ok(Slices.page(
                ascending ? sorted : sorted.reversed(),
                SourceView::id,
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(FOLDERS)));
    }

    /** 1.x clients get null, older ones the agent (contract 06 §6.11). */
    private Answer afterChange(Call call, String slot, boolean attach) {
        change(call, id(call), call.at(slot), attach);
        return switch (call.caller()) {
            case SDK_1 -> Answer.nothing();
            case LEGACY -> views.withoutFiles(call, id(call));
        };
    }

    private Answer changed(Call call, String agentId, String folderId, boolean attach) {
        change(call, agentId, folderId, attach);
        return views.withoutFiles(call, agentId);
    }

    private void change(Call call, String agentId, String folderId, boolean attach) {
        if (attach) {
            agents.attachFolder(call.org(), call.user(), agentId, folderId);
        } else {
            agents.detachFolder(call.org(), call.user(), agentId, folderId);
        }
    }
}
