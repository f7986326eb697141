package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The environment as options. */
class LlmOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "OPENAI_API_KEY, k, openai, https://api.openai.com/v1",
        "OPENAI_BASE_URL, http://x:1/v1/, openai, http://x:1/v1",
        "OPENAI_API_BASE, http://x:1/api, openai, http://x:1/api",
        "ANTHROPIC_API_KEY, k, anthropic, https://api.anthropic.com/v1",
        "ANTHROPIC_BASE_URL, http://x:1, anthropic, http://x:1/v1",
        "OLLAMA_BASE_URL, http://x:11434, ollama, http://x:11434/v1",
        "OLLAMA_BASE_URL, http://x:11434/v1/, ollama, http://x:11434/v1",
        "VLLM_API_BASE, http://x:8000, vllm, http://x:8000/v1",
        "SGLANG_API_BASE, http://x:8000/v1, sglang, http://x:8000/v1",
        "LMSTUDIO_BASE_URL, http://x:1234, lmstudio_openai, http://x:1234/v1",
        "OPENROUTER_API_KEY, k, openrouter, https://openrouter.ai/api/v1",
        "GROQ_API_KEY, k, groq, https://api.groq.com/openai/v1",
        "GEMINI_API_KEY, k, google_ai, https://generativelanguage.googleapis.com/v1beta",
        "GEMINI_BASE_URL, https://generativelanguage.googleapis.com/, google_ai, https://generativelanguage.googleapis.com/v1beta",
        "GEMINI_BASE_URL, http://x/v1beta/openai/, google_ai, http://x/v1beta",
    })
    void oneVariableConfiguresAProvider(String variable, String value, String name, String url) {
        LlmOptions options = LlmOptions.fromEnvironment(Map.of(variable, value));
        assertThat(options.providers()).hasSize(1);
        assertThat(options.providers().getFirst().name()).isEqualTo(name);
        assertThat(options.providers().getFirst().baseUrl()).isEqualTo(url);
    }

    @Test
    void azureNeedsItsAddressAndKnowsItsVersion() {
        assertThat(LlmOptions.fromEnvironment(Map.of("AZURE_API_KEY", "k")).providers())
                .isEmpty();
        ProviderOption azure = LlmOptions.fromEnvironment(
                        Map.of("AZURE_API_KEY", "k", "AZURE_BASE_URL", "https://me.openai.azure.com/"))
                .providers()
                .getFirst();
        assertThat(azure.baseUrl()).isEqualTo("https://me.openai.azure.com");
        assertThat(azure.extras()).containsEntry("api-version", "2024-09-01-preview");
    }

    @Test
    void emptyEnvironmentConfiguresNothing() {
        assertThat(LlmOptions.fromEnvironment(Map.of("OPENAI_API_KEY", " "))).isEqualTo(LlmOptions.none());
    }

    @Test
    void timeoutsAreForEachProviderAndZeroIsNone() {
        LlmOptions options = LlmOptions.fromEnvironment(Map.of(
                "OPENAI_API_KEY",
                "k",
                "OLLAMA_BASE_URL",
                "http://x",
                "OLLAMA_TIMEOUT_SECONDS",
                "0",
                "LETTA_LLM_STREAM_TIMEOUT_SECONDS",
                "7200"));
        assertThat(options.providers().get(0).requestTimeout()).isEqualTo(Duration.ofSeconds(600));
        assertThat(options.providers().get(0).streamTimeout()).isEqualTo(Duration.ofSeconds(7_200));
        assertThat(options.providers().get(1).requestTimeout()).isEqualTo(Duration.ZERO);
    }

    @Test
    void badNumbersNameTheirVariable() {
        assertThatThrownBy(() -> LlmOptions.fromEnvironment(Map.of("LETTA_LLM_REQUEST_TIMEOUT_SECONDS", "soon")))
                .hasMessageContaining("LETTA_LLM_REQUEST_TIMEOUT_SECONDS");
        assertThatThrownBy(() -> LlmOptions.fromEnvironment(Map.of("GLOBAL_MAX_CONTEXT_WINDOW_LIMIT", "-1")))
                .hasMessageContaining("GLOBAL_MAX_CONTEXT_WINDOW_LIMIT");
    }

    @Test
    void keysAreNeverPrinted() {
        LlmOptions options = LlmOptions.fromEnvironment(Map.of("OPENAI_API_KEY", "sk-very-secret"));
        assertThat(options.toString()).doesNotContain("sk-very-secret").contains("***");
    }

    @Test
    void theRest() {
        LlmOptions options = LlmOptions.fromEnvironment(Map.of(
                "LETTA_DEFAULT_LLM_HANDLE",
                "gpt-4o",
                "MNEME_ALLOWED_PRIVATE_HOSTS",
                "a, b ,",
                "GLOBAL_MAX_CONTEXT_WINDOW_LIMIT",
                "1000"));
        assertThat(options.defaultLlm()).isEqualTo("gpt-4o");
        assertThat(options.allowedPrivateHosts()).isEqualTo(List.of("a", "b"));
        assertThat(options.globalMaxContextWindow()).isEqualTo(1_000);
        assertThat(options.withDefaults("x/y", null).defaultLlm()).isEqualTo("x/y");
        assertThat(LlmOptions.variables()).extracting(LlmOptions.Variable::name).doesNotHaveDuplicates();
    }
}
