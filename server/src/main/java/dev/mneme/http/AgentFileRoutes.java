package dev.mneme.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.Agents;
import dev.mneme.agent.ContextOverview;
import dev.mneme.agent.ExportWish;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scratch;
import dev.mneme.file.Library;
import dev.mneme.tool.Registrar;
import dev.mneme.wire.ContextView;
import dev.mneme.wire.ExportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** An agent looked at as a whole: as a file to keep (contract 10), and as what fills its context window (contract 04 §2). */
final class AgentFileRoutes {
    private static final Param<Boolean> OLD_FORMAT =
            Param.flag("use_legacy_format", false, "refused: only version 2 is written");
    private static final Param<Boolean> SCRUB = Param.flag("scrub_messages", false, "leave the messages out");
    private static final Param<String> CONVERSATION =
            Param.text("conversation_id", "the messages of this conversation instead of the default thread");
    private static final Param<Boolean> COMPLETE = Param.flag(
            "complete",
            false,
            "take everything along: all messages, conversations, the archive with its vectors, identities");
    private static final Param<String> MAX_STEPS = Param.text("max_steps", "has no effect");
    private static final String AGENT = "/v1/agents/{agent_id:agent}";

    private final Agents agents;
    private final Scratch scratch;
    private final ImportRoute importing;

    AgentFileRoutes(Agents agents, Library library, Registrar registrar, Scratch scratch) {
        this.agents = agents;
        this.scratch = scratch;
        this.importing = new ImportRoute(agents, library, registrar, scratch);
    }

    List<Route> routes() {
        return List.of(
                importing.route(),
                Route.get(
                                AGENT + "/export",
                                "The agent as a file (version 2): agent, blocks, tools, messages in context, files, groups with their members")
                        .takes(OLD_FORMAT, SCRUB, CONVERSATION, COMPLETE, MAX_STEPS)
                        .by(this::export),
                Route.post(AGENT + "/export", "As GET")
                        .reach(Route.Reach.READ)
                        .takes(OLD_FORMAT)
                        .optionalBody(ExportOptions.class)
                        .by(this::exportByBody),
                Route.get(AGENT + "/context", "What fills the context window, with estimated tokens of each part")
                        .takes(CONVERSATION)
                        .gives(ContextView.class)
                        .by(this::context));
    }

    private Answer export(Call call) {
        return file(
                call, new ExportWish(call.maybe(CONVERSATION), call.at(SCRUB), List.of(), extent(call.at(COMPLETE))));
    }

    private Answer exportByBody(Call call) {
        ExportOptions wish = call.body(Binder.orEmpty(call.json()), ExportOptions.class);
        List<JsonNode> skills = Objects.requireNonNullElse(wish.skills(), List.of());
        boolean scrub = Boolean.TRUE.equals(wish.scrubMessages());
        boolean complete = Boolean.TRUE.equals(wish.complete());
        return file(call, new ExportWish(wish.conversationId(), scrub, skills, extent(complete)));
    }

    private static ExportWish.Extent extent(boolean complete) {
        return complete ? ExportWish.Extent.COMPLETE : ExportWish.Extent.USUAL;
    }

    private Answer file(Call call, ExportWish wish) {
        if (call.at(OLD_FORMAT)) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "Legacy format is not supported");
        }
        try {
            Path file = scratch.newFile(".af");
            try {
                write(call, wish, file);
            } catch (IOException | RuntimeException e) {
                Files.delete(file);
                throw e;
            }
            return new Answer.Spooled("application/json", null, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Call call, ExportWish wish, Path file) throws IOException {
        try (JsonGenerator out =
                Json.MAPPER.createGenerator(Files.newOutputStream(file)).useDefaultPrettyPrinter()) {
            agents.export(call.org(), call.at("agent_id"), wish, out);
        }
    }

    private Answer context(Call call) {
        return Answer.ok(
                view(agents.contextOverview(call.org(), call.at("agent_id"), call.maybe(CONVERSATION)), call.user()));
    }

    private static ContextView view(ContextOverview seen, String userId) {
        List<JsonNode> messages = seen.messages().stream()
                .map(row -> Json.tree(MessageViews.of(row, userId)))
                .toList();
        return new ContextView(
                seen.contextWindowSizeMax(),
                seen.contextWindowSizeCurrent(),
                seen.numMessages(),
                seen.numArchivalMemory(),
                seen.numRecallMemory(),
                seen.numTokensExternalMemorySummary(),
                seen.externalMemorySummary(),
                seen.numTokensSystem(),
                seen.systemPrompt(),
                seen.numTokensCoreMemory(),
                seen.coreMemory(),
                0,
                null,
                seen.numTokensToolUsageRules(),
                seen.toolUsageRules(),
                seen.numTokensDirectories(),
                seen.directories(),
                seen.numTokensSummaryMemory(),
                seen.summaryMemory(),
                seen.numTokensFunctionsDefinitions(),
                seen.functionsDefinitions(),
                seen.numTokensMessages(),
                messages);
    }
}
