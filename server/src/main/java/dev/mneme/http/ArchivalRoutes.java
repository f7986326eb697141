package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.AgentState;
import dev.mneme.agent.Agents;
import dev.mneme.base.Json;
import dev.mneme.memory.Archival;
import dev.mneme.memory.FoundPassage;
import dev.mneme.memory.NewPassage;
import dev.mneme.memory.Passage;
import dev.mneme.memory.PassageQuery;
import dev.mneme.wire.CreatePassage;
import dev.mneme.wire.Deleted;
import dev.mneme.wire.PassageHits;
import dev.mneme.wire.PassageView;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The archival memory of one agent (contract 07 §2). */
final class ArchivalRoutes {
    /** Hits of a search that names no number (contract 07 §2). */
    private static final int STANDARD_HITS = 5;

    private static final Param<Integer> LIMIT = Paging.limit(100);
    private static final Param<String> BEFORE = Param.text("before", "a passage id: only older ones");
    private static final Param<String> AFTER = Param.text("after", "a passage id: only newer ones");
    private static final Param<String> SEARCH = Param.text("search", "part of the text, in any case");
    private static final Param<Boolean> ASCENDING = Param.flag("ascending", true, "oldest first");
    private static final Param<String> QUERY = Param.required("query", "what to look for; blank finds nothing");
    private static final Param<List<String>> TAGS = Param.many("tags", "any or all of these tags");
    private static final Param<String> MATCH =
            Param.choice("tag_match_mode", "any", List.of("any", "all"), "whether one of the tags is enough");
    private static final Param<Integer> TOP_K =
            Param.maybeWhole("top_k", 0, PassageQuery.MOST, "hits at most; 0 and absent: " + STANDARD_HITS);
    private static final Param<String> FROM =
            Param.time("start_datetime", "not before; without an offset in the agent's zone");
    private static final Param<String> UNTIL = Param.time("end_datetime", "not after; a date means its whole day");
    private static final String MEMORY = "/v1/agents/{agent_id:agent}/archival-memory";

    private final Archival archival;
    private final Agents agents;

    ArchivalRoutes(Archival archival, Agents agents) {
        this.archival = archival;
        this.agents = agents;
    }

    List<Route> routes() {
        return List.of(
                Route.get(MEMORY, "Passages of an agent, oldest first; search filters by a piece of the text")
                        .takes(BEFORE, AFTER, LIMIT, SEARCH, ASCENDING)
                        .givesList(PassageView.class)
                        .by(this::list),
                Route.post(MEMORY, "Stores a passage; the answer is a list of one")
                        .body(CreatePassage.class)
                        .givesList(PassageView.class)
                        .by(this::add),
                Route.get(MEMORY + "/search", "Searches passages by words, meaning, tags and dates")
                        .takes(QUERY, TAGS, MATCH, TOP_K, FROM, UNTIL)
                        .gives(PassageHits.class)
                        .by(this::search),
                Route.delete(MEMORY + "/{memory_id:passage}", "Deletes a passage")
                        .gives(Deleted.class)
                        .by(this::delete));
    }

    private Answer list(Call call) {
        if (call.at(LIMIT) == 0) {
            return Answer.ok(List.of());
        }
        return views(
                call,
                archival.list(
                        call.org(),
                        call.at("agent_id"),
                        call.maybe(SEARCH),
                        call.maybe(AFTER),
                        call.maybe(BEFORE),
                        call.at(LIMIT),
                        call.at(ASCENDING)));
    }

    static Answer views(Call call, List<Passage> passages) {
        return Answer.ok(passages.stream()
                .map(passage -> ArchiveRoutes.view(passage, call.org()))
                .toList());
    }

    Answer add(Call call) {
        CreatePassage body = call.body(CreatePassage.class);
        NewPassage wanted = new NewPassage(
                body.text(), body.tags(), body.metadata(), ArchiveRoutes.time("created_at", body.createdAt()));
        return views(call, List.of(archival.remember(call.org(), call.user(), call.at("agent_id"), wanted)));
    }

    Answer delete(Call call) {
        String id = call.at("memory_id");
        archival.forget(call.org(), call.at("agent_id"), id);
        return Answer.ok(new Deleted("Memory id=" + id + " successfully deleted"));
    }

    private Answer search(Call call) {
        AgentState agent = agents.get(call.org(), call.at("agent_id"));
        ZoneId zone = dev.mneme.memory.Times.zone(agent.timezone());
        Integer topK = call.maybe(TOP_K);
        PassageQuery query = new PassageQuery(
                call.at(QUERY),
                call.at(TAGS),
                call.at(MATCH).equals("all"),
                start(call.maybe(FROM), zone),
                end(call.maybe(UNTIL), zone),
                topK == null || topK == 0 ? STANDARD_HITS : topK);
        List<PassageHits.Hit> hits = archival.search(call.org(), agent.id(), query).stream()
                .map(found -> hit(found, zone))
                .toList();
        return Answer.ok(new PassageHits(hits, hits.size()));
    }

    private static @Nullable Long start(@Nullable String text, ZoneId zone) {
        return text == null ? null : Param.micros(text, zone);
    }

    /** A date alone means the end of that day: on the retired server it meant its start, by mistake. */
    private static @Nullable Long end(@Nullable String text, ZoneId zone) {
        Long micros = start(text, zone);
        boolean dateOnly = text != null && text.strip().length() == 10;
        return micros == null || !dateOnly ? micros : Long.valueOf(micros + 86_400_000_000L - 1);
    }

    private static PassageHits.Hit hit(FoundPassage found, ZoneId zone) {
        Passage passage = found.passage();
        return new PassageHits.Hit(
                passage.id(),
                dev.mneme.memory.Times.iso(passage.createdAt(), zone),
                passage.text(),
                Objects.requireNonNullElse(passage.tags(), List.of()),
                relevance(found));
    }

    private static @Nullable ObjectNode relevance(FoundPassage found) {
        if (found.textRank() == 0 && found.vectorRank() == 0) {
            return null;
        }
        ObjectNode out = Json.object().put("rrf_score", found.score());
        out.put("vector_rank", found.vectorRank() == 0 ? null : Integer.valueOf(found.vectorRank()));
        return out.put("fts_rank", found.textRank() == 0 ? null : Integer.valueOf(found.textRank()));
    }
}
