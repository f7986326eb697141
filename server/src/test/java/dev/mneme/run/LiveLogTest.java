package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.message.StopReason;
import dev.mneme.message.TurnEvent;
import dev.mneme.message.Usage;
import dev.mneme.turn.TurnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class LiveLogTest {
    private static final TurnResult DONE = new TurnResult(StopReason.END_TURN, Usage.NONE, 1, null, null);

    private static final EventFormat TEXTS = new EventFormat() {
        @Override
        public List<LogRecord> records(TurnEvent event, String runId, RunOptions options, long seq) {
            return event instanceof TurnEvent.TextDelta delta
                    ? List.of(new LogRecord(seq, false, delta.text()))
                    : List.of();
        }

        @Override
        public JsonNode response(RunResult run) {
            return Json.object();
        }
    };

    private final LiveLog log = new LiveLog("run-1", RunOptions.blocking(), TEXTS);

    private void say(String text) {
        log.show(new TurnEvent.TextDelta("message-1", 0, "step-1", text, 0));
    }

    private static List<String> readAll(LogReader reader) {
        List<String> out = new ArrayList<>();
        while (!reader.ended()) {
            LogRecord record = reader.next(Duration.ofSeconds(5));
            if (record != null) {
                out.add(record.seq() + record.data());
            }
        }
        return out;
    }

    private static List<String> readAllSoFar(LogReader reader) {
        List<String> out = new ArrayList<>();
        for (LogRecord record = reader.next(Duration.ZERO); record != null; record = reader.next(Duration.ZERO)) {
            out.add(record.seq() + record.data());
        }
        return out;
    }

    @Test
    void manyReadersSeeEverythingOnceInOrder() {
        List<Callable<List<String>>> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(() -> readAll(log.reader(0)));
        }
        tasks.add(() -> {
            for (int i = 1; i <= 100; i++) {
                say("-" + i);
            }
            log.finish(DONE, List.of());
            return List.of();
        });
        try (Scope scope = new Scope("test")) {
            List<List<String>> seen = scope.all(tasks);
            for (int i = 0; i < 5; i++) {
                assertThat(seen.get(i)).hasSize(100).startsWith("1-1", "2-2").endsWith("100-100");
            }
        }
    }

    @Test
    void aReaderBeginsAfterTheNumberItNames() {
        say("a");
        say("b");
        say("c");
        log.finish(DONE, List.of());
        assertThat(readAll(log.reader(2))).containsExactly("3c");
        assertThat(readAll(log.reader(3))).isEmpty();
        assertThat(readAll(log.reader(99))).isEmpty();
    }

    @Test
    void aQuietLogGivesNothingAfterTheWait() {
        LogReader reader = log.reader(0);
        assertThat(reader.next(Duration.ofMillis(20))).isNull();
        assertThat(reader.ended()).isFalse();
    }

    @Test
    void whatIsNotStoredYetIsKnown() {
        say("a");
        List<LogRecord> first = log.take();
        assertThat(first).hasSize(1);
        assertThat(log.take()).isEmpty();
        say("b");
        log.giveBack(first);
        assertThat(log.take()).extracting(LogRecord::data).containsExactly("a", "b");
        log.addStored(List.of(new LogRecord(3, false, "c")));
        assertThat(log.take()).isEmpty();
        assertThat(readAllSoFar(log.reader(0))).containsExactly("1a", "2b", "3c");
    }

    @Test
    void recordsSurviveTheirStoredForm() {
        LogRecord data = new LogRecord(4, false, "{\"a\":1}");
        LogRecord error = new LogRecord(5, true, "{\"b\":2}");
        assertThat(LogRecord.parse(4, data.line())).isEqualTo(data);
        assertThat(LogRecord.parse(5, error.line())).isEqualTo(error);
    }
}
