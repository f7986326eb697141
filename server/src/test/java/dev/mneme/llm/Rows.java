package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ReturnParts;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Short ways to make rows and requests in tests. */
final class Rows {
    /** 2026-01-05 10:00:00 UTC. */
    static final long AT = 1_767_607_200_000_000L;

    static final ToolSpec TOOL = new ToolSpec(
            "get_weather",
            "Tells the weather.",
            Json.read(
                    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"unit\":{\"type\":\"string\"}},\"required\":[\"city\"]}",
                    JsonNode.class));

    private Rows() {}

    static Message user(String text) {
        return row(Role.USER, List.of(new Content.Text(text)), List.of(), List.of(), null);
    }

    static Message system(String text) {
        return row(Role.SYSTEM, List.of(new Content.Text(text)), List.of(), List.of(), null);
    }

    static Message said(String text, String... callIds) {
        List<ToolCall> calls = new ArrayList<>();
        for (String id : callIds) {
            calls.add(new ToolCall(id, "get_weather", "{\"city\":\"" + id + "\"}"));
        }
        return row(
                Role.ASSISTANT, text.isEmpty() ? List.of() : List.of(new Content.Text(text)), calls, List.of(), null);
    }

    static Message pending(String... callIds) {
        Message said = said("", callIds);
        return row(Role.APPROVAL, List.of(), said.toolCalls(), List.of(), null);
    }

    static Message answered() {
        return row(Role.APPROVAL, List.of(), List.of(), List.of(), "{\"approve\":true}");
    }

    /** As turns store it: with the calls that it answers. */
    static Message returned(String... callIds) {
        List<ToolCall> calls = new ArrayList<>();
        List<ToolReturn> returns = new ArrayList<>();
        for (String id : callIds) {
            calls.add(new ToolCall(id, "weather", "{}"));
            returns.add(new ToolReturn(id, "success", "sunny in " + id, null, null));
        }
        return row(Role.TOOL, List.of(), calls, returns, null);
    }

    /** A return of one text and one image. */
    static Message pictured(String callId) {
        List<Content> parts = List.of(new Content.Text("a map"), new Content.Image("image/png", "aWdn", null));
        return row(
                Role.TOOL,
                List.of(),
                List.of(),
                List.of(new ToolReturn(callId, ToolReturn.SUCCESS, ReturnParts.text(parts), null, null, parts)),
                null);
    }

    static Message row(
            Role role,
            List<Content> content,
            List<ToolCall> calls,
            List<ToolReturn> returns,
            @Nullable String approval) {
        return new Message(
                "message-" + UUID.randomUUID(),
                "agent-1",
                null,
                role,
                content,
                calls,
                returns,
                approval,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                AT);
    }

    static ModelRequest request(LlmConfig config, boolean stream, Message... history) {
        return new ModelRequest(
                config,
                "You are an agent.",
                List.of(history),
                List.of(TOOL),
                ModelRequest.ToolChoice.AUTO,
                false,
                stream,
                "agent-1",
                "user-1",
                "UTC");
    }

    static ModelRequest with(ModelRequest r, ModelRequest.ToolChoice choice, boolean parallel, ToolSpec... tools) {
        return new ModelRequest(
                r.config(),
                r.system(),
                r.history(),
                List.of(tools),
                choice,
                parallel,
                r.stream(),
                r.agentId(),
                r.userId(),
                r.timezone(),
                r.agentType());
    }

    static LlmConfig config(LlmConfig c, boolean reasoner, int budget, @Nullable Boolean strict, int window) {
        return new LlmConfig(
                c.model(),
                null,
                c.modelEndpointType(),
                c.modelEndpoint(),
                c.providerName(),
                c.providerCategory(),
                null,
                window,
                false,
                c.handle(),
                0.5,
                c.maxTokens(),
                reasoner,
                c.reasoningEffort(),
                budget,
                null,
                null,
                null,
                c.verbosity(),
                null,
                false,
                null,
                strict,
                false,
                null,
                false,
                null);
    }

    static LlmConfig at(LlmConfig c, @Nullable String endpoint, @Nullable String category, @Nullable String handle) {
        return new LlmConfig(
                c.model(),
                null,
                c.modelEndpointType(),
                endpoint,
                c.providerName(),
                category,
                null,
                c.contextWindow(),
                false,
                handle,
                0.5,
                c.maxTokens(),
                false,
                null,
                0,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                false,
                false,
                null,
                false,
                null);
    }

    /** Everything a call says, to the end. */
    static List<ModelEvent> events(Models models, ModelRequest request) {
        List<ModelEvent> events = new ArrayList<>();
        try (ModelStream stream = models.open(request)) {
            while (true) {
                ModelEvent event = stream.next();
                events.add(event);
                if (event instanceof ModelEvent.Done) {
                    return events;
                }
            }
        }
    }

    static ModelEvent.Done done(Models models, ModelRequest request) {
        return (ModelEvent.Done) events(models, request).getLast();
    }

    static String text(ModelEvent.Done done) {
        StringBuilder out = new StringBuilder();
        for (Content part : done.content()) {
            out.append(part instanceof Content.Text text ? text.text() : "");
        }
        return out.toString();
    }
}
