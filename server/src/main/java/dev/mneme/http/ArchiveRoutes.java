package dev.mneme.http;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Archive;
import dev.mneme.memory.FoundPassage;
import dev.mneme.memory.NewPassage;
import dev.mneme.memory.Page;
import dev.mneme.memory.Passage;
import dev.mneme.memory.PassageQuery;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.ArchiveView;
import dev.mneme.wire.CreateArchive;
import dev.mneme.wire.CreatePassage;
import dev.mneme.wire.CreatePassages;
import dev.mneme.wire.ModifyArchive;
import dev.mneme.wire.PassageView;
import dev.mneme.wire.ScoredPassage;
import dev.mneme.wire.SearchPassages;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Archives, their passages, and searching passages wherever they are (contract 07 §1, §3). */
final class ArchiveRoutes {
    private static final Param<String> NAME = Param.text("name", "exactly this name");
    private static final Param<String> AGENT =
            Param.id("agent_id", dev.mneme.base.IdKind.AGENT, "the archive of this agent");
    private static final Param<Integer> LIMIT = Paging.limit(50);
    /** Most hits of one search (contract 07 §3). */
    private static final int MOST_HITS = 100;

    private static final int STANDARD_HITS = 50;
    private static final String ARCHIVE = "/v1/archives/{archive_id:archive}";

    private final Archival archival;
    private final AgentViews agents;

    ArchiveRoutes(Archival archival, AgentViews agents) {
        this.archival = archival;
        this.agents = agents;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/archives", "Archives, newest first")
                        .takes(NAME, AGENT, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(ArchiveView.class)
                        .by(this::list),
                Route.post("/v1/archives", "Makes an archive")
                        .body(CreateArchive.class)
                        .gives(ArchiveView.class)
                        .by(this::create),
                Route.get(ARCHIVE, "One archive")
                        .gives(ArchiveView.class)
                        .by(call -> Answer.ok(
                                view(archival.archives().get(call.org(), call.at("archive_id")), call.org()))),
                Route.patch(ARCHIVE, "Changes name or description")
                        .body(ModifyArchive.class)
                        .gives(ArchiveView.class)
                        .by(this::modify),
                Route.delete(ARCHIVE, "Deletes an archive with its passages").by(this::delete),
                Route.get(ARCHIVE + "/agents", "The agents that use an archive, newest first")
                        .takes(
                                Paging.BEFORE,
                                Paging.AFTER,
                                LIMIT,
                                Paging.DESC,
                                AgentViews.INCLUDE,
                                AgentViews.RELATIONSHIPS)
                        .givesList(AgentView.class)
                        .by(call -> agents.holders(
                                call, archival.archives().agentsOf(call.org(), call.at("archive_id"), page(call)))),
                Route.post(ARCHIVE + "/passages", "Stores a passage")
                        .body(CreatePassage.class)
                        .gives(PassageView.class)
                        .by(this::add),
                Route.post(ARCHIVE + "/passages/batch", "Stores many passages, all or none")
                        .body(CreatePassages.class)
                        .givesList(PassageView.class)
                        .by(this::addAll),
                Route.delete(ARCHIVE + "/passages/{passage_id:passage}", "Deletes a passage")
                        .by(this::remove),
                Route.patch("/v1/agents/{agent_id:agent}/archives/attach/{archive_id}", "Lets an agent use an archive")
                        .by(this::attach),
                Route.patch(
                                "/v1/agents/{agent_id:agent}/archives/detach/{archive_id}",
                                "Takes an archive from an agent")
                        .by(this::detach),
                Route.post("/v1/passages/search", "Searches passages by words, meaning, tags and dates")
                        .reach(Route.Reach.READ)
                        .body(SearchPassages.class)
                        .givesList(ScoredPassage.class)
                        .by(this::search));
    }

    private static Page page(Call call) {
        return new Page(
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                call.at(Paging.DESC).equals("asc"));
    }

    private Answer list(Call call) {
        if (call.at(LIMIT) == 0) {
            return Answer.ok(List.of());
        }
        return Answer.ok(archival.archives().list(call.org(), call.maybe(NAME), call.maybe(AGENT), page(call)).stream()
                .map(row -> view(row, call.org()))
                .toList());
    }

    private Answer create(Call call) {
        CreateArchive body = call.body(CreateArchive.class);
        return Answer.ok(view(
                archival.archives()
                        .create(
                                call.org(),
                                call.user(),
                                body.name(),
                                body.description(),
                                body.embedding(),
                                WrittenEmbedder.of(body.embeddingConfig())),
                call.org()));
    }

    private Answer modify(Call call) {
        ModifyArchive body = call.body(ModifyArchive.class);
        return Answer.ok(view(
                archival.archives()
                        .patch(call.org(), call.user(), call.at("archive_id"), body.name(), body.description()),
                call.org()));
    }

    private Answer delete(Call call) {
        archival.archives().delete(call.org(), call.at("archive_id"));
        return Answer.noContent();
    }

    private Answer add(Call call) {
        NewPassage wanted = wanted(call.body(CreatePassage.class));
        return Answer.ok(view(
                archival.add(call.org(), call.user(), call.at("archive_id"), List.of(wanted))
                        .getFirst(),
                call.org()));
    }

    private Answer addAll(Call call) {
        List<NewPassage> wanted = call.body(CreatePassages.class).passages().stream()
                .map(ArchiveRoutes::wanted)
                .toList();
        return Answer.ok(archival.add(call.org(), call.user(), call.at("archive_id"), wanted).stream()
                .map(row -> view(row, call.org()))
                .toList());
    }

    private Answer remove(Call call) {
        archival.remove(call.org(), call.at("archive_id"), call.at("passage_id"));
        return Answer.noContent();
    }

    private Answer attach(Call call) {
        archival.archives().attach(call.org(), call.at("agent_id"), call.at("archive_id"));
        return Answer.nothing();
    }

    private Answer detach(Call call) {
        archival.archives().detach(call.org(), call.at("agent_id"), call.at("archive_id"));
        return Answer.nothing();
    }

    private Answer search(Call call) {
        SearchPassages body = call.body(SearchPassages.class);
        int limit = Objects.requireNonNullElse(body.limit(), STANDARD_HITS);
        within("limit", limit, MOST_HITS);
        PassageQuery query = new PassageQuery(
                body.query(),
                Objects.requireNonNullElse(body.tags(), List.of()),
                allTags(body.tagMatchMode()),
                time("start_date", body.startDate()),
                time("end_date", body.endDate()),
                limit);
        return Answer.ok(archival.searchAll(call.org(), body.agentId(), body.archiveId(), query).stream()
                .map(found -> scored(found, call.org()))
                .toList());
    }

    static void within(String name, int value, int most) {
        if (value < 1 || value > most) {
            String bound = value < 1 ? "greater than or equal to 1" : "less than or equal to " + most;
            throw new Invalid(Invalid.Fault.of(
                    value < 1 ? "greater_than_equal" : "less_than_equal",
                    List.of("body", name),
                    "Input should be " + bound,
                    Json.tree(value)));
        }
    }

    private static boolean allTags(@Nullable String mode) {
        if (mode == null || mode.equals("any")) {
            return false;
        }
        if (mode.equals("all")) {
            return true;
        }
        throw new Invalid(Param.notOneOf(List.of("body", "tag_match_mode"), mode, List.of("any", "all")));
    }

    static @Nullable Long time(String name, @Nullable String text) {
        if (text == null) {
            return null;
        }
        Long micros = Param.micros(text, ZoneOffset.UTC);
        if (micros == null) {
            throw new Invalid(Invalid.Fault.of(
                    "datetime_from_date_parsing",
                    List.of("body", name),
                    "Input should be a valid datetime or date (ISO 8601)",
                    Json.tree(text)));
        }
        return micros;
    }

    private static NewPassage wanted(CreatePassage body) {
        Long createdAt = null;
        String text = body.createdAt();
        if (text != null) {
            createdAt = Param.micros(text, ZoneOffset.UTC);
            if (createdAt == null) {
                throw new Problem(ProblemCode.INVALID_ARGUMENT, "Invalid isoformat string: '" + text + "'");
            }
        }
        return new NewPassage(body.text(), body.tags(), body.metadata(), createdAt);
    }

    private static ScoredPassage scored(FoundPassage found, String org) {
        return new ScoredPassage(view(found.passage(), org), found.score(), Json.object());
    }

    static ArchiveView view(Archive archive, String org) {
        return new ArchiveView(
                archive.createdById(),
                archive.lastUpdatedById(),
                Times.zulu(archive.createdAt()),
                Times.zulu(archive.updatedAt()),
                archive.name(),
                archive.description(),
                archive.vectorDbProvider(),
                archive.embeddingConfig(),
                archive.metadata(),
                archive.id(),
                org);
    }

    static PassageView view(Passage passage, String org) {
        Passage.Origin file = passage.file();
        return new PassageView(
                passage.createdById(),
                passage.lastUpdatedById(),
                Times.zulu(passage.createdAt()),
                Times.zulu(passage.updatedAt()),
                false,
                file == null ? passage.archiveId() : null,
                file == null ? null : file.folderId(),
                file == null ? null : file.fileId(),
                file == null ? null : file.fileName(),
                passage.metadata(),
                passage.tags(),
                passage.id(),
                org,
                passage.text(),
                passage.embedding(),
                passage.embeddingConfig());
    }
}
