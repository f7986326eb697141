package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mneme.testkit.FakeProvider;
import dev.mneme.testkit.FakeStep;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a run waits for a busy provider. */
class PatienceTest {
    private final FakeProvider fake = FakeProvider.start();
    private final List<Long> pauses = new ArrayList<>();
    private final List<Retry> told = new ArrayList<>();

    @AfterEach
    void close() {
        fake.close();
    }

    private Models models(Map<String, String> more) {
        return LlmTest.models(fake.options(more), pauses);
    }

    private static ModelRequest request(Models models) {
        return Rows.request(models.resolve("openai/gpt-4o"), true, Rows.user("hi"));
    }

    private static FakeStep busy(String after) {
        return FakeStep.fail(429).header("Retry-After", after);
    }

    @Test
    void aStoppedRunStopsWaitingAtOnce() {
        fake.next(busy("15"), FakeStep.say("never said"));
        try (Models models = new LiveModels(fake.options())) {
            long before = System.nanoTime();
            Patience patience = new Patience(() -> System.nanoTime() - before > 300_000_000L, told::add);
            assertThat(catchThrowableOfType(ModelException.class, () -> models.open(request(models), patience)))
                    .isNotNull();
            assertThat(System.nanoTime() - before).isLessThan(3_000_000_000L);
            assertThat(told).hasSize(1);
            assertThat(fake.calls()).hasSize(1);
        }
    }

    @Test
    void secondsAreABudgetToo() {
        fake.next(busy("15"), busy("10"), busy("4"), FakeStep.say("never said"));
        try (Models models = models(Map.of("MNEME_RETRY_SECONDS", "27"))) {
            Patience patience = new Patience(() -> false, told::add);
            assertThat(catchThrowableOfType(ModelException.class, () -> models.open(request(models), patience)))
                    .isNotNull();
            assertThat(pauses).containsExactly(15_000L, 10_000L);
        }
    }

    @Test
    void aDateIsUnderstood() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plus(Duration.ofSeconds(9)));
        fake.next(busy(date), FakeStep.say("there"));
        try (Models models = models(Map.of())) {
            models.open(request(models), new Patience(() -> false, told::add)).close();
            assertThat(pauses).hasSize(1);
            assertThat(pauses.getFirst()).isBetween(6_000L, 9_000L);
        }
    }

    @Test
    void afterTheFirstWordNothingIsRepeated() {
        fake.next(FakeStep.trick(FakeStep.Trick.UNFINISHED), FakeStep.say("never said"));
        try (Models models = models(Map.of("MNEME_FALLBACK_MODEL", "anthropic/claude-sonnet-4-5"));
                ModelStream stream = models.open(request(models), new Patience(() -> false, told::add))) {
            stream.next();
            assertThat(catchThrowableOfType(ModelException.class, () -> {
                        while (!(stream.next() instanceof ModelEvent.Done)) {
                            // words that came before the break
                        }
                    }))
                    .isNotNull();
            assertThat(told).isEmpty();
            assertThat(fake.calls()).hasSize(1);
        }
    }

    @Test
    void whatNoWaitingMendsGoesToNobodyElse() {
        fake.next(FakeStep.fail(401));
        try (Models models = models(Map.of("MNEME_FALLBACK_MODEL", "anthropic/claude-sonnet-4-5"))) {
            assertThat(catchThrowableOfType(ModelException.class, () -> models.open(request(models))))
                    .isNotNull();
            assertThat(fake.calls()).hasSize(1);
        }
    }

    @Test
    void aFallbackThatCannotBeUsedDoesNotHideTheFailure() {
        fake.next(FakeStep.fail(500), FakeStep.fail(500));
        try (Models models = models(Map.of("MNEME_RETRY_ATTEMPTS", "1", "MNEME_FALLBACK_MODEL", "nobody/knows"))) {
            ModelException e = catchThrowableOfType(ModelException.class, () -> models.open(request(models)));
            assertThat(e.detail()).contains("Error code: 500");
        }
    }
}
