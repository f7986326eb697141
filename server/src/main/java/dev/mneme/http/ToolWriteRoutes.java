package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Json;
import dev.mneme.tool.Registrar;
import dev.mneme.tool.Saved;
import dev.mneme.tool.ToolDraft;
import dev.mneme.tool.ToolVersion;
import dev.mneme.wire.CreateTool;
import dev.mneme.wire.ModifyTool;
import dev.mneme.wire.PackageWish;
import dev.mneme.wire.SchemaRequest;
import dev.mneme.wire.ToolVersionView;
import dev.mneme.wire.ToolView;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Making, changing and deleting tools that people write (contract 05 §2). */
final class ToolWriteRoutes {
    /** Tells a client that its tool took the place of another source; the value is the number of the version that was kept. */
    static final String OVERWROTE = "x-mneme-overwrote-version";

    private static final String TOOL = "/v1/tools/{tool_id:tool}";

    private final Registrar registrar;

    ToolWriteRoutes(Registrar registrar) {
        this.registrar = registrar;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/v1/tools",
                                "Makes a tool; one of the same name is overwritten and its source kept as a version")
                        .body(CreateTool.class)
                        .gives(ToolView.class)
                        .by(call -> saved(registrar.save(call.org(), call.user(), draft(call), true))),
                Route.put("/v1/tools", "Makes the tool with this name, or overwrites it")
                        .body(CreateTool.class)
                        .gives(ToolView.class)
                        .by(call -> saved(registrar.save(call.org(), call.user(), draft(call), false))),
                Route.patch(TOOL, "Changes a tool; its schema follows the source unless a client gave one")
                        .body(ModifyTool.class)
                        .gives(ToolView.class)
                        .by(call -> saved(registrar.patch(call.org(), call.user(), call.at("tool_id"), changes(call)))),
                Route.delete(TOOL, "Deletes a tool; agents that had it lose it").by(this::delete),
                Route.get(TOOL + "/versions", "Earlier sources of a tool, newest first")
                        .givesList(ToolVersionView.class)
                        .by(call -> Answer.ok(registrar.versions(call.org(), call.at("tool_id")).stream()
                                .map(ToolWriteRoutes::view)
                                .toList())),
                Route.post("/v1/tools/generate-schema", "The JSON schema that a source would get; nothing is stored")
                        .reach(Route.Reach.READ)
                        .body(SchemaRequest.class)
                        .by(this::schema));
    }

    private Answer delete(Call call) {
        registrar.delete(call.org(), call.at("tool_id"));
        return Answer.nothing();
    }

    private Answer schema(Call call) {
        SchemaRequest wanted = call.closedBody(SchemaRequest.class);
        String source = wanted.code() == null ? wanted.sourceCode() : wanted.code();
        if (source == null) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "code")));
        }
        return Answer.ok(registrar.schemaOf(source, wanted.sourceType(), null, wanted.argsJsonSchema()));
    }

    private static Answer saved(Saved saved) {
        ToolView view = ToolRoutes.view(saved.tool());
        return saved.overwrote() == 0
                ? Answer.ok(view)
                : new Answer.Json(200, view, Map.of(OVERWROTE, Integer.toString(saved.overwrote())));
    }

    private static ToolDraft draft(Call call) {
        CreateTool body = call.closedBody(CreateTool.class);
        check(body.returnCharLimit());
        return new ToolDraft(
                body.sourceCode(),
                body.sourceType(),
                body.description(),
                body.tags(),
                body.jsonSchema(),
                body.argsJsonSchema(),
                body.returnCharLimit(),
                packages("pip_requirements", body.pipRequirements()),
                packages("npm_requirements", body.npmRequirements()),
                body.defaultRequiresApproval(),
                body.enableParallelExecution(),
                null,
                call.header("x-project-id"));
    }

    private static ToolDraft changes(Call call) {
        ModifyTool body = call.body(ModifyTool.class);
        check(body.returnCharLimit());
        return new ToolDraft(
                body.sourceCode(),
                body.sourceType(),
                body.description(),
                body.tags(),
                body.jsonSchema(),
                body.argsJsonSchema(),
                body.returnCharLimit(),
                packages("pip_requirements", body.pipRequirements()),
                packages("npm_requirements", body.npmRequirements()),
                body.defaultRequiresApproval(),
                body.enableParallelExecution(),
                body.metadata(),
                null);
    }

    private static void check(@Nullable Integer returnCharLimit) {
        if (returnCharLimit == null) {
            return;
        }
        List<Object> place = List.of("body", "return_char_limit");
        if (returnCharLimit < 1) {
            throw new Invalid(new Invalid.Fault(
                    "greater_than_equal",
                    place,
                    "Input should be greater than or equal to 1",
                    IntNode.valueOf(returnCharLimit),
                    Map.of("ge", 1)));
        }
        if (returnCharLimit > Registrar.MOST_RETURN_CHARS) {
            throw new Invalid(new Invalid.Fault(
                    "less_than_equal",
                    place,
                    "Input should be less than or equal to " + Registrar.MOST_RETURN_CHARS,
                    IntNode.valueOf(returnCharLimit),
                    Map.of("le", Registrar.MOST_RETURN_CHARS)));
        }
    }

    /** The list as it is stored, null when nothing was said. */
    static @Nullable JsonNode packages(String field, @Nullable List<PackageWish> wishes) {
        if (wishes == null) {
            return null;
        }
        for (int i = 0; i < wishes.size(); i++) {
            if (wishes.get(i).name().isBlank()) {
                throw new Invalid(Invalid.Fault.of(
                        "string_too_short",
                        List.of("body", field, i, "name"),
                        "String should have at least 1 character",
                        TextNode.valueOf(wishes.get(i).name())));
            }
        }
        return Json.tree(wishes);
    }

    private static ToolVersionView view(ToolVersion version) {
        return new ToolVersionView(
                version.toolId(),
                version.version(),
                version.sourceType(),
                version.sourceCode(),
                version.jsonSchema(),
                version.argsJsonSchema(),
                Times.zulu(version.replacedAt()),
                version.replacedById());
    }
}
