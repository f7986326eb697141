package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.tool.Registrar;
import dev.mneme.tool.SourceType;
import dev.mneme.tool.ToolDraft;
import dev.mneme.tool.ToolRow;
import dev.mneme.wire.GenerateTool;
import dev.mneme.wire.GeneratedTool;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A tool written by a model, shown to whoever asked and not stored (contract 12: {@code generate-tool}). */
final class GenerateToolRoutes {
    /** What the model must call to hand its tool over. */
    private static final String HAND_OVER = "hand_over_tool";

    /** A model is told once what was wrong with its source; more tries cost more than a second request with a better prompt. */
    private static final int TRIES = 2;

    /** Characters of what a model said instead, in the refusal. */
    private static final int MOST_SAID = 300;

    private static final String SYSTEM = """
            You write tools for an agent that works by calling functions. A tool is the source of one top-level Python function.
            - Every parameter has a type annotation of plain JSON kinds: str, int, float, bool, list, dict, Literal, Optional, or a
              Pydantic model that the source defines.
            - The docstring says in one sentence what the function does and, under "Args:", what each parameter means.
            - Imports stand inside the function. requests, httpx and pydantic are there; name every other package in pip_requirements.
            - Secrets come from os.getenv. Only /tmp can be written to. Errors are raised as exceptions that say what went wrong.
            - The return is short text or plain JSON that the agent can read.
            Hand the tool over by calling %s, with arguments to try it with.""".formatted(HAND_OVER);

    private static final ToolSpec SPEC =
            new ToolSpec(HAND_OVER, "Hands over the finished tool.", Json.read("""
                    {"type":"object","properties":{
                     "source_code":{"type":"string","description":"The whole Python source of the tool."},
                     "sample_args":{"type":"string","description":"A JSON object of arguments to try the function with."},
                     "pip_requirements":{"type":"array","items":{"type":"string"},"description":"Packages of PyPI that it imports besides those that are there."},
                     "explanation":{"type":"string","description":"One or two sentences about how it works."}},
                     "required":["source_code","sample_args","pip_requirements","explanation"]}""", ObjectNode.class));

    private static final Pattern FENCED = Pattern.compile("```(?:python|py)?\\s*\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private final Rooms rooms;
    private final Registrar registrar;

    GenerateToolRoutes(Rooms rooms) {
        this.rooms = rooms;
        this.registrar = rooms.workshop().registrar();
    }

    List<Route> routes() {
        return List.of(Route.post("/v1/tools/generate-tool", "A tool written by a model; nothing is stored")
                .body(GenerateTool.class)
                .gives(GeneratedTool.class)
                .by(this::generate));
    }

    /** What the model handed over. args: a JSON object, as text or as itself. */
    private record Handed(String source, JsonNode args, JsonNode packages, String words) {}

    private Answer generate(Call call) {
        GenerateTool body = call.closedBody(GenerateTool.class);
        if (!NAME.matcher(body.toolName()).matches()) {
            throw Problem.unprocessable(
                    "tool_name must be the name of a Python function, not '" + body.toolName() + "'.");
        }
        String handle = body.handle() == null ? rooms.models().defaultHandle() : body.handle();
        if (handle == null) {
            throw Problem.unprocessable("handle is missing: this server has no model of its own choice.");
        }
        LlmConfig config = rooms.models().of(call.org()).resolve(handle);
        StringBuilder wish = new StringBuilder(wish(body));
        Problem refusal = null;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Handed handed = handed(ask(call, config, wish.toString()), config);
            try {
                ToolRow tool = registrar.sketch(call.user(), draft(handed), body.toolName());
                return Answer.ok(new GeneratedTool(ToolRoutes.view(tool), arguments(handed.args()), handed.words()));
            } catch (Problem e) {
                refusal = e;
                wish.append("\n\nYour last source was refused: ")
                        .append(e.detail())
                        .append("\nIt was:\n")
                        .append(handed.source());
            }
        }
        throw Problem.unprocessable(config.handle() + " wrote no tool that can be used: "
                + Objects.requireNonNull(refusal, "a refusal ends the loop").detail());
    }

    private static String wish(GenerateTool body) {
        StringBuilder out =
                new StringBuilder("Write the function ").append(body.toolName()).append(". What it shall do:\n");
        out.append(body.prompt());
        if (body.starterCode() != null && !body.starterCode().isBlank()) {
            out.append("\n\nBegin with this source:\n").append(body.starterCode());
        }
        List<String> wrong = Objects.requireNonNullElse(body.validationErrors(), List.of());
        if (!wrong.isEmpty()) {
            out.append("\n\nWhat was wrong with it:");
            wrong.forEach(each -> out.append("\n- ").append(each));
        }
        return out.toString();
    }

    private ModelEvent.Done ask(Call call, LlmConfig config, String wish) {
        return GenerateRoutes.ask(
                rooms.models().of(call.org()),
                new ModelRequest(
                        config,
                        SYSTEM,
                        List.of(GenerateRoutes.prompt(
                                HAND_OVER, wish, rooms.clock().now())),
                        List.of(SPEC),
                        ModelRequest.ToolChoice.named(HAND_OVER),
                        false,
                        config.modelEndpointType().equals("anthropic"),
                        HAND_OVER,
                        call.user(),
                        "UTC"));
    }

    /** What it called with; the first block of code of a model that answers in text. */
    private static Handed handed(ModelEvent.Done said, LlmConfig config) {
        for (ToolCall each : said.calls()) {
            JsonNode given = object(each.arguments());
            if (each.name().equals(HAND_OVER) && given.path("source_code").isTextual()) {
                return new Handed(
                        given.path("source_code").textValue(),
                        given.path("sample_args"),
                        given.path("pip_requirements"),
                        given.path("explanation").asText());
            }
        }
        String text = GenerateRoutes.text(said);
        Matcher code = FENCED.matcher(text);
        if (!code.find()) {
            throw Problem.unprocessable(config.handle() + " wrote no tool. Name another model by `handle`. It said: "
                    + text.substring(0, Math.min(MOST_SAID, text.length())));
        }
        return new Handed(
                code.group(1),
                Json.object(),
                Json.array(),
                text.substring(0, code.start()).strip());
    }

    private static ToolDraft draft(Handed handed) {
        ArrayNode packages = Json.array();
        handed.packages().forEach(each -> {
            if (each.isTextual() && !each.textValue().isBlank()) {
                packages.addObject().put("name", each.textValue().strip()).putNull("version");
            }
        });
        return new ToolDraft(
                handed.source(),
                SourceType.PYTHON.word(),
                null,
                null,
                null,
                null,
                null,
                packages.isEmpty() ? null : packages,
                null,
                null,
                null,
                null,
                null);
    }

    private static ObjectNode arguments(JsonNode given) {
        return given instanceof ObjectNode object ? object : object(given.asText());
    }

    /** An object in a text; empty when there is none: samples can be typed in by hand. */
    private static ObjectNode object(@Nullable String text) {
        try {
            return text != null && Json.parse(text) instanceof ObjectNode object ? object : Json.object();
        } catch (IOException e) {
            return Json.object();
        }
    }
}
