package dev.mneme.http;

import dev.mneme.base.Problem;
import dev.mneme.tool.BaseTool;
import dev.mneme.tool.ToolFilter;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.ToolType;
import dev.mneme.tool.Tools;
import dev.mneme.wire.ToolView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The table of tools: reading it, and bringing the server's own tools up to date (contract 05 §2). */
final class ToolRoutes {
    private static final Param<String> NAME = Param.text("name", "exactly this name");
    private static final Param<List<String>> NAMES = Param.many("names", "any of these names");
    private static final Param<List<String>> IDS = Param.many("tool_ids", "any of these ids");
    private static final Param<String> SEARCH = Param.text("search", "part of the name");
    private static final Param<List<String>> TYPES = Param.many("tool_types", "any of these types");
    private static final Param<List<String>> NOT_TYPES = Param.many("exclude_tool_types", "none of these types");
    private static final Param<Boolean> ONLY_BASE =
            Param.flag("return_only_letta_tools", false, "only the server's own tools");
    private static final Param<Boolean> NO_BASE =
            Param.flag("exclude_letta_tools", false, "none of the server's own tools");
    private static final Param<Integer> LIMIT = Paging.limit(ToolFilter.DEFAULT_LIMIT);

    private final Tools tools;
    private final List<BaseTool> catalogue;

    ToolRoutes(Tools tools, List<BaseTool> catalogue) {
        this.tools = tools;
        this.catalogue = catalogue;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/tools", "Tools, newest first")
                        .takes(NAME, NAMES, IDS, SEARCH, TYPES, NOT_TYPES, ONLY_BASE)
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(ToolView.class)
                        .by(this::list),
                Route.get("/v1/tools/count", "How many tools there are")
                        .takes(NAME, NAMES, IDS, SEARCH, TYPES, NOT_TYPES, ONLY_BASE, NO_BASE)
                        .by(call -> Answer.ok(tools.count(call.org(), filter(call)))),
                Route.get("/v1/tools/{tool_id:tool}", "One tool")
                        .gives(ToolView.class)
                        .by(call -> Answer.ok(view(tools.get(call.org(), call.at("tool_id"))))),
                Route.post("/v1/tools/add-base-tools", "Brings the server's own tools up to date")
                        .givesList(ToolView.class)
                        .by(this::addBase));
    }

    private Answer list(Call call) {
        return Answer.ok(tools.list(call.org(), filter(call)).stream()
                .map(ToolRoutes::view)
                .toList());
    }

    private static ToolFilter filter(Call call) {
        return new ToolFilter(
                call.maybe(NAME),
                call.at(NAMES),
                call.at(IDS),
                call.maybe(SEARCH),
                types(call.at(TYPES)),
                types(call.at(NOT_TYPES)),
                call.at(ONLY_BASE),
                call.at(NO_BASE),
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                Paging.ascending(call, Paging.DESC));
    }

    /** Words given one by one or joined by commas. */
    static List<String> types(List<String> given) {
        List<String> out = new ArrayList<>();
        for (String text : given) {
            for (String word : text.split(",")) {
                if (ToolType.find(word.strip()) == null) {
                    String words = String.join(
                            ", ",
                            Arrays.stream(ToolType.values()).map(ToolType::word).toList());
                    throw Problem.invalid("Invalid tool_type '" + word.strip() + "'. Must be one of: " + words);
                }
                out.add(word.strip());
            }
        }
        return out;
    }

    private Answer addBase(Call call) {
        tools.upsertBase(call.org(), call.user(), catalogue);
        List<String> names = catalogue.stream().map(BaseTool::name).toList();
        ToolFilter base = new ToolFilter(
                null, names, List.of(), null, List.of(), List.of(), false, false, null, null, Integer.MAX_VALUE, true);
        return Answer.ok(
                tools.list(call.org(), base).stream().map(ToolRoutes::view).toList());
    }

    static ToolView view(ToolRow row) {
        return new ToolView(
                row.id(),
                row.toolType(),
                row.description(),
                row.sourceType(),
                row.name(),
                row.tags(),
                row.sourceCode(),
                row.jsonSchema(),
                row.argsJsonSchema(),
                row.returnCharLimit(),
                row.pipRequirements(),
                row.npmRequirements(),
                row.defaultRequiresApproval(),
                row.enableParallelExecution(),
                row.createdById(),
                row.lastUpdatedById(),
                row.metadata(),
                row.projectId());
    }
}
