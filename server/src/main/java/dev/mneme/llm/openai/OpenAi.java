package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.llm.Vendor;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * OpenAI and everything that speaks like it: chat completions, and the Responses language for OpenAI's reasoning models in agents that
 * answer in plain text (contract 09 §5). Thread-safe.
 */
public final class OpenAi implements Vendor {
    /** OpenAI's own address. */
    static final String OFFICIAL = "https://api.openai.com/v1";

    /** The kind of agent whose reasoning models are asked in the Responses language. */
    private static final String V1_AGENT = "letta_v1_agent";

    /** Statuses of servers that know no Responses language. */
    private static final List<Integer> NO_SUCH_PATH = List.of(404, 405, 501);

    private final ProviderHttp http;

    /** Addresses, other than OpenAI's own, that turned out to know chat completions only. */
    private final Set<String> chatOnly = ConcurrentHashMap.newKeySet();

    public OpenAi(ProviderHttp http) {
        this.http = http;
    }

    @Override
    public ModelStream open(ModelRequest request, Endpoint at) {
        if (!inResponses(request, at)) {
            return chat(request, at);
        }
        try {
            return responses(request, at, true);
        } catch (ModelException e) {
            if (ResponsesRequest.foreignThoughts(e)) {
                return responses(request, at, false);
            }
            if (at.baseUrl().equals(OFFICIAL) || NO_SUCH_PATH.stream().noneMatch(status -> answered(e, status))) {
                throw e;
            }
            ModelStream stream = chat(request, at);
            chatOnly.add(at.baseUrl());
            return stream;
        }
    }

    @Override
    public JsonNode preview(ModelRequest request, Endpoint at) {
        return inResponses(request, at) ? ResponsesRequest.of(request, at, true) : ChatRequest.of(request, at);
    }

    @Override
    public List<Listed> list(Endpoint at) {
        return ModelList.of(http, at);
    }

    private boolean inResponses(ModelRequest request, Endpoint at) {
        return at.provider().equals("openai")
                && V1_AGENT.equals(request.agentType())
                && ChatRequest.reasons(request.config().model())
                && !chatOnly.contains(at.baseUrl());
    }

    private ModelStream chat(ModelRequest request, Endpoint at) {
        ObjectNode body = ChatRequest.of(request, at);
        Place place = Place.of(at, request.config().model(), "/chat/completions");
        Answer answer = http.post(place.at(), place.path(), place.headers(), body, request.stream());
        return new ChatStream(answer, request.stream(), length(body.path("messages")));
    }

    private ModelStream responses(ModelRequest request, Endpoint at, boolean thoughts) {
        ObjectNode body = ResponsesRequest.of(request, at, thoughts);
        Place place = Place.of(at, request.config().model(), "/responses");
        Answer answer = http.post(place.at(), place.path(), place.headers(), body, request.stream());
        return new ResponsesStream(answer, request.stream(), length(body.path("input")));
    }

    /** Whether the provider's status was this one. */
    static boolean answered(ModelException e, int status) {
        return e.kind().blame() == ProblemCode.Blame.PROVIDER
                && e.detail().toLowerCase(Locale.ROOT).contains("error code: " + status + " - ");
    }

    /** Characters of all texts, roughly. */
    private static int length(JsonNode messages) {
        int length = 0;
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            length += content.isTextual()
                    ? content.asText().length()
                    : content.toString().length();
            length += message.path("output").asText().length();
        }
        return length;
    }
}
