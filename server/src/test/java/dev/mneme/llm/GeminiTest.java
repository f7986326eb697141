package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.testkit.Playback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Gemini gets (contract 09 §5), and what is its own way besides the suite of all languages. */
class GeminiTest {
    private static final String FINE =
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"fine\"}],\"role\":\"model\"},\"finishReason\":\"STOP\"}]}";
    private static final String NOTHING =
            "{\"candidates\":[{\"content\":{\"role\":\"model\"},\"finishReason\":\"MALFORMED_FUNCTION_CALL\"}]}";

    private final Playback google = Playback.start();
    private final List<Long> pauses = new ArrayList<>();
    private final Models models = LlmTest.models(
            LlmOptions.fromEnvironment(Map.of(
                    "GEMINI_BASE_URL",
                    google.url(),
                    "GEMINI_API_KEY",
                    "key-12345",
                    "GOOGLE_CLOUD_PROJECT",
                    "p1",
                    "GOOGLE_CLOUD_LOCATION",
                    "europe-west4",
                    "GOOGLE_OAUTH_ACCESS_TOKEN",
                    "ya29.token",
                    "GOOGLE_VERTEX_BASE_URL",
                    google.url())),
            pauses);

    @AfterEach
    void close() {
        models.close();
        google.close();
    }

    private JsonNode sent(ModelRequest request) {
        google.play(Playback.Tape.json(FINE));
        Rows.done(models, request);
        return google.last().body();
    }

    private static void same(JsonNode actual, String expected) {
        assertThat(actual).isEqualTo(Json.read(expected, JsonNode.class));
    }

    private static JsonNode schema(String json) {
        return Json.read(json, JsonNode.class);
    }

    private static Message by(String model, Message row) {
        return new Message(
                row.id(),
                row.agentId(),
                null,
                row.role(),
                row.content(),
                row.toolCalls(),
                row.toolReturns(),
                null,
                null,
                null,
                null,
                null,
                model,
                null,
                null,
                false,
                null,
                row.createdAt());
    }

    @Test
    void historyToolsAndThinking() {
        Message thought = by(
                "gemini-2.5-flash",
                Rows.row(
                        Role.ASSISTANT,
                        List.of(new Content.Reasoning(true, "hm", "c2ln", "google"), new Content.Text("look")),
                        List.of(new ToolCall("x", "get_weather", "{\"city\":\"x\"}")),
                        List.of(),
                        null));
        ModelRequest request = Rows.request(
                models.resolve("google_ai/gemini-2.5-flash"),
                false,
                Rows.user("q"),
                thought,
                Rows.returned("x"),
                Rows.user("r"),
                Rows.system("note"));
        same(sent(request), """
                {"systemInstruction":{"parts":[{"text":"You are an agent."}]},
                 "contents":[
                  {"role":"user","parts":[{"text":"q"}]},
                  {"role":"model","parts":[{"text":"look"},{"functionCall":{"id":"x","name":"get_weather","args":{"city":"x"}},"thoughtSignature":"c2ln"}]},
                  {"role":"user","parts":[{"functionResponse":{"id":"x","name":"get_weather","response":{"status":"OK","message":"sunny in x","time":"2026-01-05 10:00:00 AM UTC+0000"}}}]},
                  {"role":"model","parts":[{"text":"(The results were noted.)"}]},
                  {"role":"user","parts":[{"text":"r"},{"text":"<event>SYSTEM ALERT: note</event>"}]}],
                 "tools":[{"functionDeclarations":[{"name":"get_weather","description":"Tells the weather.","parameters":
                   {"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string"}},"required":["city"]}}]}],
                 "toolConfig":{"functionCallingConfig":{"mode":"AUTO"}},
                 "generationConfig":{"temperature":1.0,"maxOutputTokens":65536,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":1024}}}""");
        assertThat(google.last().path()).isEqualTo("/v1beta/models/gemini-2.5-flash:generateContent");
        assertThat(google.last().headers()).containsEntry("x-goog-api-key", "key-12345");
        assertThat(google.last().path()).doesNotContain("key-12345");
    }

    @Test
    void newerModelsNeedASignatureOnEachFirstCall() {
        LlmConfig three = models.resolve("google_ai/gemini-3-pro-preview");
        ModelRequest request = Rows.request(
                three,
                false,
                Rows.user("q"),
                by("claude-sonnet-4-5", Rows.said("", "a", "b")),
                Rows.returned("a", "b"));
        JsonNode parts = sent(request).path("contents").path(1).path("parts");
        assertThat(parts.path(0).path("thoughtSignature").asText()).isEqualTo("skip_thought_signature_validator");
        assertThat(parts.path(1).has("thoughtSignature")).isFalse();
        assertThat(google.last()
                        .body()
                        .path("generationConfig")
                        .path("thinkingConfig")
                        .toString())
                .isEqualTo("{\"includeThoughts\":true}");
    }

    @Test
    void anothersSignatureIsNotSent() {
        Message claude = by(
                "claude-sonnet-4-5",
                Rows.row(
                        Role.ASSISTANT,
                        List.of(new Content.Reasoning("hm", "anthropic's"), new Content.Text("said")),
                        List.of(),
                        List.of(),
                        null));
        ModelRequest request =
                Rows.request(models.resolve("google_ai/gemini-2.5-pro"), false, Rows.user("q"), claude, Rows.user("r"));
        assertThat(sent(request).toString()).doesNotContain("anthropic's").contains("\"said\"");
    }

    @Test
    void aSignatureWithoutAThoughtIsKeptAndSentBack() {
        google.play(
                Playback.Tape.json(
                        "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"get_weather\",\"args\":{}},\"thoughtSignature\":\"c2ln\"}]},\"finishReason\":\"STOP\"}]}"));
        LlmConfig config = models.resolve("google_ai/gemini-2.5-flash");
        ModelEvent.Done done = Rows.done(models, Rows.request(config, false, Rows.user("q")));
        assertThat(done.content()).containsExactly(new Content.OmittedReasoning("c2ln"));
        Message row = by("gemini-2.5-flash", Rows.row(Role.ASSISTANT, done.content(), done.calls(), List.of(), null));
        JsonNode body = sent(Rows.request(
                config,
                false,
                Rows.user("q"),
                row,
                Rows.returned(done.calls().getFirst().id())));
        assertThat(body.findValuesAsText("thoughtSignature")).containsExactly("c2ln");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // what is not known is left out; const of a text is a choice of one
                "{'type':'object','$schema':'x','additionalProperties':false,'properties':{'a':{'type':'integer','default':1,'exclusiveMinimum':0,'minimum':1},'b':{'const':'k'}}}"
                        + "|{'type':'object','properties':{'a':{'type':'integer','minimum':1},'b':{'type':'string','enum':['k']}}}",
                // references are inlined, also those that never end
                "{'type':'object','properties':{'p':{'$ref':'#/$defs/P','description':'d'}},'$defs':{'P':{'type':'object','properties':{'x':{'type':'number'}}}}}"
                        + "|{'type':'object','properties':{'p':{'type':'object','description':'d','properties':{'x':{'type':'number'}}}}}",
                // null is a word beside the type; lists always say of what
                "{'type':'object','properties':{'a':{'anyOf':[{'type':'string'},{'type':'null'}]},'b':{'type':['array','null']},'c':{'type':'string','format':'uri'}},'required':['a','zz']}"
                        + "|{'type':'object','properties':{'a':{'nullable':true,'type':'string'},'b':{'type':'array','nullable':true,'items':{'type':'string'}},'c':{'type':'string'}},'required':['a']}",
                "{'type':'object','properties':{'a':{'type':'integer','enum':[1,2]},'b':{'oneOf':[{'type':'string'},{'type':'integer'}]}}}"
                        + "|{'type':'object','properties':{'a':{'type':'integer'},'b':{'anyOf':[{'type':'string'},{'type':'integer'}]}}}",
            })
    void schemasAreCleaned(String given, String wanted) {
        ToolSpec tool = new ToolSpec("f", "F.", schema(given.replace('\'', '"')));
        ModelRequest request = Rows.with(
                Rows.request(models.resolve("google_ai/gemini-2.5-flash"), false, Rows.user("q")),
                ToolChoice.named("f"),
                false,
                tool);
        JsonNode body = sent(request);
        same(body.at("/tools/0/functionDeclarations/0/parameters"), wanted.replace('\'', '"'));
        same(
                body.path("toolConfig"),
                "{\"functionCallingConfig\":{\"mode\":\"ANY\",\"allowedFunctionNames\":[\"f\"]}}");
    }

    @Test
    void aSchemaThatContainsItselfEnds() {
        ToolSpec tool = new ToolSpec("f", "F.", schema("""
                {"type":"object","properties":{"n":{"$ref":"#/$defs/N"}},"$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"}}}}}"""));
        ModelRequest request = Rows.with(
                Rows.request(models.resolve("google_ai/gemini-2.5-flash"), false, Rows.user("q")),
                ToolChoice.AUTO,
                false,
                tool,
                new ToolSpec("g", "G.", schema("{\"type\":\"object\",\"properties\":{}}")));
        JsonNode declared = sent(request).at("/tools/0/functionDeclarations");
        assertThat(declared.toString()).hasSizeLessThan(3_000).doesNotContain("$ref");
        assertThat(declared.path(1).has("parameters")).isFalse();
    }

    @Test
    void imagesAreInline() {
        Message row = Rows.row(
                Role.USER,
                List.of(new Content.Text("what is it?"), new Content.Image("image/png", "aWdn", null)),
                List.of(),
                List.of(),
                null);
        same(
                sent(Rows.request(models.resolve("google_ai/gemini-2.5-flash"), false, row))
                        .at("/contents/0/parts"),
                "[{\"text\":\"what is it?\"},{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"aWdn\"}}]");
    }

    @Test
    void imagesOfToolsFollowTheirResults() {
        JsonNode parts = sent(Rows.request(
                        models.resolve("google_ai/gemini-2.5-flash"),
                        false,
                        Rows.user("q"),
                        Rows.said("", "x"),
                        Rows.pictured("x")))
                .at("/contents/2/parts");
        assertThat(parts.at("/0/functionResponse/response").toString()).contains("a map");
        same(parts.path(1), "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"aWdn\"}}");
    }

    @Test
    void emptyAndWithheldAnswersAreAskedForAgain() {
        google.play(
                Playback.Tape.json(NOTHING),
                Playback.Tape.json("{\"promptFeedback\":{\"blockReason\":\"OTHER\"}}"),
                Playback.Tape.json(FINE));
        ModelRequest request = Rows.request(models.resolve("google_ai/gemini-2.5-flash"), false, Rows.user("q"));
        assertThat(Rows.text(Rows.done(models, request))).isEqualTo("fine");
        assertThat(pauses).hasSize(2);
        for (int i = 0; i <= RetryLimits.DEFAULT_ATTEMPTS; i++) {
            google.play(Playback.Tape.json(NOTHING));
        }
        ModelException e = catchThrowableOfType(ModelException.class, () -> Rows.done(models, request));
        assertThat(e.kind()).isEqualTo(ProblemCode.LLM_EMPTY_RESPONSE);
        assertThat(e.detail()).contains("MALFORMED_FUNCTION_CALL");
    }

    @Test
    void refusalsOfGoogle() {
        ModelRequest request = Rows.request(models.resolve("google_ai/gemini-2.5-flash"), false, Rows.user("q"));
        google.play(
                Playback.Tape.refusal(
                        400,
                        "{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}"));
        assertThat(catchThrowableOfType(ModelException.class, () -> Rows.done(models, request))
                        .kind())
                .isEqualTo(ProblemCode.LLM_AUTHENTICATION);
        google.play(
                Playback.Tape.refusal(
                        400,
                        "{\"error\":{\"code\":400,\"message\":\"The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).\"}}"));
        assertThat(catchThrowableOfType(ModelException.class, () -> Rows.done(models, request))
                        .kind())
                .isEqualTo(ProblemCode.LLM_CONTEXT_WINDOW);
        google.play(
                Playback.Tape.refusal(
                        429,
                        "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\": \"7s\"}]}}"),
                Playback.Tape.json(FINE));
        Rows.done(models, request);
        assertThat(pauses).containsExactly(7_000L);
    }

    @Test
    void vertexIsCalledWithATokenAndWithoutIds() {
        ModelRequest request = Rows.request(
                models.resolve("google_vertex/gemini-2.5-pro"),
                false,
                Rows.user("q"),
                Rows.said("", "x"),
                Rows.returned("x"));
        JsonNode body = sent(request);
        assertThat(google.last().path())
                .isEqualTo(
                        "/v1/projects/p1/locations/europe-west4/publishers/google/models/gemini-2.5-pro:generateContent");
        assertThat(google.last().headers()).containsEntry("authorization", "Bearer ya29.token");
        assertThat(body.at("/contents/1/parts/0/functionCall").has("id")).isFalse();
    }

    @Test
    void aServiceAccountSignsForItsToken(@TempDir Path folder) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        KeyPair keys = generator.generateKeyPair();
        Path file = keyFile(folder, keys);
        google.page("/token", "{\"access_token\":\"ya29.fresh\",\"expires_in\":3599}");
        Map<String, String> environment = Map.of(
                "GOOGLE_CLOUD_PROJECT",
                "p1",
                "GOOGLE_CLOUD_LOCATION",
                "global",
                "GOOGLE_APPLICATION_CREDENTIALS",
                file.toString(),
                "GOOGLE_VERTEX_BASE_URL",
                google.url());
        try (Models vertex = LlmTest.models(LlmOptions.fromEnvironment(environment), pauses)) {
            google.play(Playback.Tape.json(FINE), Playback.Tape.json(FINE));
            ModelRequest request =
                    Rows.request(vertex.resolve("google_vertex/gemini-2.5-flash"), false, Rows.user("q"));
            Rows.done(vertex, request);
            Rows.done(vertex, request);
        }
        assertThat(google.last().headers()).containsEntry("authorization", "Bearer ya29.fresh");
        List<Playback.Seen> tokens = google.requests().stream()
                .filter(seen -> seen.path().equals("/token"))
                .toList();
        assertThat(tokens).hasSize(1);
        String[] jwt = tokens.getFirst().body().path("assertion").asText().split("\\.");
        Signature check = Signature.getInstance("SHA256withRSA");
        check.initVerify(keys.getPublic());
        check.update((jwt[0] + "." + jwt[1]).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(check.verify(Base64.getUrlDecoder().decode(jwt[2]))).isTrue();
        JsonNode claims =
                schema(new String(Base64.getUrlDecoder().decode(jwt[1]), java.nio.charset.StandardCharsets.UTF_8));
        assertThat(claims.path("iss").asText()).isEqualTo("mneme@p1.iam.gserviceaccount.com");
        assertThat(claims.path("scope").asText()).isEqualTo("https://www.googleapis.com/auth/cloud-platform");
    }

    private Path keyFile(Path folder, KeyPair keys) throws IOException {
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return Files.writeString(
                folder.resolve("key.json"),
                Json.object()
                        .put("type", "service_account")
                        .put("client_email", "mneme@p1.iam.gserviceaccount.com")
                        .put("private_key_id", "k1")
                        .put("private_key", pem)
                        .put("token_uri", google.url() + "/token")
                        .toString());
    }

    @Test
    void modelsAreListedWithTheirWindowsAndEmbeddersWork() {
        google.page("/v1beta/models", """
                {"models":[{"name":"models/gemini-2.5-flash","inputTokenLimit":1048576,"supportedGenerationMethods":["generateContent"]},
                           {"name":"models/gemini-new","inputTokenLimit":77000,"supportedGenerationMethods":["generateContent"]},
                           {"name":"models/gemini-embedding-001","supportedGenerationMethods":["embedContent"]},
                           {"name":"models/imagen-4","supportedGenerationMethods":["predict"]}]}""");
        google.page("/v1beta1/publishers/google/models", """
                {"publisherModels":[{"name":"publishers/google/models/gemini-2.5-pro"},{"name":"publishers/google/models/imagen-4"}]}""");
        assertThat(models.list())
                .extracting(card -> card.config().handle() + " " + card.maxContextWindow())
                .contains(
                        "google_ai/gemini-2.5-flash 1048576",
                        "google_ai/gemini-new 77000",
                        "google_vertex/gemini-2.5-pro 1048576")
                .noneMatch(line -> line.contains("imagen") || line.contains("embedding"));
        google.play(Playback.Tape.json(
                "{\"embeddings\":[{\"values\":[" + "0.5,".repeat(3_071) + "0.5]},{\"values\":[0.25]}]}"));
        Embedder embedder = models.embedder(models.resolveEmbedding("google_ai/gemini-embedding-001"));
        List<float[]> vectors = embedder.embed(List.of("one", "two"));
        assertThat(vectors.get(0)).hasSize(3_072);
        assertThat(vectors.get(1)).containsExactly(0.25f);
        assertThat(google.last().path()).isEqualTo("/v1beta/models/gemini-embedding-001:batchEmbedContents");
        assertThat(google.last().body().path("requests")).hasSize(2);
    }
}
