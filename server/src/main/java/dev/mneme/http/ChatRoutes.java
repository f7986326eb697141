package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.AgentFilter;
import dev.mneme.agent.AgentState;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Loaded;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Usage;
import dev.mneme.run.Desk;
import dev.mneme.run.LogReader;
import dev.mneme.run.RunResult;
import dev.mneme.run.Submit;
import dev.mneme.wire.ChatCompletion;
import dev.mneme.wire.ChatModels;
import dev.mneme.wire.ChatRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Agents in OpenAI's chat language, for chat programs that speak nothing else (contract 12.5). An agent remembers by itself, so of the
 * history that such a program sends only the last message of the user counts.
 */
final class ChatRoutes {
    /** Microseconds of a second. */
    private static final long SECOND = 1_000_000;

    private final Agents agents;
    private final Threads threads;
    private final SendRoutes send;
    private final Desk desk;
    private final Clock clock;
    private final Duration quiet;

    ChatRoutes(Agents agents, Threads threads, SendRoutes send, Desk desk, Clock clock, Duration quiet) {
        this.agents = agents;
        this.threads = threads;
        this.send = send;
        this.desk = desk;
        this.clock = clock;
        this.quiet = quiet;
    }

    List<Route> routes() {
        return List.of(
                complete("/v1/chat/completions"),
                complete("/v1/openai/chat/completions"),
                Route.get("/v1/openai/models", "The agents, as OpenAI's clients list models")
                        .gives(ChatModels.class)
                        .by(this::models));
    }

    private Route complete(String pattern) {
        return Route.post(pattern, "Says something to an agent in OpenAI's chat language")
                .body(ChatRequest.class)
                .gives(ChatCompletion.class)
                .by(call -> {
                    try {
                        return answer(call);
                    } catch (Problem refused) {
                        throw refused.with("error", error(refused));
                    }
                });
    }

    /** The refusal once more as OpenAI's clients read it, beside the detail that all others read. */
    private static ObjectNode error(Problem refused) {
        boolean callers = refused.code().blame() == ProblemCode.Blame.CALLER;
        return Json.object()
                .put("message", refused.detail())
                .put("type", callers ? "invalid_request_error" : "server_error")
                .putNull("param")
                .put("code", refused.code().name().toLowerCase(java.util.Locale.ROOT));
    }

    private Answer answer(Call call) {
        ChatRequest body = call.body(ChatRequest.class);
        Threads.Place place = place(call, body.model());
        AgentState agent = agents.get(call.org(), place.agentId());
        boolean stream = Boolean.TRUE.equals(body.stream());
        Submit submit = send.read(
                call.with(message(body, stream)), place, stream ? SendRoutes.Way.CHAT_STREAM : SendRoutes.Way.CHAT);
        String runId = desk.submit(submit).runId();
        ChatStream.Head head = new ChatStream.Head(
                "chatcmpl-" + runId, clock.now() / SECOND, agent.llmConfig().model());
        if (!stream) {
            RunResult run = desk.await(call.org(), runId);
            Answer failed = SendRoutes.failed(run, runId);
            return failed == null ? whole(run, head) : failed;
        }
        boolean withUsage = body.streamOptions() != null
                && body.streamOptions().path("include_usage").asBoolean(false);
        LogReader log = desk.follow(call.org(), runId, 0);
        return Answer.stream(out -> new ChatStream(head, withUsage, out).copy(log, quiet));
    }

    /** The thread that a model's name means: an agent's id or, unlike the retired server, its name, or a conversation's id. */
    private Threads.Place place(Call call, String model) {
        if (IdKind.AGENT.fits(model) || IdKind.CONVERSATION.fits(model)) {
            return threads.of(call, model, null);
        }
        List<Loaded> named =
                agents.list(call.org(), AgentFilter.page(null, null, 2, false).named(model), Set.of());
        if (named.size() != 1) {
            throw Problem.invalid(
                    "For this endpoint, the 'model' field should contain an agent ID (format: 'agent-...'). Received: '"
                            + model + "'" + (named.isEmpty() ? "" : ", which is the name of several agents"));
        }
        return new Threads.Place(named.getFirst().state().id(), null);
    }

    private static ObjectNode message(ChatRequest body, boolean stream) {
        JsonNode last = body.messages().reversed().stream()
                .filter(message -> message.path("role").asText().equals("user"))
                .findFirst()
                .orElseThrow(() -> Problem.invalid(
                        "No user message found in the request. Please include at least one message with role='user'."));
        ObjectNode out = Json.object().put("stream_tokens", stream).put("include_pings", false);
        ObjectNode message = out.putArray("messages").addObject().put("role", "user");
        message.set("content", content(last.path("content")));
        return out;
    }

    private static JsonNode content(JsonNode given) {
        if (!given.isArray()) {
            return given;
        }
        ArrayNode parts = Json.array();
        for (JsonNode part : given) {
            switch (part.path("type").asText("")) {
                case "text" -> parts.addObject().put("type", "text").set("text", part.path("text"));
                case "image_url" -> {
                    // some programs write the address itself in place of an object around it
                    JsonNode link = part.path("image_url");
                    ObjectNode source = parts.addObject().put("type", "image").putObject("source");
                    source.put("type", "url").set("url", link.isTextual() ? link : link.path("url"));
                    source.set("detail", link.path("detail"));
                }
                default ->
                    throw Problem.invalid("Content of type '"
                            + part.path("type").asText() + "' cannot be given to an agent: use text and image_url.");
            }
        }
        return parts;
    }

    private static Answer whole(RunResult run, ChatStream.Head head) {
        List<JsonNode> said = SendRoutes.shown(run);
        List<String> texts = new ArrayList<>();
        for (JsonNode message : said) {
            if (message.path("message_type").asText().equals(LettaMessages.ASSISTANT)) {
                texts.add(ChatStream.text(message.path("content")));
            }
        }
        Usage usage = run.result().usage();
        return Answer.ok(new ChatCompletion(
                head.id(),
                List.of(new ChatCompletion.Choice(
                        ChatStream.finish(run.result().reason().word()),
                        0,
                        new ChatCompletion.Said(String.join("\n\n", texts), "assistant"))),
                head.created(),
                head.model(),
                "chat.completion",
                null,
                null,
                new ChatCompletion.ChatUsage(usage.completionTokens(), usage.promptTokens(), usage.totalTokens())));
    }

    private Answer models(Call call) {
        List<ChatModels.ChatModel> all =
                agents.list(call.org(), AgentFilter.page(null, null, 0, false), Set.of()).stream()
                        .map(Loaded::state)
                        .map(agent -> new ChatModels.ChatModel(
                                agent.id(), "model", agent.createdAt() / SECOND, "mneme", agent.name()))
                        .toList();
        return Answer.ok(new ChatModels("list", all));
    }
}
