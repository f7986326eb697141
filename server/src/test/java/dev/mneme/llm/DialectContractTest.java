package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.anthropic.bedrock.Frames;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import dev.mneme.testkit.Playback;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every wire language must make of the same happenings, on recordings composed after the providers' public documentation.
 *
 * <p>A further language: a line in {@link #DIALECTS} and its recordings under {@code streams/<name>/}: {@code <scenario>.<extension>}
 * for the stream, {@code <scenario>.json} for the answer in one piece (except {@link Scenario#onlyStreamed}). What a recording must say
 * stands at its scenario; what a language cannot say is named in {@code without}.
 */
class DialectContractTest {
    /** A happening, and what its recording says. The usage is 12 tokens in, 5 out, unless said otherwise. */
    enum Scenario {
        /** The text {@code Hello, Zoë. 🦙} in several pieces. */
        TEXT,
        /** The thought {@code Let me think.} in two pieces, then the text {@code 42.}. */
        REASONING,
        /** The text {@code Let me look.}, then one call {@code get_weather {"city":"Rome"}}. */
        CALL,
        /** Two calls of get_weather, for Rome and for Paris, and no text. */
        PARALLEL,
        /** One call, arguments {@code {"city":"São \"Paulo\"","unit":"c"}} torn at inconvenient places, where the language can tear. */
        PIECES,
        /** The model declines: {@code I can't help with that.} where the language has words for it. */
        REFUSAL,
        /** Neither text nor call. */
        EMPTY,
        /** The text {@code Half a } and then the limit of output tokens. */
        TRUNCATED,
        /** The text {@code Half a }, then the stream ends without its end. */
        CUT,
        /** The text {@code Half a }, then an error whose message begins {@code The server had an error}. */
        ERROR,
        /** The text {@code Yes.}; 2006 tokens in, of which 1920 from the cache; 300 out, of which 256 for reasoning where that is told. */
        CACHED;

        boolean onlyStreamed() {
            return this == PIECES || this == CUT || this == ERROR;
        }
    }

    /** How a language says no. */
    enum Refusing {
        /** In the model's words: an ordinary answer. */
        IN_WORDS,
        /** The answer is withheld: a failure that says so. */
        WITHHELD
    }

    /**
     * A wire language.
     *
     * @param name folder of its recordings
     * @param agentType the kind of agent that asks
     * @param extension of its streams
     * @param environment the variables that point at an address (without a path)
     * @param framing how the text of a recorded stream travels
     * @param without scenarios that it has no words for
     */
    record Dialect(
            String name,
            String handle,
            @Nullable String agentType,
            String extension,
            String contentType,
            Function<String, Map<String, String>> environment,
            UnaryOperator<byte[]> framing,
            Refusing refusing,
            Set<Scenario> without) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Dialect> DIALECTS = List.of(
            new Dialect(
                    "chat",
                    "openai/gpt-4o",
                    null,
                    "sse",
                    "text/event-stream",
                    url -> Map.of("OPENAI_BASE_URL", url + "/v1", "OPENAI_API_KEY", "sk-x"),
                    UnaryOperator.identity(),
                    Refusing.IN_WORDS,
                    Set.of()),
            new Dialect(
                    "responses",
                    "openai/gpt-5-mini",
                    "letta_v1_agent",
                    "sse",
                    "text/event-stream",
                    url -> Map.of("OPENAI_BASE_URL", url + "/v1", "OPENAI_API_KEY", "sk-x"),
                    UnaryOperator.identity(),
                    Refusing.IN_WORDS,
                    Set.of()),
            new Dialect(
                    "ollama",
                    "ollama/qwen3:8b",
                    "letta_v1_agent",
                    "ndjson",
                    "application/x-ndjson",
                    url -> Map.of("OLLAMA_BASE_URL", url),
                    UnaryOperator.identity(),
                    Refusing.IN_WORDS,
                    Set.of(Scenario.REFUSAL, Scenario.CACHED)),
            new Dialect(
                    "anthropic",
                    "anthropic/claude-sonnet-4-5",
                    null,
                    "sse",
                    "text/event-stream; charset=utf-8",
                    url -> Map.of("ANTHROPIC_BASE_URL", url, "ANTHROPIC_API_KEY", "sk-x"),
                    UnaryOperator.identity(),
                    Refusing.WITHHELD,
                    Set.of()),
            new Dialect(
                    "bedrock",
                    "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                    null,
                    "events",
                    "application/vnd.amazon.eventstream",
                    url -> Map.of(
                            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                            url,
                            "AWS_ACCESS_KEY_ID",
                            "AKIDEXAMPLE",
                            "AWS_SECRET_ACCESS_KEY",
                            "secret"),
                    Frames::of,
                    Refusing.WITHHELD,
                    Set.of()),
            new Dialect(
                    "gemini",
                    "google_ai/gemini-2.5-flash",
                    null,
                    "sse",
                    "text/event-stream",
                    url -> Map.of("GEMINI_BASE_URL", url, "GEMINI_API_KEY", "sk-x", "MNEME_RETRY_ATTEMPTS", "0"),
                    UnaryOperator.identity(),
                    Refusing.WITHHELD,
                    // its arguments come whole
                    Set.of(Scenario.PIECES)));

    /** One line of the table. */
    record Case(Dialect dialect, Scenario scenario, boolean stream) {
        @Override
        public String toString() {
            return dialect + " " + scenario + (stream ? " streamed" : " whole");
        }

        byte[] recording() {
            String file = "/streams/" + dialect.name + "/" + scenario.name().toLowerCase(java.util.Locale.ROOT) + "."
                    + (stream ? dialect.extension : "json");
            try (InputStream in = DialectContractTest.class.getResourceAsStream(file)) {
                assertThat(in).as("recording " + file).isNotNull();
                byte[] bytes = in.readAllBytes();
                return stream ? dialect.framing.apply(bytes) : bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Playback playback = Playback.start();
    private final List<ModelEvent> events = new ArrayList<>();

    @AfterEach
    void close() {
        playback.close();
    }

    static Stream<Case> cases() {
        return DIALECTS.stream()
                .flatMap(dialect -> Stream.of(Scenario.values())
                        .filter(scenario -> !dialect.without.contains(scenario))
                        .flatMap(scenario -> Stream.of(true, false)
                                .filter(stream -> stream || !scenario.onlyStreamed())
                                .map(stream -> new Case(dialect, scenario, stream))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void means(Case one) {
        playback.play(Playback.Tape.of(
                one.stream ? one.dialect.contentType : "application/json; charset=utf-8", one.recording()));
        switch (one.scenario) {
            case TEXT -> said(one, "", "Hello, Zoë. 🦙");
            case REASONING -> said(one, "Let me think.", "42.");
            case CALL -> called(one, "Let me look.", "{\"city\":\"Rome\"}");
            case PARALLEL -> called(one, "", "{\"city\":\"Rome\"}", "{\"city\":\"Paris\"}");
            case PIECES -> called(one, "", "{\"city\":\"São \\\"Paulo\\\"\",\"unit\":\"c\"}");
            case REFUSAL -> refused(one);
            case EMPTY ->
                failed(one, "empty answer", one.dialect.name.equals("gemini")); // which often answers when asked again
            case TRUNCATED -> assertThat(said(one, "", "Half a ").truncated()).isTrue();
            case CUT -> failed(one, "closed the stream before the answer was complete", true);
            case ERROR -> failed(one, "The server had an error", true);
            case CACHED -> cached(one);
        }
        assertThat(events).noneMatch(event -> !one.stream && !(event instanceof ModelEvent.Done));
    }

    private void ask(Case one) {
        try (Models models = LlmTest.models(
                LlmOptions.fromEnvironment(one.dialect.environment.apply(playback.url())), new ArrayList<>())) {
            ModelRequest request = Rows.request(models.resolve(one.dialect.handle), one.stream, Rows.user("hi"))
                    .from(one.dialect.agentType);
            try (ModelStream stream = models.open(request)) {
                do {
                    events.add(stream.next());
                } while (!(events.getLast() instanceof ModelEvent.Done));
            }
        }
    }

    private ModelEvent.Done said(Case one, String reasoning, String text) {
        ask(one);
        ModelEvent.Done done = (ModelEvent.Done) events.getLast();
        StringBuilder thought = new StringBuilder();
        for (Content part : done.content()) {
            thought.append(part instanceof Content.Reasoning r ? r.reasoning() : "");
        }
        assertThat(thought.toString()).isEqualTo(reasoning);
        assertThat(Rows.text(done)).isEqualTo(text);
        if (one.stream) {
            assertThat(streamed()).containsExactly(reasoning, text);
        }
        if (one.scenario != Scenario.CACHED) {
            assertThat(done.usage().promptTokens()).isEqualTo(12);
            assertThat(done.usage().completionTokens()).isEqualTo(5);
            assertThat(done.usage().totalTokens()).isEqualTo(17);
        }
        assertThat(done.truncated()).isEqualTo(one.scenario == Scenario.TRUNCATED);
        return done;
    }

    /** The deltas joined: thought, then text. */
    private List<String> streamed() {
        StringBuilder thought = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (ModelEvent event : events) {
            thought.append(event instanceof ModelEvent.ReasoningDelta delta ? delta.text() : "");
            text.append(event instanceof ModelEvent.TextDelta delta ? delta.text() : "");
        }
        return List.of(thought.toString(), text.toString());
    }

    private void called(Case one, String text, String... arguments) {
        ModelEvent.Done done = said(one, "", text);
        assertThat(done.calls())
                .extracting(ToolCall::name)
                .hasSameSizeAs(arguments)
                .containsOnly("get_weather");
        assertThat(done.calls())
                .extracting(ToolCall::id)
                .doesNotHaveDuplicates()
                .noneMatch(String::isEmpty);
        List<JsonNode> wanted =
                Stream.of(arguments).map(DialectContractTest::tree).toList();
        assertThat(done.calls()).extracting(call -> tree(call.arguments())).isEqualTo(wanted);
        if (!one.stream) {
            return;
        }
        List<String> ids = new ArrayList<>();
        List<StringBuilder> pieces = new ArrayList<>();
        for (ModelEvent event : events) {
            if (event instanceof ModelEvent.CallDelta delta) {
                if (delta.index() == pieces.size()) {
                    pieces.add(new StringBuilder());
                    ids.add(delta.id());
                    assertThat(delta.name()).isEqualTo("get_weather");
                }
                pieces.get(delta.index()).append(delta.arguments() == null ? "" : delta.arguments());
            }
        }
        assertThat(ids).isEqualTo(done.calls().stream().map(ToolCall::id).toList());
        assertThat(pieces).extracting(piece -> tree(piece.toString())).isEqualTo(wanted);
    }

    private static JsonNode tree(String json) {
        return Json.read(json, JsonNode.class);
    }

    private void refused(Case one) {
        switch (one.dialect.refusing) {
            case IN_WORDS -> said(one, "", "I can't help with that.");
            case WITHHELD -> {
                ModelException e = catchThrowableOfType(ModelException.class, () -> ask(one));
                assertThat(e).isNotNull();
                assertThat(e.kind()).isEqualTo(ProblemCode.LLM_BAD_REQUEST);
                assertThat(e.sentence()).contains("withheld");
            }
        }
    }

    private void failed(Case one, String words, boolean mayPass) {
        ModelException e = catchThrowableOfType(ModelException.class, () -> ask(one));
        assertThat(e).isNotNull();
        assertThat(e.detail()).contains(words);
        assertThat(e.mayPass()).isEqualTo(mayPass);
        if (one.scenario != Scenario.EMPTY) {
            assertThat(streamed()).containsExactly("", "Half a ");
        }
    }

    private void cached(Case one) {
        Usage usage = said(one, "", "Yes.").usage();
        assertThat(usage.promptTokens()).isEqualTo(2006);
        assertThat(usage.cachedInputTokens()).isEqualTo(1920);
        assertThat(usage.completionTokens()).isEqualTo(300);
        assertThat(usage.totalTokens()).isEqualTo(2306);
        assertThat(usage.reasoningTokens()).isIn(256, null);
    }
}
