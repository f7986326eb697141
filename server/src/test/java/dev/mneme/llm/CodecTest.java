package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolCall;
import dev.mneme.testkit.FakeProvider;
import dev.mneme.testkit.FakeStep;
import dev.mneme.testkit.FakeStep.Trick;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one suite that every wire language passes, streamed and not: answers, tools, and everything that can go wrong. */
class CodecTest {
    static final String BOTH = """
            openai/gpt-4o,false
            openai/gpt-4o,true
            anthropic/claude-sonnet-4-5,false
            anthropic/claude-sonnet-4-5,true
            """;

    private final FakeProvider fake = FakeProvider.start();
    private final List<Long> pauses = new CopyOnWriteArrayList<>();
    private Models models = LlmTest.models(fake.options(), pauses);

    @AfterEach
    void close() {
        models.close();
        fake.close();
    }

    @BeforeEach
    void clear() {
        fake.clear();
    }

    private List<ModelEvent> events(String handle, boolean stream) {
        return Rows.events(models, Rows.request(models.resolve(handle), stream, Rows.user("hi")));
    }

    private ModelException failure(String handle, boolean stream) {
        ModelException e = catchThrowableOfType(ModelException.class, () -> events(handle, stream));
        assertThat(e).isNotNull();
        return e;
    }

    @ParameterizedTest
    @CsvSource(textBlock = BOTH)
    void textWithReasoning(String handle, boolean stream) {
        fake.next(FakeStep.say("Grüße, wörld 🦙 and all.").thinking("let me think"));
        List<ModelEvent> events = events(handle, stream);
        ModelEvent.Done done = (ModelEvent.Done) events.getLast();
        assertThat(Rows.text(done)).isEqualTo("Grüße, wörld 🦙 and all.");
        assertThat(done.content().getFirst()).isInstanceOf(Content.Reasoning.class);
        assertThat(((Content.Reasoning) done.content().getFirst()).reasoning()).isEqualTo("let me think");
        assertThat(done.usage().promptTokens()).isPositive();
        assertThat(done.truncated()).isFalse();
        StringBuilder said = new StringBuilder();
        StringBuilder thought = new StringBuilder();
        for (ModelEvent event : events) {
            said.append(event instanceof ModelEvent.TextDelta d ? d.text() : "");
            thought.append(event instanceof ModelEvent.ReasoningDelta d ? d.text() : "");
        }
        assertThat(said.toString()).isEqualTo(stream ? "Grüße, wörld 🦙 and all." : "");
        assertThat(thought.toString()).isEqualTo(stream ? "let me think" : "");
        assertThat(events.size()).isEqualTo(stream ? 9 : 1);
    }

    @ParameterizedTest
    @CsvSource(textBlock = BOTH)
    void parallelCalls(String handle, boolean stream) {
        fake.next(FakeStep.call("get_weather", "{\"city\":\"Paris, Île-de-France\"}")
                .also("get_weather", "{\"city\":\"Rome\"}"));
        List<ModelEvent> events = events(handle, stream);
        ModelEvent.Done done = (ModelEvent.Done) events.getLast();
        assertThat(done.calls()).extracting(ToolCall::name).containsExactly("get_weather", "get_weather");
        assertThat(done.calls())
                .extracting(ToolCall::arguments)
                .containsExactly("{\"city\":\"Paris, Île-de-France\"}", "{\"city\":\"Rome\"}");
        assertThat(done.calls())
                .extracting(ToolCall::id)
                .doesNotHaveDuplicates()
                .allMatch(id -> !id.isEmpty());
        List<String> streamed = new ArrayList<>(List.of("", ""));
        for (ModelEvent event : events) {
            if (event instanceof ModelEvent.CallDelta delta && delta.arguments() != null) {
                streamed.set(delta.index(), streamed.get(delta.index()) + delta.arguments());
            }
        }
        if (stream) {
            assertThat(streamed)
                    .isEqualTo(done.calls().stream().map(ToolCall::arguments).toList());
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = BOTH)
    void truncatedAnswerSaysSo(String handle, boolean stream) {
        fake.next(FakeStep.say("half a").with(Trick.TRUNCATED));
        assertThat(((ModelEvent.Done) events(handle, stream).getLast()).truncated())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "openai/gpt-4o, 401, LLM_AUTHENTICATION, UNAUTHENTICATED: Authentication failed with OpenAI: Error code: 401 - {",
        "openai/gpt-4o, 402, LLM_INSUFFICIENT_CREDITS, PAYMENT_REQUIRED: ",
        "openai/gpt-4o, 400, LLM_CONTEXT_WINDOW, CONTEXT_WINDOW_EXCEEDED: ",
        "openai/gpt-4o, 403, LLM_ERROR, INTERNAL_SERVER_ERROR: Permission denied by OpenAI: Error code: 403 - {",
        "openai/gpt-4o, 404, LLM_ERROR, INTERNAL_SERVER_ERROR: Resource not found in OpenAI: ",
        "anthropic/claude-sonnet-4-5, 401, LLM_AUTHENTICATION, UNAUTHENTICATED: Authentication failed with Anthropic: Error code: 401 - {",
        "anthropic/claude-sonnet-4-5, 422, LLM_ERROR, INTERNAL_SERVER_ERROR: Invalid request content for Anthropic: ",
    })
    void refusalsAreToldAtOnce(String handle, int status, ProblemCode kind, String detail) {
        for (boolean stream : new boolean[] {false, true}) {
            fake.clear();
            fake.next(FakeStep.fail(status));
            ModelException e = failure(handle, stream);
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.detail()).startsWith(detail);
            assertThat(fake.calls()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "openai/gpt-4o, 429, LLM_RATE_LIMIT, RATE_LIMIT_EXCEEDED: Rate limited by OpenAI: Error code: 429 - {",
        "openai/gpt-4o, 500, LLM_ERROR, INTERNAL_SERVER_ERROR: OpenAI API error: Error code: 500 - {",
        "openai/gpt-4o, 408, LLM_TIMEOUT, DEADLINE_EXCEEDED: ",
        "anthropic/claude-sonnet-4-5, 529, LLM_ERROR, INTERNAL_SERVER_ERROR: Anthropic is overloaded: ",
    })
    void whatMayPassIsTriedAgain(String handle, int status, ProblemCode kind, String detail) {
        for (int i = 0; i <= RetryLimits.DEFAULT_ATTEMPTS; i++) {
            fake.next(FakeStep.fail(status));
        }
        ModelException e = failure(handle, true);
        assertThat(e.kind()).isEqualTo(kind);
        assertThat(e.detail()).startsWith(detail);
        assertThat(fake.calls()).hasSize(1 + RetryLimits.DEFAULT_ATTEMPTS);
        assertThat(pauses).hasSize(RetryLimits.DEFAULT_ATTEMPTS);
        for (int i = 0; i < pauses.size(); i++) {
            assertThat(pauses.get(i)).isBetween(0L, Tries.FIRST_PAUSE << i);
        }
        fake.clear();
        fake.next(FakeStep.fail(status), FakeStep.say("there"));
        assertThat(Rows.text((ModelEvent.Done) events(handle, true).getLast())).isEqualTo("there");
    }

    @Test
    void retryAfterIsHonouredButCapped() {
        fake.next(
                FakeStep.fail(429).header("Retry-After", "3"),
                FakeStep.fail(429).header("Retry-After", "3600"),
                FakeStep.say("ok"));
        events("openai/gpt-4o", false);
        assertThat(pauses).containsExactly(3_000L, 20_000L);
    }

    @Test
    void anEmptyAccountIsNotWaitedFor() {
        fake.next(FakeStep.fail(429, "{\"error\":{\"code\":\"insufficient_quota\"}}"));
        assertThat(failure("openai/gpt-4o", false).kind()).isEqualTo(ProblemCode.LLM_INSUFFICIENT_CREDITS);
        assertThat(fake.calls()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(textBlock = BOTH)
    void garbageEmptyAndHalfAnswersAreFailures(String handle, boolean stream) {
        for (Trick trick : List.of(Trick.GARBAGE, Trick.EMPTY, Trick.CUT)) {
            fake.clear();
            // a broken connection is tried again, and may break before or after the headers: enough for all tries
            for (int i = 0; i < 9; i++) {
                fake.next(FakeStep.trick(trick));
            }
            ModelException e = failure(handle, stream);
            if (trick != Trick.CUT) {
                assertThat(fake.calls()).hasSize(1);
            }
            assertThat(e.kind())
                    .as(trick.name())
                    .isEqualTo(trick == Trick.EMPTY ? ProblemCode.LLM_EMPTY_RESPONSE : ProblemCode.LLM_ERROR);
            assertThat(e.detail()).startsWith("INTERNAL_SERVER_ERROR: ");
        }
        if (stream) {
            fake.clear();
            fake.next(FakeStep.trick(Trick.UNFINISHED));
            assertThat(failure(handle, true).detail()).contains("streaming: the provider closed the stream");
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = BOTH)
    void silenceEndsAtTheTimeout(String handle, boolean stream) {
        models.close();
        models = LlmTest.models(
                fake.options(Map.of("OPENAI_TIMEOUT_SECONDS", "0.3", "ANTHROPIC_TIMEOUT_SECONDS", "0.3")), pauses);
        fake.next(FakeStep.trick(Trick.SILENT));
        ModelException e = failure(handle, stream);
        assertThat(e.kind()).isEqualTo(ProblemCode.LLM_TIMEOUT);
        if (stream) {
            fake.next(FakeStep.trick(Trick.STALLED));
            assertThat(failure(handle, true).kind()).isEqualTo(ProblemCode.LLM_TIMEOUT);
        }
    }

    @Test
    void aSlowStreamThatKeepsTalkingIsNotCut() {
        models.close();
        models = LlmTest.models(fake.options(Map.of("OPENAI_TIMEOUT_SECONDS", "0.4")), pauses);
        fake.next(FakeStep.say("a b c d e f").slowly(100));
        assertThat(Rows.text((ModelEvent.Done) events("openai/gpt-4o", true).getLast()))
                .isEqualTo("a b c d e f");
    }

    @Test
    void anOverloadInsideAStreamIsTriedAgainBeforeTheFirstWord() {
        String start =
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3}}}\n\n";
        String overload =
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n";
        fake.next(FakeStep.recording(start + overload), FakeStep.say("there"));
        assertThat(Rows.text((ModelEvent.Done)
                        events("anthropic/claude-sonnet-4-5", true).getLast()))
                .isEqualTo("there");
        String word =
                "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"he\"}}\n\n";
        fake.clear();
        fake.next(FakeStep.recording(start + word + overload), FakeStep.say("there"));
        assertThat(failure("anthropic/claude-sonnet-4-5", true).detail())
                .contains("Anthropic is overloaded: Error code: 529");
        assertThat(fake.calls()).hasSize(1);
    }

    @Test
    void closingAStreamEndsTheExchange() throws Exception {
        fake.next(FakeStep.trick(Trick.STALLED));
        AtomicReference<Throwable> seen = new AtomicReference<>();
        ModelStream stream = models.open(Rows.request(models.resolve("openai/gpt-4o"), true, Rows.user("hi")));
        stream.next();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    stream.next();
                }
            } catch (RuntimeException e) {
                seen.set(e);
            }
        });
        Thread.sleep(100);
        stream.close();
        reader.interrupt();
        reader.join(5_000);
        assertThat(seen.get()).isInstanceOf(ModelException.class);
    }

    @Test
    void unreachableProviderIsNamed() {
        fake.close();
        ModelException e = failure("openai/gpt-4o", false);
        assertThat(e.detail()).startsWith("INTERNAL_SERVER_ERROR: Failed to connect to OpenAI at http://127.0.0.1:");
        assertThat(pauses).hasSize(2);
    }

    @Test
    void theKeyNeverShowsInAnError() {
        fake.next(FakeStep.fail(401, "{\"error\":\"bad key sk-fake!\"}"));
        assertThat(failure("openai/gpt-4o", false).detail())
                .doesNotContain("sk-fake")
                .contains("***");
    }

    @Test
    void aCallersOwnAddressGetsNoKeyAndIsGuarded() {
        LlmConfig own = Rows.at(models.resolve("openai/gpt-4o"), "http://127.0.0.1:1/v1", null, null);
        assertThatThrownBy(() -> Rows.done(models, Rows.request(own, false, Rows.user("hi"))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("private network");
        LlmConfig metadata = Rows.at(own, "http://169.254.169.254/v1", null, null);
        assertThatThrownBy(() -> Rows.done(models, Rows.request(metadata, false, Rows.user("hi"))))
                .hasMessageContaining("metadata");
        try (FakeProvider other = FakeProvider.start();
                Models allowing =
                        LlmTest.models(fake.options(Map.of("MNEME_ALLOWED_PRIVATE_HOSTS", "localhost")), pauses)) {
            String address = other.openAiUrl().replace("127.0.0.1", "localhost");
            LlmConfig there = Rows.at(own, address, null, null);
            assertThat(Rows.text(Rows.done(allowing, Rows.request(there, false, Rows.user("hi")))))
                    .isEqualTo("echo: hi");
            assertThat(other.requests().getLast().headers()).doesNotContainKey("authorization");
            assertThat(other.requests().getLast().headers().get("host")).startsWith("localhost:");
            assertThat(fake.calls()).isEmpty();
        }
    }

    @Test
    void aProvidersOwnOldAddressFollowsTheConfiguration() {
        LlmConfig stored = Rows.at(models.resolve("openai/gpt-4o"), "http://10.0.0.1:9/v1", "base", "openai/gpt-4o");
        assertThat(Rows.text(Rows.done(models, Rows.request(stored, false, Rows.user("hi")))))
                .isEqualTo("echo: hi");
        assertThat(fake.requests().getLast().headers()).containsEntry("authorization", "Bearer sk-fake");
        LlmConfig known = Rows.at(stored, "https://api.openai.com/v1", null, null);
        assertThat(Rows.text(Rows.done(models, Rows.request(known, false, Rows.user("hi")))))
                .isEqualTo("echo: hi");
    }

    @Test
    void scriptsDriveTheFake() {
        LlmConfig config = models.resolve("anthropic/claude-sonnet-4-5");
        String script = "@script\n@think hm\n@call get_weather {\"city\":\"x\"}\n@say fine";
        ModelEvent.Done first = Rows.done(models, Rows.request(config, true, Rows.user(script)));
        assertThat(first.calls()).hasSize(1);
        ModelEvent.Done second = Rows.done(
                models, Rows.request(config, true, Rows.user(script), Rows.said("", "x"), Rows.returned("x")));
        assertThat(Rows.text(second)).isEqualTo("fine");
    }
}
