package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.account.Secrets;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.file.AgentFiles;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.Recall;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes agents (contract 01 §5): what needs the models is decided first, then all is written in one transaction. */
final class Change {
    private final Clock clock;
    private final ModelChoice choice;
    private final Secrets secrets;
    private final Tools tools;
    private final Blocks blocks;
    private final Recall recall;
    private final AgentFiles files;
    private final SystemRow systemRow;
    private final Companion companion;

    Change(
            Clock clock,
            ModelChoice choice,
            Secrets secrets,
            Tools tools,
            Blocks blocks,
            Recall recall,
            AgentFiles files,
            SystemRow systemRow,
            Companion companion) {
        this.clock = clock;
        this.choice = choice;
        this.secrets = secrets;
        this.tools = tools;
        this.blocks = blocks;
        this.recall = recall;
        this.files = files;
        this.systemRow = systemRow;
        this.companion = companion;
    }

    /**
     * A patch with everything that had to be looked up outside the transaction. What it does not touch is null, so that two patches of
     * different fields never undo each other.
     */
    record Plan(
            AgentPatch patch,
            @Nullable LlmConfig llm,
            @Nullable EmbeddingConfig embedding,
            @Nullable JsonNode rules,
            @Nullable Map<String, @Nullable String> sealedValues) {}

    Plan plan(String org, AgentState old, AgentPatch patch) {
        Fields.timezone(patch.timezone());
        Fields.responseFormat(patch.responseFormat());
        Fields.files(patch.maxFilesOpen(), patch.perFileViewWindowCharLimit());
        boolean otherEmbedder = patch.embeddingConfig() != null
                || (patch.embedding() != null && !patch.embedding().isBlank());
        Map<String, @Nullable String> sealedValues = null;
        if (patch.environment() != null) {
            Map<String, @Nullable String> values = new LinkedHashMap<>();
            patch.environment()
                    .forEach((key, value) ->
                            values.put(key, value.equals(AgentSecret.MASK) ? null : secrets.seal(value)));
            sealedValues = values;
        }
        return new Plan(
                patch,
                touchesModel(patch) ? choice.of(org).changed(old.llmConfig(), patch) : null,
                otherEmbedder ? choice.of(org).embedding(patch.embeddingConfig(), patch.embedding(), null) : null,
                patch.toolRules() != null ? ToolRules.checked(patch.toolRules()) : null,
                sealedValues);
    }

    AgentState write(Tx tx, @Nullable String userId, AgentState old, Plan plan) {
        AgentPatch patch = plan.patch();
        AgentState changed = changed(old, plan, userId);
        AgentSql.update(tx, changed);
        if (patch.tags() != null) {
            AgentPartsSql.setTags(tx, old.id(), patch.tags());
        }
        if (patch.identityIds() != null) {
            Identities.setOfAgent(tx, old.id(), patch.identityIds());
        }
        if (plan.sealedValues() != null) {
            AgentPartsSql.setSecrets(tx, old.id(), plan.sealedValues(), changed.updatedAt(), userId);
        }
        if (patch.toolIds() != null) {
            List<ToolRow> found = tools.byIds(tx, patch.toolIds());
            Fields.noneMissing(
                    "id", patch.toolIds(), found.stream().map(ToolRow::id).toList());
            tools.replace(tx, old.id(), found.stream().map(ToolRow::id).toList());
        }
        if (patch.blockIds() != null) {
            replaceBlocks(tx, old.id(), new LinkedHashSet<>(patch.blockIds()));
        }
        if (patch.messageIds() != null) {
            replaceContext(tx, old.id(), patch.messageIds());
        }
        List<String> folders = patch.folderIds() == null ? patch.sourceIds() : patch.folderIds();
        if (folders != null) {
            files.replace(tx, old.id(), folders);
        }
        if (changed.maxFilesOpenOrDefault() != old.maxFilesOpenOrDefault()
                || changed.perFileViewWindowCharLimitOrDefault() != old.perFileViewWindowCharLimitOrDefault()) {
            files.resized(tx, old.id());
        }
        systemRow.refresh(tx, changed);
        if (Boolean.TRUE.equals(patch.enableSleeptime()) && !companion.exists(tx, old.id())) {
            LlmConfig own = changed.llmConfig();
            boolean speaks = changed.type() == AgentType.VOICE_CONVO_AGENT;
            companion.create(tx, userId, changed, speaks ? choice.of(tx.org()).voiceCompanion(own) : own);
        }
        return changed;
    }

    private void replaceBlocks(Tx tx, String agentId, Set<String> wanted) {
        for (Block held : blocks.ofAgent(tx, agentId)) {
            if (!wanted.contains(held.id())) {
                blocks.detach(tx, agentId, held.id());
            }
        }
        for (String id : wanted) {
            blocks.attach(tx, agentId, id);
            companion.attachBlock(tx, agentId, id);
        }
    }

    /** Sets what is in context: messages of this agent, the system message first, none twice. */
    private void replaceContext(Tx tx, String agentId, List<String> ids) {
        Map<String, Message> found = recall.byIds(tx, ids);
        for (String id : ids) {
            if (!IdKind.MESSAGE.fits(id)) {
                throw Problem.unprocessable("message_ids names '" + id + "', which is no id of a message.");
            }
            Message message = found.get(id);
            if (message == null || !message.agentId().equals(agentId)) {
                throw Problem.notFound("Message with id " + id + " not found.");
            }
        }
        Message head = ids.isEmpty() ? null : found.get(ids.getFirst());
        if (head == null || head.role() != Role.SYSTEM || new LinkedHashSet<>(ids).size() < ids.size()) {
            throw Problem.invalid(
                    "message_ids must begin with the id of the agent's system message and name no message twice.");
        }
        recall.setContext(tx, agentId, ids);
    }

    private AgentState changed(AgentState old, Plan plan, @Nullable String userId) {
        AgentPatch patch = plan.patch();
        Set<String> cleared = patch.cleared();
        LlmConfig llm = or(plan.llm(), old.llmConfig());
        return new AgentState(
                old.id(),
                old.organizationId(),
                patch.name() == null ? old.name() : AgentNames.bounded(patch.name()),
                old.agentType(),
                or(patch.system(), old.system()),
                orCleared(patch.description(), old.description(), cleared.contains("description")),
                orCleared(patch.metadata(), old.metadata(), cleared.contains("metadata")),
                llm,
                plan.embedding() == null ? old.embeddingConfig() : plan.embedding(),
                compaction(old, patch, llm),
                orCleared(patch.responseFormat(), old.responseFormat(), cleared.contains("response_format")),
                plan.rules() == null ? old.toolRules() : plan.rules(),
                or(patch.timezone(), old.timezone()),
                or(patch.messageBufferAutoclear(), old.messageBufferAutoclear()),
                orCleared(patch.enableSleeptime(), old.enableSleeptime(), false),
                orCleared(patch.maxFilesOpen(), old.maxFilesOpen(), false),
                orCleared(patch.perFileViewWindowCharLimit(), old.perFileViewWindowCharLimit(), false),
                orCleared(patch.hidden(), old.hidden(), false),
                orCleared(patch.projectId(), old.projectId(), false),
                orCleared(patch.templateId(), old.templateId(), false),
                orCleared(patch.baseTemplateId(), old.baseTemplateId(), false),
                old.deploymentId(),
                old.entityId(),
                old.lastRunCompletion(),
                orCleared(patch.lastRunDurationMs(), old.lastRunDurationMs(), false),
                orCleared(patch.lastStopReason(), old.lastStopReason(), false),
                old.createdAt(),
                clock.next(),
                old.createdById(),
                userId);
    }

    private static @Nullable JsonNode compaction(AgentState old, AgentPatch patch, LlmConfig llm) {
        JsonNode settings = old.compactionSettings();
        if (!Objects.equals(old.llmConfig().handle(), llm.handle())) {
            settings = Compaction.moved(settings, old.llmConfig(), llm);
        }
        JsonNode sent = patch.compactionSettings();
        return sent == null ? settings : Compaction.changed(settings, sent, llm);
    }

    private static boolean touchesModel(AgentPatch patch) {
        return patch.model() != null
                || patch.llmConfig() != null
                || patch.modelSettings() != null
                || patch.contextWindowLimit() != null
                || patch.maxTokens() != null
                || patch.cleared().contains("max_tokens")
                || patch.parallelToolCalls() != null
                || patch.reasoning() != null;
    }

    private static <T> T or(@Nullable T sent, T old) {
        return sent == null ? old : sent;
    }

    private static <T> @Nullable T orCleared(@Nullable T sent, @Nullable T old, boolean cleared) {
        if (sent != null) {
            return sent;
        }
        return cleared ? null : old;
    }
}
