package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.core.JsonValue;
import com.anthropic.core.ObjectMappers;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.beta.messages.MessageCreateParams;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.testkit.Playback;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Anthropic's own Java client as a judge: it knows every word that we send, and it reads recorded streams as we do. */
class AnthropicOracleTest {
    private final Playback playback = Playback.start();
    private final Models models = LlmTest.models(
            LlmOptions.fromEnvironment(Map.of(
                    "ANTHROPIC_BASE_URL", playback.url(), "ANTHROPIC_API_KEY", "k", "MNEME_RETRY_ATTEMPTS", "0")),
            new ArrayList<>());

    @AfterEach
    void close() {
        models.close();
        playback.close();
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("claude-sonnet-4-5", true, ToolChoice.AUTO, null),
                Arguments.of("claude-sonnet-4-5", false, ToolChoice.named("get_weather"), null),
                Arguments.of("claude-sonnet-4-5", false, ToolChoice.REQUIRED, true),
                Arguments.of("claude-sonnet-4-6", true, ToolChoice.AUTO, true),
                Arguments.of("claude-opus-4-5", true, new ToolChoice(ToolChoice.Mode.NONE, null), null),
                Arguments.of("claude-opus-5", true, ToolChoice.AUTO, null),
                Arguments.of("claude-3-5-haiku", false, ToolChoice.AUTO, null));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void knowsEveryWordOfARequest(String model, boolean thinks, ToolChoice choice, Boolean strict) throws Exception {
        LlmConfig config = models.reasoning(models.resolve("anthropic/" + model), thinks);
        if (strict != null) {
            config = Rows.config(config, config.enableReasoner(), config.maxReasoningTokens(), strict, 128_000);
        }
        ModelRequest request = Rows.request(
                config,
                true,
                Rows.said("I begin"),
                Rows.row(
                        Role.USER,
                        List.of(new Content.Text("what is it?"), new Content.Image("image/png", "aWdn", null)),
                        List.of(),
                        List.of(),
                        null),
                Rows.row(
                        Role.ASSISTANT,
                        List.of(
                                new Content.Reasoning("hm", "c2ln"),
                                new Content.RedactedReasoning("enp6"),
                                new Content.Text("look")),
                        List.of(new ToolCall("x", "get_weather", "{\"city\":\"x\"}")),
                        List.of(),
                        null),
                Rows.returned("x"),
                Rows.system("note"));
        JsonNode sent = models.preview(Rows.with(request, choice, true, Rows.TOOL));
        MessageCreateParams.Body body =
                ObjectMappers.jsonMapper().readValue(sent.toString(), MessageCreateParams.Body.class);
        body.validate();
        assertThat(new Unknown().in(body)).containsExactly("Body: stream"); // which the client adds by itself
    }

    /** Collects the words that the client's types did not know. */
    private static final class Unknown {
        private final Set<String> words = new TreeSet<>();

        Set<String> in(Object body) throws Exception {
            visit(body, 0);
            return words;
        }

        private void visit(Object value, int depth) throws Exception {
            if (value instanceof Optional<?> maybe) {
                if (maybe.isPresent()) {
                    visit(maybe.get(), depth);
                }
                return;
            }
            if (value instanceof List<?> all) {
                for (Object each : all) {
                    visit(each, depth);
                }
                return;
            }
            String name = value.getClass().getSimpleName();
            // a tool's schema and the arguments of a call are anybody's words
            if (!value.getClass().getName().startsWith("com.anthropic.models.")
                    || name.equals("InputSchema")
                    || name.equals("Input")
                    || depth > 12) {
                return;
            }
            for (Method method : value.getClass().getMethods()) {
                boolean reads = method.getParameterCount() == 0
                        && !Modifier.isStatic(method.getModifiers())
                        && !method.getName().startsWith("as")
                        && !method.getName().equals("validate");
                if (!reads) {
                    continue;
                }
                if (method.getName().equals("_additionalProperties")) {
                    ((Map<?, ?>) method.invoke(value)).keySet().forEach(word -> words.add(name + ": " + word));
                } else if (method.getReturnType() == Optional.class
                        || method.getReturnType() == List.class
                        || method.getReturnType().getName().startsWith("com.anthropic.models.")) {
                    try {
                        visit(method.invoke(value), depth + 1);
                    } catch (InvocationTargetException e) {
                        // a member that this variant has not
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "reasoning", "call", "parallel", "pieces", "truncated", "cached"})
    void readsRecordedStreamsAsWeDo(String recording) throws Exception {
        byte[] bytes = recording(recording);
        MessageAccumulator accumulator = MessageAccumulator.create();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
            if (line.startsWith("data: ") && !line.contains("\"ping\"")) {
                RawMessageStreamEvent event =
                        ObjectMappers.jsonMapper().readValue(line.substring(6), RawMessageStreamEvent.class);
                event.validate();
                accumulator.accumulate(event);
            }
        }
        Message theirs = accumulator.message();
        playback.play(Playback.Tape.of("text/event-stream", bytes));
        ModelEvent.Done ours =
                Rows.done(models, Rows.request(models.resolve("anthropic/claude-sonnet-4-5"), true, Rows.user("hi")));
        List<String> said = new ArrayList<>();
        for (ContentBlock block : theirs.content()) {
            block.text().ifPresent(text -> said.add("text " + text.text()));
            block.thinking().ifPresent(thought -> said.add("thought " + thought.thinking() + thought.signature()));
            block.toolUse().ifPresent(use -> said.add("call " + use.id() + use.name() + tree(use._input())));
        }
        List<String> heard = new ArrayList<>();
        for (Content part : ours.content()) {
            if (part instanceof Content.Text text) {
                heard.add("text " + text.text());
            } else if (part instanceof Content.Reasoning thought) {
                heard.add("thought " + thought.reasoning() + thought.signature());
            }
        }
        ours.calls()
                .forEach(call ->
                        heard.add("call " + call.id() + call.name() + Json.read(call.arguments(), JsonNode.class)));
        assertThat(heard).isEqualTo(said);
        long in = theirs.usage().inputTokens()
                + theirs.usage().cacheReadInputTokens().orElse(0L)
                + theirs.usage().cacheCreationInputTokens().orElse(0L);
        assertThat(ours.usage().promptTokens()).isEqualTo((int) in);
        // none from a cache are none told of
        assertThat(ours.usage().cachedInputTokens())
                .isEqualTo(theirs.usage()
                        .cacheReadInputTokens()
                        .filter(tokens -> tokens > 0)
                        .map(Long::intValue)
                        .orElse(null));
        assertThat(ours.usage().completionTokens())
                .isEqualTo((int) theirs.usage().outputTokens());
    }

    private static JsonNode tree(JsonValue value) {
        return ObjectMappers.jsonMapper().valueToTree(value);
    }

    private static byte[] recording(String name) throws IOException {
        try (InputStream in = AnthropicOracleTest.class.getResourceAsStream("/streams/anthropic/" + name + ".sse")) {
            return in.readAllBytes();
        }
    }
}
