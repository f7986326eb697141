package dev.mneme.memory;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.search.Query;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tool that searches what was said (contract 04 §4). */
final class ConversationSearch {
    private static final String NAME = "conversation_search";

    /** Messages shown unless asked otherwise. */
    private static final int LIMIT = 5;

    private static final Set<String> ROLES = Set.of("assistant", "user", "tool", "system", "approval", "summary");

    private final Recall recall;

    ConversationSearch(Recall recall) {
        this.recall = recall;
    }

    Tool tool() {
        return new RecordTool<>(NAME, Search.class, this::start);
    }

    @Doc(
            "Search everything that was said between you and the user, also what is no longer in view. Looks for meaning and "
                    + "for words; without a query it lists the latest messages. Combine it with dates to see what was said when.")
    record Search(
            @Doc("What to look for.") @Nullable String query,

            @Doc(
                    value = "Only messages of these speakers.",
                    oneOf = {"assistant", "user", "tool"})
            @Nullable
            List<String> roles,

            @Doc("How many messages at most; 5 if left out.") @Nullable
            Integer limit,

            @Doc("Only messages from this time on: 2026-01-31 or 2026-01-31T14:30.") @Nullable
            String startDate,

            @Doc("Only messages up to this time; a date alone includes the whole day.") @Nullable
            String endDate) {}

    private ToolEffect start(Search call, ToolContext context) {
        Set<String> roles = new HashSet<>(call.roles == null ? List.of() : call.roles);
        for (String role : roles) {
            if (!ROLES.contains(role)) {
                return failed("'" + role + "' is not a valid MessageRole");
            }
        }
        RecallQuery query;
        try {
            query = new RecallQuery(
                    call.query,
                    Query.Mode.HYBRID,
                    context.agentId(),
                    null,
                    roles,
                    Recollection.Ask.moment("start_date", call.startDate, context.timezone(), false),
                    Recollection.Ask.moment("end_date", call.endDate, context.timezone(), true),
                    call.limit == null || call.limit <= 0 ? LIMIT : call.limit);
        } catch (Problem refused) {
            return failed(refused.detail());
        }
        ToolOutcome found = new ToolOutcome.Ok(shown(recall.search(context.organizationId(), query), context));
        return tx -> found;
    }

    /** As models and clients read what was found. */
    static ObjectNode shown(List<FoundMessage> found, ToolContext context) {
        ZoneId zone = Times.zone(context.timezone());
        ArrayNode results = Json.array();
        for (FoundMessage one : found) {
            ObjectNode result = results.addObject()
                    .put("timestamp", Times.iso(one.message().createdAt(), zone))
                    .put("time_ago", Times.ago(one.message().createdAt(), context.now()))
                    .put("role", one.message().role().word());
            ObjectNode relevance = result.putObject("relevance");
            if (!one.mode().equals("sql")) {
                relevance.put("rrf_score", one.score());
                rank(relevance, "vector_rank", one.vectorRank());
                rank(relevance, "fts_rank", one.textRank());
            }
            relevance.put("search_mode", one.mode());
            result.put("content", one.text());
        }
        ObjectNode shown = Json.object()
                .put("message", found.isEmpty() ? "No results found." : "Showing " + found.size() + " results:");
        shown.set("results", results);
        return shown;
    }

    private static void rank(ObjectNode relevance, String key, int rank) {
        if (rank == 0) {
            relevance.putNull(key);
        } else {
            relevance.put(key, rank);
        }
    }

    private static ToolEffect failed(String text) {
        ToolOutcome failed = RecordTool.failed(NAME, "ValueError", text);
        return tx -> failed;
    }
}
