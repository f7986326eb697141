package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Recall;
import dev.mneme.memory.RecallQuery;
import dev.mneme.message.Message;
import dev.mneme.search.Query;
import dev.mneme.wire.FoundMessage;
import dev.mneme.wire.LettaMessage;
import dev.mneme.wire.SearchAllMessages;
import dev.mneme.wire.SearchMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Searching what was said, by words and meaning (contract 03 §5). The retired server could do this only with services from outside. */
final class MessageSearchRoutes {
    /** Most hits of one search (contract 03 §5). */
    private static final int MOST_HITS = 100;

    private static final int STANDARD_HITS = 50;
    private static final List<String> MODES = List.of("vector", "fts", "hybrid");
    private static final List<String> ROLES = List.of("assistant", "user", "tool", "system", "approval", "summary");

    private final Recall recall;

    MessageSearchRoutes(Recall recall) {
        this.recall = recall;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/messages/search", "Searches what was said to and by all agents")
                        .reach(Route.Reach.READ)
                        .body(SearchAllMessages.class)
                        .by(this::searchAll),
                Route.post("/v1/agents/messages/search", "Searches what was said, with the places in each ranking")
                        .reach(Route.Reach.READ)
                        .body(SearchMessages.class)
                        .givesList(FoundMessage.class)
                        .by(this::search));
    }

    private Answer searchAll(Call call) {
        SearchAllMessages body = call.body(SearchAllMessages.class);
        RecallQuery query = query(
                body.query(),
                body.searchMode(),
                body.agentId(),
                body.conversationId(),
                Set.of(),
                body.startDate(),
                body.endDate(),
                body.limit());
        List<JsonNode> out = new ArrayList<>();
        recall.search(call.org(), query).forEach(found -> out.addAll(pieces(found.message())));
        return Answer.ok(out);
    }

    private Answer search(Call call) {
        SearchMessages body = call.body(SearchMessages.class);
        List<String> roles = Objects.requireNonNullElse(body.roles(), List.of());
        for (int i = 0; i < roles.size(); i++) {
            if (!ROLES.contains(roles.get(i))) {
                throw new Invalid(Param.notOneOf(List.of("body", "roles", i), roles.get(i), ROLES));
            }
        }
        RecallQuery query = query(
                body.query(),
                body.searchMode(),
                body.agentId(),
                body.conversationId(),
                Set.copyOf(roles),
                body.startDate(),
                body.endDate(),
                body.limit());
        return Answer.ok(recall.search(call.org(), query).stream()
                .map(found -> new FoundMessage(
                        found.text(),
                        Json.tree(MessageViews.of(found.message(), null)),
                        found.textRank() == 0 ? null : Integer.valueOf(found.textRank()),
                        found.vectorRank() == 0 ? null : Integer.valueOf(found.vectorRank()),
                        found.score()))
                .toList());
    }

    private static RecallQuery query(
            @Nullable String text,
            @Nullable String mode,
            @Nullable String agentId,
            @Nullable String conversationId,
            Set<String> roles,
            @Nullable String from,
            @Nullable String until,
            @Nullable Integer limit) {
        int hits = Objects.requireNonNullElse(limit, STANDARD_HITS);
        ArchiveRoutes.within("limit", hits, MOST_HITS);
        if (agentId != null && !IdKind.AGENT.fits(agentId)) {
            throw Param.malformed(IdKind.AGENT, agentId);
        }
        return new RecallQuery(
                text,
                mode(mode),
                agentId,
                conversationId,
                roles,
                ArchiveRoutes.time("start_date", from),
                ArchiveRoutes.time("end_date", until),
                hits);
    }

    private static Query.Mode mode(@Nullable String word) {
        if (word == null) {
            return Query.Mode.HYBRID;
        }
        return switch (word) {
            case "hybrid" -> Query.Mode.HYBRID;
            case "vector" -> Query.Mode.VECTOR;
            case "fts" -> Query.Mode.TEXT;
            default -> throw new Invalid(Param.notOneOf(List.of("body", "search_mode"), word, MODES));
        };
    }

    /** What people said or thought in a row, each piece on its own. */
    private static List<JsonNode> pieces(Message row) {
        List<JsonNode> out = new ArrayList<>();
        for (LettaMessage piece : LettaMessages.of(row, LettaMessages.Display.plain(null))) {
            ObjectNode hit = Json.object()
                    .put("message_id", row.id())
                    .put("message_type", piece.envelope().messageType());
            switch (piece) {
                case LettaMessage.Said said -> hit.set("content", said.content());
                case LettaMessage.Reasoning thought -> hit.put("reasoning", thought.reasoning());
                case LettaMessage.HiddenReasoning hidden -> {
                    continue;
                }
                case LettaMessage.Called called -> {
                    continue;
                }
                case LettaMessage.CallPiece part -> {
                    continue;
                }
                case LettaMessage.ApprovalPiece part -> {
                    continue;
                }
                case LettaMessage.Returned returned -> {
                    continue;
                }
                case LettaMessage.ApprovalResponse response -> {
                    continue;
                }
                case LettaMessage.Ping ping -> {
                    continue;
                }
                case LettaMessage.Summary summary -> {
                    continue;
                }
                case LettaMessage.Event event -> {
                    continue;
                }
            }
            hit.put("agent_id", row.agentId())
                    .put("conversation_id", row.conversationId())
                    .put("created_at", Times.zulu(row.createdAt()));
            out.add(hit);
        }
        return out;
    }
}
