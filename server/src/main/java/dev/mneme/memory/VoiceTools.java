package dev.mneme.memory;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Problem;
import dev.mneme.llm.ModelException;
import dev.mneme.search.Query;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an agent that speaks, and the one that keeps its memory, call (contract 04 §3, 05 §1), apart from {@code store_memories}. */
final class VoiceTools {
    /** The block in which a voice agent's companion keeps what it knows of the user. */
    private static final String USER_BLOCK = "human";

    private static final String SEARCH = "search_memory";

    /** Messages shown of all words together, and stored memories: they are read aloud from, so few. */
    private static final int SHOWN = 10;

    /** Words or phrases of one call: each is a search. */
    private static final int MOST_QUERIES = 10;

    private static final long MINUTE = 60_000_000L;

    private final Recall recall;
    private final Archival archival;
    private final BlockTools blocks;

    VoiceTools(Recall recall, Archival archival, BlockTools blocks) {
        this.recall = recall;
        this.archival = archival;
        this.blocks = blocks;
    }

    List<Tool> all() {
        return List.of(
                new RecordTool<>(SEARCH, Search.class, this::search),
                new RecordTool<>(
                        "rethink_user_memory",
                        RethinkUser.class,
                        (call, context) -> blocks.rewrite("rethink_user_memory", USER_BLOCK, context, call.newMemory)),
                new RecordTool<>(
                        "finish_rethinking_memory", FinishRethinking.class, (a, c) -> tx -> RecordTool.ok("None")));
    }

    @Doc("Rewrite what is known about the user in one go.")
    record RethinkUser(
            @Doc("The whole new text, with old facts that still hold.")
            String newMemory) {}

    @Doc("Say that the user memory needs no further rewriting.")
    record FinishRethinking() {}

    @Doc("Look up what was said earlier, by words and by how long ago.")
    record Search(
            @Doc("Words or short phrases to look for.") @Nullable
            List<String> convoKeywordQueries,

            @Doc("Oldest end of the time span, in minutes before now.") @Nullable
            Integer startMinutesAgo,

            @Doc("Newest end of the time span, in minutes before now.") @Nullable
            Integer endMinutesAgo) {}

    private ToolEffect search(Search call, ToolContext context) {
        List<String> words = call.convoKeywordQueries == null
                ? List.of()
                : call.convoKeywordQueries.stream()
                        .filter(text -> !text.isBlank())
                        .distinct()
                        .toList();
        if (words.size() > MOST_QUERIES) {
            return failed("convo_keyword_queries has " + words.size() + " entries, more than " + MOST_QUERIES);
        }
        Long start = ago(call.startMinutesAgo, context);
        Long end = ago(call.endMinutesAgo, context);
        // whichever way round a model takes them
        boolean turned = start != null && end != null && start > end;
        try {
            ToolOutcome found = new ToolOutcome.Ok(found(words, turned ? end : start, turned ? start : end, context));
            return tx -> found;
        } catch (Problem refused) {
            return failed(refused.detail());
        } catch (ModelException refused) {
            return failed(String.valueOf(refused.getMessage()));
        }
    }

    private static @Nullable Long ago(@Nullable Integer minutes, ToolContext context) {
        return minutes == null ? null : Long.valueOf(context.now() - Math.max(0, minutes) * MINUTE);
    }

    private ObjectNode found(List<String> words, @Nullable Long from, @Nullable Long until, ToolContext context) {
        Map<String, FoundMessage> said = new LinkedHashMap<>();
        Map<String, FoundPassage> kept = new LinkedHashMap<>();
        String org = context.organizationId();
        for (String text : words.isEmpty() ? List.of("") : words) {
            recall.search(
                            org,
                            new RecallQuery(
                                    text, Query.Mode.HYBRID, context.agentId(), null, Set.of(), from, until, SHOWN))
                    .forEach(one -> said.putIfAbsent(one.message().id(), one));
            if (!text.isEmpty()) {
                archival.search(org, context.agentId(), new PassageQuery(text, List.of(), false, from, until, SHOWN))
                        .forEach(one -> kept.putIfAbsent(one.passage().id(), one));
            }
        }
        List<FoundMessage> best = said.values().stream()
                .sorted(Comparator.comparingDouble(FoundMessage::score).reversed())
                .limit(SHOWN)
                .toList();
        ObjectNode out = ConversationSearch.shown(best, context);
        ZoneId zone = Times.zone(context.timezone());
        ArrayNode memories = out.putArray("memories");
        kept.values().stream()
                .sorted(Comparator.comparingDouble(FoundPassage::score).reversed())
                .limit(SHOWN)
                .forEach(one -> memories.addObject()
                        .put("timestamp", Times.iso(one.passage().createdAt(), zone))
                        .put("content", one.passage().text()));
        return out;
    }

    private static ToolEffect failed(String text) {
        ToolOutcome failed = RecordTool.failed(SEARCH, "ValueError", text);
        return tx -> failed;
    }
}
