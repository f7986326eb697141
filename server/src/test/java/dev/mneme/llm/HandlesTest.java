package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.testkit.FakeProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handles and bare names, what they resolve to, and what is said when they do not. */
class HandlesTest {
    private final FakeProvider fake = FakeProvider.start();
    private final List<Models> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Models::close);
        fake.close();
    }

    private Models models(String... pairs) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1].replace("FAKE", fake.url()));
        }
        Models models = LlmTest.models(LlmOptions.fromEnvironment(environment), new ArrayList<>());
        open.add(models);
        return models;
    }

    private Models proxied(String... more) {
        List<String> pairs = new ArrayList<>(List.of("OPENAI_BASE_URL", "FAKE/v1", "OPENAI_API_KEY", "sk-fake"));
        pairs.addAll(List.of(more));
        return models(pairs.toArray(String[]::new));
    }

    @Test
    void configOfAChatModelHasTheContractsDefaults() {
        LlmConfig config = proxied().resolve("openai/gpt-4o");
        assertThat(Json.tree(config).toString())
                .isEqualTo("{\"model\":\"gpt-4o\",\"display_name\":null,\"model_endpoint_type\":\"openai\","
                        + "\"model_endpoint\":\"" + fake.openAiUrl()
                        + "\",\"provider_name\":\"openai\",\"provider_category\":\"base\","
                        + "\"model_wrapper\":null,\"context_window\":128000,\"put_inner_thoughts_in_kwargs\":false,\"handle\":\"openai/gpt-4o\","
                        + "\"temperature\":1.0,\"max_tokens\":16384,\"enable_reasoner\":false,\"reasoning_effort\":null,\"max_reasoning_tokens\":0,"
                        + "\"effort\":null,\"frequency_penalty\":null,\"compatibility_type\":null,\"verbosity\":null,\"tier\":null,"
                        + "\"parallel_tool_calls\":false,\"response_format\":null,\"strict\":false,\"return_logprobs\":false,\"top_logprobs\":null,"
                        + "\"return_token_ids\":false,\"tool_call_parser\":null}");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // asked, handle, model, endpoint type, window, max tokens, reasoner, effort, budget
                "openai/gpt-4o, openai/gpt-4o, gpt-4o, openai, 128000, 16384, false, -, 0",
                "openai-proxy/gpt-4o, openai-proxy/gpt-4o, gpt-4o, openai, 128000, 16384, false, -, 0",
                "gpt-4o, openai/gpt-4o, gpt-4o, openai, 128000, 16384, false, -, 0",
                "openai/gpt-5-mini, openai/gpt-5-mini, gpt-5-mini, openai, 128000, 16384, true, minimal, 0",
                "openai/o4-mini, openai/o4-mini, o4-mini, openai, 128000, 16384, true, medium, 0",
                "openai/never-heard-of, openai/never-heard-of, never-heard-of, openai, 128000, 4096, false, -, 0",
                "claude-sonnet-4-5, anthropic/claude-sonnet-4-5, claude-sonnet-4-5, anthropic, 128000, 16384, true, -, 1024",
                "anthropic/claude-haiku-4-5-20251001, anthropic/claude-haiku-4-5-20251001, claude-haiku-4-5-20251001, anthropic, 128000, 8192, true, -, 1024",
                "openrouter/anthropic/claude-x, openrouter/anthropic/claude-x, anthropic/claude-x, openrouter, 128000, 16384, true, -, 1024",
                "ollama/llama3.2:3b, ollama/llama3.2:3b, llama3.2:3b, openai, 128000, 4096, false, -, 0",
                "vllm/org/own-model, vllm/org/own-model, org/own-model, openai, 32768, 4096, false, -, 0",
                "lmstudio_openai/x, lmstudio_openai/x, x, openai, 32768, 4096, false, -, 0",
                "demo/mneme-demo, demo/mneme-demo, mneme-demo, openai, 128000, 4096, false, -, 0",
                "letta/letta-free, letta/letta-free, letta-free, openai, 30000, 4096, false, -, 0",
            })
    void resolves(
            String asked,
            String handle,
            String model,
            String type,
            int window,
            int maxTokens,
            boolean reasoner,
            String effort,
            int budget) {
        LlmConfig config = proxied().resolve(asked);
        assertThat(config.handle()).isEqualTo(handle);
        assertThat(config.model()).isEqualTo(model);
        assertThat(config.modelEndpointType()).isEqualTo(type);
        assertThat(config.contextWindow()).isEqualTo(window);
        assertThat(config.maxTokens()).isEqualTo(maxTokens);
        assertThat(config.enableReasoner()).isEqualTo(reasoner);
        assertThat(config.reasoningEffort()).isEqualTo(effort);
        assertThat(config.maxReasoningTokens()).isEqualTo(budget);
    }

    @ParameterizedTest
    @CsvSource({
        "foo/bar, NOT_FOUND, 'NOT_FOUND: Handle foo/bar not found, must be one of [openai/…, demo/mneme-demo]'",
        "demo/other, NOT_FOUND, 'NOT_FOUND: Handle demo/other not found, must be one of [openai/…, demo/mneme-demo]'",
        "never-heard-of, INVALID_ARGUMENT, INVALID_ARGUMENT: The model handle should be in the format provider/model-name",
        "openai/, INVALID_ARGUMENT, INVALID_ARGUMENT: The model handle should be in the format provider/model-name",
        "/gpt-4o, INVALID_ARGUMENT, INVALID_ARGUMENT: The model handle should be in the format provider/model-name",
        "'', INVALID_ARGUMENT, INVALID_ARGUMENT: The model handle should be in the format provider/model-name",
    })
    void refuses(String asked, ProblemCode code, String detail) {
        Problem problem = catchThrowableOfType(Problem.class, () -> proxied().resolve(asked));
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.detail()).isEqualTo(detail);
    }

    @Test
    void aBareNameGoesToWhoeverListsIt() {
        fake.models("my-own-model", "qwen:latest");
        Models models = models("OLLAMA_BASE_URL", "FAKE");
        assertThat(models.resolve("my-own-model").handle()).isEqualTo("ollama/my-own-model");
        assertThat(models.resolve("qwen").handle()).isEqualTo("ollama/qwen");
        assertThat(models.resolve("gpt-4o").handle()).isEqualTo("openai/gpt-4o");
    }

    @Test
    void aModelWithoutItsKeyCanBeChosenAndNamesTheVariableWhenCalled() {
        Models models = models();
        for (var each : Map.of(
                        "openai/gpt-4o",
                        "OPENAI_API_KEY",
                        "anthropic/claude-sonnet-4-5",
                        "ANTHROPIC_API_KEY",
                        "ollama/llama3",
                        "OLLAMA_BASE_URL")
                .entrySet()) {
            LlmConfig config = models.resolve(each.getKey());
            ModelException e = catchThrowableOfType(
                    ModelException.class, () -> models.open(Rows.request(config, false, Rows.user("hi"))));
            assertThat(e.kind()).isEqualTo(ProblemCode.LLM_AUTHENTICATION);
            assertThat(e.detail()).contains("Set " + each.getValue() + " in the environment");
        }
    }

    @Test
    void anAddressWithoutAKeyIsEnough() {
        Models models = models("OPENAI_BASE_URL", "FAKE/v1");
        assertThat(Rows.text(Rows.done(models, Rows.request(models.resolve("gpt-4o"), false, Rows.user("hi")))))
                .isEqualTo("echo: hi");
        assertThat(fake.requests().getLast().headers()).doesNotContainKey("authorization");
    }

    @Test
    void lettaFreeStandsForTheDefault() {
        Models models = proxied("LETTA_DEFAULT_LLM_HANDLE", "openai/gpt-4o-mini");
        Rows.done(models, Rows.request(models.resolve("letta/letta-free"), false, Rows.user("hi")));
        assertThat(fake.calls().getLast().path("model").asText()).isEqualTo("gpt-4o-mini");
        Models nothing = models();
        ModelEvent.Done done =
                Rows.done(nothing, Rows.request(nothing.resolve("letta/letta-free"), false, Rows.user("hello")));
        assertThat(Rows.text(done)).contains("demo model");
        assertThat(nothing.resolveEmbedding("letta/letta-free").embeddingDim()).isEqualTo(384);
    }

    @Test
    void aBadDefaultIsAFailureOfTheCallNotABug() {
        Models models = models("LETTA_DEFAULT_LLM_HANDLE", "foo/bar", "VLLM_API_BASE", "not an address");
        LlmConfig free = models.resolve("letta/letta-free");
        assertThatThrownBy(() -> models.open(Rows.request(free, false, Rows.user("hi"))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("default model");
        assertThatThrownBy(() -> models.open(Rows.request(models.resolve("vllm/x"), false, Rows.user("hi"))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("address of vLLM");
    }

    @Test
    void listsWhatTheProvidersHave() {
        Models models = proxied("ANTHROPIC_BASE_URL", "FAKE", "ANTHROPIC_API_KEY", "k", "GROQ_API_KEY", "k");
        List<String> handles = models.list().stream()
                .map(card -> String.valueOf(card.config().handle()))
                .toList();
        assertThat(handles)
                .startsWith("letta/letta-free", "openai/gpt-4o")
                .contains("anthropic/claude-sonnet-4-5-20250929")
                .endsWith("demo/mneme-demo");
        assertThat(handles).noneMatch(handle -> handle.contains("embedding"));
        Models.ModelCard card = models.list().get(1);
        assertThat(card.maxContextWindow()).isEqualTo(128_000);
        assertThat(card.config().enableReasoner()).isTrue();
        assertThat(card.config().displayName()).isEqualTo("gpt-4o");
        assertThat(models.listEmbeddings())
                .extracting(EmbeddingConfig::handle)
                .containsExactly(
                        "letta/letta-free",
                        "mneme/all-minilm-l6-v2",
                        "openai/text-embedding-3-large",
                        "openai/text-embedding-3-small");
    }

    @Test
    void atOpenAiItselfTheListIsSievedAndSorted() {
        LlmOptions options = LlmOptions.fromEnvironment(Map.of("OPENAI_API_KEY", "k"));
        Providers providers = new Providers(options);
        Catalogue catalogue = new Catalogue(null);
        Listings listings = new Listings(provider -> List.of(
                new Vendor.Listed("gpt-4o", null),
                new Vendor.Listed("gpt-5.4", null),
                new Vendor.Listed("gpt-4o-realtime", null),
                new Vendor.Listed("whisper-1", null),
                new Vendor.Listed("o3", null)));
        listings.of("openai");
        Handles handles =
                new Handles(options, providers, catalogue, listings, new Names(providers, catalogue, listings));
        assertThat(handles.list())
                .extracting(card -> card.config().handle())
                .containsExactly(
                        "letta/letta-free",
                        "openai/o3",
                        "openai/gpt-5.4-fast",
                        "openai/gpt-5.4",
                        "openai/gpt-4o",
                        "demo/mneme-demo");
    }

    @Test
    void aProviderThatIsDownHidesNobodyAndIsNoted() {
        Models models = proxied("OLLAMA_BASE_URL", "http://127.0.0.1:1");
        assertThat(models.list())
                .anyMatch(card -> "openai/gpt-4o".equals(card.config().handle()));
        assertThat(models.providers())
                .extracting(Models.ProviderStatus::name)
                .containsExactly("openai", "ollama", "demo");
        assertThat(models.providers().get(1).note()).contains("Failed to connect to Ollama");
        assertThat(models.providers().get(0).note()).isNull();
    }

    @Test
    void theOperatorMayNameAProviderHisOwnWay() {
        fake.models("my-model");
        Models models = models("VLLM_API_BASE", "FAKE", "VLLM_HANDLE_BASE", "house");
        assertThat(models.list())
                .extracting(card -> card.config().handle())
                .containsExactly("letta/letta-free", "house/my-model", "demo/mneme-demo");
        assertThat(models.resolve("my-model").handle()).isEqualTo("house/my-model");
        LlmConfig config = models.resolve("house/my-model");
        assertThat(config.providerName()).isEqualTo("vllm");
        Rows.done(models, Rows.request(config, false, Rows.user("hi")));
        assertThat(fake.calls().getLast().path("model").asText()).isEqualTo("my-model");
    }

    @Test
    void aPreviewIsWhatWouldBeSent() {
        Models models = proxied();
        ModelRequest request = Rows.request(models.resolve("openai/gpt-4o"), false, Rows.user("hi"));
        assertThat(models.preview(request)
                        .path("messages")
                        .path(1)
                        .path("content")
                        .asText())
                .isEqualTo("hi");
        assertThat(fake.calls()).isEmpty();
        Rows.done(models, request);
        assertThat(models.preview(request)).isEqualTo(fake.calls().getLast());
        ModelRequest demo = Rows.request(models.resolve("demo/mneme-demo"), false, Rows.user("hi"));
        assertThat(models.preview(demo).path("messages").findValuesAsText("role"))
                .containsExactly("system", "user");
    }

    @Test
    void nothingIsFetchedBeforeSomebodyAsks() {
        Models models = proxied("ANTHROPIC_BASE_URL", "FAKE", "ANTHROPIC_API_KEY", "k");
        models.resolve("openai/gpt-4o");
        models.resolve("claude-sonnet-4-5");
        models.providers();
        models.resolveEmbedding("openai/text-embedding-3-small");
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void embeddersByHandle() {
        Models models = proxied();
        EmbeddingConfig small = models.resolveEmbedding("openai/text-embedding-3-small");
        assertThat(Json.tree(small).toString())
                .isEqualTo("{\"embedding_endpoint_type\":\"openai\",\"embedding_endpoint\":\""
                        + fake.openAiUrl()
                        + "\",\"embedding_model\":\"text-embedding-3-small\",\"embedding_dim\":1536,\"embedding_chunk_size\":300,"
                        + "\"handle\":\"openai/text-embedding-3-small\",\"batch_size\":32,\"azure_endpoint\":null,\"azure_version\":null,"
                        + "\"azure_deployment\":null}");
        assertThat(models.resolveEmbedding("text-embedding-3-small").handle())
                .isEqualTo("openai/text-embedding-3-small");
        assertThat(models.resolveEmbedding("mneme/all-minilm-l6-v2").embeddingDim())
                .isEqualTo(384);
        assertThat(models.defaultEmbeddingHandle()).isEqualTo("mneme/all-minilm-l6-v2");
        for (String unknown :
                List.of("x/y", "openai/nope", "openai/gpt-4o", "nope", "ollama/nothing-there", "openai/")) {
            assertThatThrownBy(() -> models.resolveEmbedding(unknown))
                    .as(unknown)
                    .isInstanceOf(Problem.class)
                    .hasMessage("INVALID_ARGUMENT: Embedding model " + unknown + " not found");
        }
    }

    @Test
    void theSizeOfAnUnknownEmbedderIsFoundOut() {
        fake.models("my-embedder").dimensions(77);
        Models models = models("VLLM_API_BASE", "FAKE");
        assertThat(models.resolveEmbedding("vllm/my-embedder").embeddingDim()).isEqualTo(77);
    }

    @Test
    void embedsInBatchesAndChecksTheSize() {
        Models models = proxied();
        EmbeddingConfig config = models.resolveEmbedding("openai/text-embedding-3-small");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            texts.add("text " + i);
        }
        Embedder embedder = models.embedder(config);
        List<float[]> vectors = embedder.embed(texts);
        assertThat(vectors).hasSize(600).allMatch(vector -> vector.length == 1536);
        assertThat(vectors.get(599)).isEqualTo(dev.mneme.testkit.FakeVectors.of("text 599", 1536));
        assertThat(fake.requests()).hasSize(3);
        assertThat(embedder.local()).isFalse();
        assertThat(embedder.name()).isEqualTo("openai/text-embedding-3-small");
        fake.dimensions(10);
        assertThatThrownBy(() -> embedder.embed(List.of("x")))
                .isInstanceOfSatisfying(
                        ModelException.class,
                        e -> assertThat(e.detail())
                                .contains("vectors of 10 numbers")
                                .contains("embedding_dim 1536"));
    }

    @Test
    void reasoningCanBeSwitched() {
        Models models = proxied();
        LlmConfig claude = models.resolve("anthropic/claude-sonnet-4-5");
        assertThat(models.reasoning(claude, false).enableReasoner()).isFalse();
        assertThat(models.reasoning(claude, false).maxReasoningTokens()).isZero();
        assertThat(models.reasoning(models.reasoning(claude, false), true).maxReasoningTokens())
                .isEqualTo(1_024);
        assertThat(models.reasoning(models.resolve("openai/o4-mini"), false).enableReasoner())
                .isTrue();
        assertThat(models.reasoning(models.resolve("openai/gpt-4o"), true).enableReasoner())
                .isFalse();
    }

    @Test
    void windowsAreCutAndAFileWins(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("models.json"), "[{\"match\":\"gpt-4o*\",\"window\":5000,\"max_tokens\":9}]");
        Models models = proxied("MNEME_MODELS_FILE", file.toString(), "GLOBAL_MAX_CONTEXT_WINDOW_LIMIT", "64000");
        assertThat(models.resolve("openai/gpt-4o").contextWindow()).isEqualTo(5_000);
        assertThat(models.resolve("openai/gpt-4o").maxTokens()).isEqualTo(9);
        assertThat(models.resolve("openai/gpt-4.1").contextWindow()).isEqualTo(64_000);
        assertThatThrownBy(() ->
                        proxied("MNEME_MODELS_FILE", folder.resolve("none").toString()))
                .hasMessageContaining("MNEME_MODELS_FILE");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{");
        assertThatThrownBy(() -> proxied("MNEME_MODELS_FILE", broken.toString()))
                .hasMessageContaining("is no list of models");
    }
}
