package dev.mneme.llm.anthropic.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.ProviderHttp;
import dev.mneme.llm.Vendor;
import dev.mneme.llm.anthropic.AnthropicMessages;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Claude at AWS Bedrock, by InvokeModel: the same body and the same events as at Anthropic, so that thoughts, signatures and cache marks
 * go through untouched (docs/decisions/0008). Thread-safe.
 */
public final class Bedrock implements Vendor {
    /** The version of the language in a body at Bedrock (Bedrock user guide, "Anthropic Claude Messages API"). */
    private static final String VERSION = "bedrock-2023-05-31";

    /** AWS is slower to list than others. */
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(5);

    private final ProviderHttp http;

    public Bedrock(ProviderHttp http) {
        this.http = http;
    }

    @Override
    public ModelStream open(ModelRequest request, Endpoint at) {
        AnthropicMessages.Body built = AnthropicMessages.body(request);
        boolean streamed = built.json().path("stream").asBoolean();
        ObjectNode body = wrapped(built);
        String path = "/model/" + AwsSignature.encoded(modelId(request))
                + (streamed ? "/invoke-with-response-stream" : "/invoke");
        Map<String, String> headers = new HashMap<>();
        headers.put("content-type", "application/json");
        headers.put("accept", streamed ? "application/vnd.amazon.eventstream" : "application/json");
        headers.putAll(signed(at, "POST", URI.create(at.baseUrl() + path), headers, body.toString()));
        Answer answer = http.post(at, path, headers, body, streamed);
        return AnthropicMessages.reading(answer, streamed, request.stream(), new FramedEvents(answer));
    }

    @Override
    public JsonNode preview(ModelRequest request, Endpoint at) {
        return wrapped(AnthropicMessages.body(request));
    }

    @Override
    public List<Listed> list(Endpoint at) {
        Endpoint control = new Endpoint(
                at.provider(),
                at.display(),
                at.baseUrl().replaceFirst("^https://bedrock-runtime\\.", "https://bedrock."),
                at.apiKey(),
                at.requestTimeout(),
                at.streamTimeout(),
                at.extras(),
                at.guarded());
        String path = "/inference-profiles?maxResults=1000";
        Map<String, String> headers = signed(control, "GET", URI.create(control.baseUrl() + path), Map.of(), "");
        List<Listed> found = new ArrayList<>();
        for (JsonNode profile : http.get(control, path, headers, LIST_TIMEOUT).path("inferenceProfileSummaries")) {
            String id = profile.path("inferenceProfileId").asText();
            if (id.contains("anthropic.")) {
                found.add(new Listed(id, null));
            }
        }
        return found;
    }

    /** The id of the inference profile: what stands after the provider in the handle. */
    private static String modelId(ModelRequest request) {
        String handle = request.config().handle();
        int slash = handle == null ? -1 : handle.indexOf('/');
        return handle == null || slash < 0 ? request.config().model() : handle.substring(slash + 1);
    }

    private static ObjectNode wrapped(AnthropicMessages.Body built) {
        ObjectNode body = built.json();
        // The model stands in the path, and whether to stream too; betas have no header here.
        body.remove(List.of("model", "stream"));
        body.put("anthropic_version", VERSION);
        if (!built.betas().isEmpty()) {
            built.betas().forEach(body.putArray("anthropic_beta")::add);
        }
        return body;
    }

    private static Map<String, String> signed(
            Endpoint at, String method, URI uri, Map<String, String> headers, String body) {
        return at.apiKey() == null
                ? Map.of()
                : AwsSignature.of(at.apiKey())
                        .headers(method, uri, headers, body.getBytes(StandardCharsets.UTF_8), "bedrock", Instant.now());
    }
}
