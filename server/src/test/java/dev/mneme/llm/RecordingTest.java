package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.testkit.FakeProvider;
import dev.mneme.testkit.FakeStep;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams in the manner of real servers, with all their small differences ({@code streams/*.sse}, written after their documentation). */
class RecordingTest {
    private final FakeProvider fake = FakeProvider.start();
    private final Models models = LlmTest.models(fake.options(), new ArrayList<>());

    @AfterEach
    void close() {
        models.close();
        fake.close();
    }

    private ModelEvent.Done play(String handle, String recording) {
        fake.next(FakeStep.recording(text(recording)));
        return Rows.done(models, Rows.request(models.resolve(handle), true, Rows.user("hi")));
    }

    private static String text(String name) {
        try (InputStream in = RecordingTest.class.getResourceAsStream("/streams/" + name + ".sse")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "openai/gpt-4o | openai-usual | - | Let me look. | get_weather{\"city\":\"Rome\"} get_time{} | 150",
                "openai/gpt-4o | ollama-calls-all-numbered-zero | Two cities. | - | get_weather{\"city\":\"Rome\"} get_time{} | -",
                "openai/gpt-4o | gemini-calls-without-id-and-index | - | - | get_weather{\"city\":\"Rome\"} get_time{} | 110",
                "openai/gpt-4o | openrouter-comments-and-crlf | Hm. | Grüß dich 🦙 | - | 15",
                "openai/gpt-4o | azure-filter-first | - | Fine. | - | -",
                "anthropic/claude-sonnet-4-5 | anthropic-thinking-then-tools | First the weather. | Let me look. | get_weather{\"city\":\"Rome\"} get_time{} | 171",
            })
    void plays(String handle, String recording, String reasoning, String said, String calls, Integer tokens) {
        ModelEvent.Done done = play(handle, recording);
        String thought = "";
        for (Content part : done.content()) {
            thought += part instanceof Content.Reasoning r ? r.reasoning() : "";
        }
        assertThat(thought).isEqualTo(reasoning == null ? "" : reasoning);
        assertThat(Rows.text(done)).isEqualTo(said == null ? "" : said);
        List<String> made = new ArrayList<>();
        for (ToolCall call : done.calls()) {
            made.add(call.name() + call.arguments());
        }
        assertThat(String.join(" ", made)).isEqualTo(calls == null ? "" : calls);
        assertThat(done.calls())
                .extracting(ToolCall::id)
                .doesNotHaveDuplicates()
                .doesNotContain("");
        if (tokens != null) {
            assertThat(done.usage().totalTokens()).isEqualTo(tokens);
        }
        assertThat(done.usage().promptTokens()).isPositive();
        assertThat(done.truncated()).isEqualTo(recording.startsWith("azure"));
    }

    @Test
    void usageInDetail() {
        ModelEvent.Done openAi = play("openai/gpt-4o", "openai-usual");
        assertThat(openAi.usage().cachedInputTokens()).isEqualTo(64);
        assertThat(openAi.usage().reasoningTokens()).isEqualTo(8);
        assertThat(openAi.usage().cacheWriteTokens()).isNull();
        ModelEvent.Done anthropic = play("anthropic/claude-sonnet-4-5", "anthropic-thinking-then-tools");
        assertThat(anthropic.usage().promptTokens()).isEqualTo(127);
        assertThat(anthropic.usage().cachedInputTokens()).isEqualTo(100);
        assertThat(anthropic.usage().cacheWriteTokens()).isEqualTo(7);
        assertThat(anthropic.usage().completionTokens()).isEqualTo(44);
    }

    @Test
    void thinkingIsKeptVerbatimAndInOrder() {
        assertThat(play("anthropic/claude-sonnet-4-5", "anthropic-thinking-then-tools")
                        .content())
                .containsExactly(
                        new Content.Reasoning(
                                "First the weather.", "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds"),
                        new Content.RedactedReasoning("EmwKAhgBEgy3va3pzix/LafPsn4a"),
                        new Content.Text("Let me look."));
    }

    @Test
    void anErrorAfterTheFirstWordIsTold() {
        assertThatThrownBy(() -> play("openai/gpt-4o", "openrouter-error-inside"))
                .isInstanceOfSatisfying(ModelException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ProblemCode.LLM_RATE_LIMIT);
                    assertThat(e.detail()).contains("upstream is busy");
                });
    }
}
