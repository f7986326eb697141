package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.tool.CustomTools;
import dev.mneme.tool.Registrar;
import dev.mneme.tool.SourceType;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.ToolRow;
import dev.mneme.turn.DirectCalls;
import dev.mneme.wire.RunTool;
import dev.mneme.wire.ToolArguments;
import dev.mneme.wire.ToolResult;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Running a tool without an agent's turn: a source to try, or a tool that an agent has (contract 05 §5). */
final class ToolRunRoutes {
    private final Registrar registrar;
    private final CustomTools custom;
    private final DirectCalls calls;
    private final Clock clock;

    ToolRunRoutes(Workshop workshop, Clock clock) {
        this.registrar = workshop.registrar();
        this.custom = workshop.custom();
        this.calls = workshop.calls();
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/tools/run", "Runs a source once, in the sandbox; nothing of it is stored")
                        .body(RunTool.class)
                        .by(this::trial),
                Route.post(
                                "/v1/agents/{agent_id:agent}/tools/{tool_name}/run",
                                "Calls a tool of an agent, without rules or approvals")
                        .optionalBody(ToolArguments.class)
                        .gives(ToolResult.class)
                        .by(this::direct));
    }

    private Answer trial(Call call) {
        RunTool body = call.closedBody(RunTool.class);
        if (body.sourceCode().isBlank()) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "Custom tool is missing source_code field.");
        }
        SourceType type = SourceType.of(body.sourceType());
        ObjectNode schema = body.jsonSchema() == null || body.jsonSchema().isEmpty()
                ? registrar.schemaOf(body.sourceCode(), body.sourceType(), body.name(), body.argsJsonSchema())
                : body.jsonSchema();
        ToolOutcome outcome = custom.run(new CustomTools.Trial(
                call.org(),
                body.name(),
                type,
                body.sourceCode(),
                schema,
                body.argsJsonSchema(),
                body.args(),
                body.envVars() == null ? Map.of() : body.envVars(),
                ToolWriteRoutes.packages("pip_requirements", body.pipRequirements()),
                ToolWriteRoutes.packages("npm_requirements", body.npmRequirements())));
        return Answer.ok(message(body.name(), outcome));
    }

    /** The message that a turn would have stored; its ids are the contract's text "null". */
    private ObjectNode message(@Nullable String name, ToolOutcome outcome) {
        ObjectNode out = Json.object().put("id", "null").put("date", Times.seconds(clock.now()));
        out.put("name", name).put("message_type", "tool_return_message");
        for (String key : List.of("otid", "sender_id", "step_id", "is_err", "seq_id", "run_id")) {
            out.putNull(key);
        }
        ObjectNode one = out.putArray("tool_returns").addObject().put("type", "tool");
        for (ObjectNode each : List.of(out, one)) {
            switch (outcome) {
                case ToolOutcome.Ok ok ->
                    each.put("tool_return", DirectCalls.clipped(ok.value().asText(), ToolRow.RETURN_CHAR_LIMIT))
                            .put("status", "success")
                            .put("tool_call_id", "null")
                            .<ObjectNode>set("stdout", lines(ok.stdout()))
                            .set("stderr", lines(ok.stderr()));
                case ToolOutcome.Failed failed ->
                    each.put("tool_return", failed.text())
                            .put("status", "error")
                            .put("tool_call_id", "null")
                            .<ObjectNode>set("stdout", lines(failed.stdout()))
                            .set("stderr", lines(failed.stderr()));
            }
        }
        return out;
    }

    private static JsonNode lines(@Nullable List<String> lines) {
        return lines == null ? Json.array() : Json.tree(lines);
    }

    private Answer direct(Call call) {
        ObjectNode arguments =
                call.body(Binder.orEmpty(call.json()), ToolArguments.class).args();
        DirectCalls.Called called = calls.call(
                call.org(),
                call.user(),
                call.at("agent_id"),
                call.at("tool_name"),
                arguments == null ? Json.object() : arguments);
        String print = called.fingerprint();
        return Answer.ok(
                switch (called.outcome()) {
                    case ToolOutcome.Ok ok ->
                        new ToolResult(
                                "success",
                                ok.value().isNull() ? null : ok.value(),
                                null,
                                ok.stdout(),
                                ok.stderr(),
                                print);
                    case ToolOutcome.Failed failed ->
                        new ToolResult(
                                "error",
                                null,
                                null,
                                failed.stdout(),
                                failed.stderr() == null || failed.stderr().isEmpty()
                                        ? List.of(failed.text())
                                        : failed.stderr(),
                                print);
                });
    }
}
