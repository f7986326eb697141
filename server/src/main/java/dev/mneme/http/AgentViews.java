package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.mneme.agent.AgentSecret;
import dev.mneme.agent.AgentState;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Identity;
import dev.mneme.agent.Loaded;
import dev.mneme.agent.Relation;
import dev.mneme.base.Json;
import dev.mneme.file.AgentFile;
import dev.mneme.message.Message;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.BlockView;
import dev.mneme.wire.GroupView;
import dev.mneme.wire.MemoryView;
import dev.mneme.wire.SecretView;
import dev.mneme.wire.ToolView;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Agents as clients see them, with the relationships that this caller gets (contract 01 §1, §3). Thread-safe. */
final class AgentViews {
    static final Param<List<String>> INCLUDE = Param.manyOf(
            "include",
            Arrays.stream(Relation.values()).map(Relation::word).toList(),
            "relationships to load; 1.x clients get none unasked");
    static final Param<List<String>> RELATIONSHIPS = Param.many("include_relationships", "older spelling of include");

    private final Agents agents;

    AgentViews(Agents agents) {
        this.agents = agents;
    }

    /** Which relationships this call loads. */
    static Set<Relation> asked(Call call) {
        return asked(call, call.caller() == Caller.SDK_1);
    }

    /** modern: none unless something is asked for. */
    private static Set<Relation> asked(Call call, boolean modern) {
        Set<Relation> include = EnumSet.noneOf(Relation.class);
        for (String word : call.at(INCLUDE)) {
            include.add(Objects.requireNonNull(Relation.find(word)));
        }
        List<String> older = call.has(RELATIONSHIPS) ? call.at(RELATIONSHIPS) : null;
        return Relation.asked(include, older, modern);
    }

    /** The agents with these ids, in that order, as lists of who holds something show them: without relationships that nobody asked for. */
    Answer holders(Call call, List<String> ids) {
        return Answer.ok(agents.loadAll(call.org(), ids, asked(call, true)).stream()
                .map(AgentViews::view)
                .toList());
    }

    /** The agent as a 1.x or older caller gets it after a change: with everything. */
    Answer whole(Call call, String agentId) {
        return Answer.ok(view(agents.load(call.org(), agentId, Relation.ALL_BUT_APPROVAL)));
    }

    /** As {@link #whole} without blocks of files, as the contract answers to attach and detach of folders. */
    Answer withoutFiles(Call call, String agentId) {
        return Answer.ok(view(agents.load(call.org(), agentId, Relation.ALL_BUT_APPROVAL), List.of()));
    }

    static AgentView view(Loaded loaded) {
        return view(loaded, loaded.files());
    }

    private static AgentView view(Loaded loaded, List<AgentFile> files) {
        AgentState agent = loaded.state();
        List<BlockView> blocks = loaded.blocks().stream().map(BlockRoutes::view).toList();
        List<ToolView> tools = loaded.tools().stream().map(ToolRoutes::view).toList();
        GroupView group = loaded.managedGroup() == null ? null : GroupRoutes.view(loaded.managedGroup());
        List<SecretView> secrets =
                loaded.secrets().stream().map(AgentViews::secret).toList();
        return new AgentView(
                agent.createdById(),
                agent.lastUpdatedById(),
                Times.zulu(agent.createdAt()),
                Times.zulu(agent.updatedAt()),
                agent.id(),
                agent.name(),
                agent.toolRules(),
                loaded.messageIds(),
                agent.system(),
                agent.agentType(),
                agent.llmConfig(),
                agent.embeddingConfig(),
                agent.model(),
                agent.embedding(),
                agent.modelSettings(),
                agent.compactionSettings(),
                agent.responseFormat(),
                agent.description(),
                agent.metadata(),
                memory(agent, blocks, files),
                blocks,
                tools,
                FolderViews.sources(loaded.folders(), agent.organizationId()),
                loaded.tags(),
                secrets,
                secrets,
                agent.projectId(),
                agent.templateId(),
                agent.baseTemplateId(),
                agent.deploymentId(),
                agent.entityId(),
                loaded.identities().stream().map(Identity::id).toList(),
                loaded.identities().stream().map(IdentityRoutes::view).toList(),
                approval(loaded.pendingApproval()),
                agent.messageBufferAutoclear(),
                agent.enableSleeptime(),
                group,
                group,
                Times.zuluOrNull(agent.lastRunCompletion()),
                agent.lastRunDurationMs(),
                agent.lastStopReason(),
                agent.timezone(),
                agent.maxFilesOpenOrDefault(),
                agent.perFileViewWindowCharLimitOrDefault(),
                agent.hidden());
    }

    static MemoryView memory(AgentState agent, List<BlockView> blocks, List<AgentFile> files) {
        int limit = agent.perFileViewWindowCharLimitOrDefault();
        return new MemoryView(
                agent.agentType(),
                false,
                blocks,
                files.stream()
                        .<JsonNode>map(file -> FolderViews.block(file, limit))
                        .toList(),
                "");
    }

    private static JsonNode approval(@Nullable Message row) {
        if (row == null) {
            return NullNode.getInstance();
        }
        return Json.tree(
                LettaMessages.of(row, LettaMessages.Display.plain(null)).getLast());
    }

    private static SecretView secret(AgentSecret secret) {
        return new SecretView(
                null,
                null,
                null,
                null,
                secret.id(),
                secret.key(),
                secret.value(),
                secret.description(),
                secret.agentId(),
                secret.organizationId(),
                secret.value());
    }
}
