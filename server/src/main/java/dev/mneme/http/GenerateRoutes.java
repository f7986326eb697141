package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.AgentState;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.wire.Generate;
import dev.mneme.wire.Generated;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One bare call of an agent's model: no memory, no tools, nothing is kept (contract 01 §7). */
final class GenerateRoutes {
    /** What the model must call when the answer has a shape. */
    private static final String ANSWER = "structured_output";

    private final Rooms rooms;

    GenerateRoutes(Rooms rooms) {
        this.rooms = rooms;
    }

    List<Route> routes() {
        return List.of(Route.post("/v1/agents/{agent_id:agent}/generate", "One bare call of the agent's model")
                .body(Generate.class)
                .gives(Generated.class)
                .by(this::generate));
    }

    private Answer generate(Call call) {
        Generate body = call.body(Generate.class);
        if (body.prompt().isEmpty()) {
            throw new Invalid(Invalid.Fault.of(
                    "string_too_short",
                    List.of("body", "prompt"),
                    "String should have at least 1 character",
                    Json.tree("")));
        }
        AgentState agent = rooms.agents().get(call.org(), call.at("agent_id"));
        LlmConfig config = body.overrideModel() == null
                ? agent.llmConfig()
                : rooms.models().of(call.org()).resolve(body.overrideModel());
        ModelEvent.Done said = ask(
                rooms.models().of(call.org()),
                new ModelRequest(
                        config,
                        Objects.requireNonNullElse(body.systemPrompt(), ""),
                        List.of(prompt(agent.id(), body.prompt(), rooms.clock().now())),
                        tools(body.responseSchema()),
                        body.responseSchema() == null
                                ? ModelRequest.ToolChoice.AUTO
                                : ModelRequest.ToolChoice.named(ANSWER),
                        false,
                        config.modelEndpointType().equals("anthropic"),
                        agent.id(),
                        call.user(),
                        agent.timezone()));
        return Answer.ok(new Generated(
                body.responseSchema() == null ? text(said) : structured(said),
                config.model(),
                SseFormat.usage(said.usage(), 0, null, List.of(), false)));
    }

    /** What a person says to a model, stored nowhere. now: microseconds. */
    static Message prompt(String agentId, String text, long now) {
        return new Message(
                IdKind.MESSAGE.next(),
                agentId,
                null,
                Role.USER,
                List.of(new Content.Text(text)),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                true,
                null,
                now);
    }

    private static List<ToolSpec> tools(@Nullable ObjectNode schema) {
        if (schema == null) {
            return List.of();
        }
        ObjectNode parameters = Json.object().put("type", "object");
        parameters.set("properties", schema.path("properties").isObject() ? schema.get("properties") : Json.object());
        JsonNode required = schema.path("required");
        parameters.set("required", required.isArray() ? required : Json.array());
        if (schema.has("$defs")) {
            parameters.set("$defs", schema.get("$defs"));
        }
        return List.of(new ToolSpec(ANSWER, "Gives the answer in the shape that is asked for.", parameters));
    }

    /** The whole answer to a bare call. */
    static ModelEvent.Done ask(Models models, ModelRequest request) {
        try (ModelStream stream = models.open(request)) {
            while (true) {
                if (stream.next() instanceof ModelEvent.Done done) {
                    return done;
                }
            }
        }
    }

    static String text(ModelEvent.Done said) {
        return said.content().stream()
                .filter(Content.Text.class::isInstance)
                .map(part -> ((Content.Text) part).text())
                .collect(Collectors.joining());
    }

    /** The arguments of the call as JSON text; a model that answers in text is taken at its word. */
    private static String structured(ModelEvent.Done said) {
        for (ToolCall each : said.calls()) {
            if (each.name().equals(ANSWER)) {
                return each.arguments();
            }
        }
        String text = text(said);
        if (text.isEmpty()) {
            throw Problem.unprocessable("The model gave no answer in the shape that was asked for.");
        }
        return text;
    }
}
