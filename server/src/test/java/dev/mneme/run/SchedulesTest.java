package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static dev.mneme.testkit.Deskware.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.Role;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.testkit.TestDb;
import dev.mneme.turn.InputMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulesTest {
    @TempDir
    Path folder;

    private final AtomicLong ahead = new AtomicLong();
    private Deskware house;
    private Schedules schedules;
    private String agent;

    @BeforeEach
    void open() {
        Clock clock = new Clock(() -> Clock.system().now() + ahead.get());
        house = new Deskware(TestDb.open(folder, clock), new ScriptedModels(), DeskOptions.DEFAULTS, List.of());
        schedules = new Schedules(house.db, house.desk);
        agent = house.agent();
    }

    @AfterEach
    void close() {
        schedules.close();
        house.close();
    }

    private Schedule plan(Schedule.When when) {
        InputMessage said =
                new InputMessage(Role.USER, List.of(new Content.Text("tick")), "otid-of-the-caller", null, null, null);
        Submit request = new Submit(
                ORG, USER, agent, null, List.of(said), RunOptions.blocking(), "otid-of-the-caller", "hash", true);
        return schedules.create(request, Json.object(), when);
    }

    private Schedule.When in(Duration time) {
        return Schedule.When.once(house.db.clock().now() + time.toNanos() / 1_000);
    }

    private void later(Duration time) {
        ahead.addAndGet(time.toNanos() / 1_000);
    }

    private Schedule until(Schedule planned, Predicate<Schedule> done) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            Schedule now = schedules.get(ORG, agent, planned.id());
            if (done.test(now)) {
                return now;
            }
            Thread.sleep(25);
        }
        throw new AssertionError(schedules.get(ORG, agent, planned.id()).toString());
    }

    private long ticks() {
        return house.history(agent).stream()
                .filter(words -> words.equals("user tick"))
                .count();
    }

    @Test
    void aTimeThatPassedWhileNoServerRanIsMadeUpForOnce() throws InterruptedException {
        Schedule once = plan(in(Duration.ofHours(1)));
        Schedule often = plan(Schedule.When.recurring("*/10 * * * *", null));
        later(Duration.ofHours(5));

        schedules.start();
        Schedule made = until(once, row -> row.runId() != null);
        Schedule madeOften = until(often, row -> row.runId() != null);
        house.desk.await(ORG, made.runId());
        house.desk.await(ORG, madeOften.runId());

        assertThat(made.nextAt()).isNull();
        assertThat(madeOften.nextAt()).isGreaterThan(house.db.clock().now());
        assertThat(ticks()).isEqualTo(2);
    }

    @Test
    void whatIsMoreThanADayLateIsLeftOutAndSaysSo() throws InterruptedException {
        Schedule once = plan(in(Duration.ofHours(1)));
        Schedule weekly = plan(Schedule.When.recurring("0 0 " + "1 1 *", null));
        Schedule hourly = plan(Schedule.When.recurring("@hourly", null));
        later(Duration.ofDays(370));

        schedules.start();
        assertThat(until(once, row -> row.error() != null).error()).contains("Missed");
        until(hourly, row -> row.runId() != null);
        // the rows are worked off one after the other, in no order that is promised
        until(weekly, row -> row.nextAt() > house.db.clock().now());
    }

    @Test
    void twoServersSendItOnce() throws InterruptedException {
        try (Schedules other = new Schedules(house.db, house.desk)) {
            schedules.start();
            other.start();
            for (int i = 0; i < 5; i++) {
                Schedule planned = plan(in(Duration.ofMillis(30)));
                house.desk.await(ORG, until(planned, row -> row.runId() != null).runId());
            }
            assertThat(ticks()).isEqualTo(5);
        }
    }

    @Test
    void aScheduleGoesWithItsAgentAndHasALimit() {
        Schedule planned = plan(in(Duration.ofHours(1)));
        for (int i = 1; i < Schedules.MOST_OF_AGENT; i++) {
            plan(in(Duration.ofHours(1)));
        }
        assertThatThrownBy(() -> plan(in(Duration.ofHours(1))))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("100 scheduled messages");
        house.agents.delete(ORG, agent);
        assertThatThrownBy(() -> schedules.get(ORG, agent, planned.id())).isInstanceOf(Problem.class);
    }
}
