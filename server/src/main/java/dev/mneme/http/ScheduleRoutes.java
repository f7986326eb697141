package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.run.Schedule;
import dev.mneme.run.Schedules;
import dev.mneme.run.Submit;
import dev.mneme.wire.CreateSchedule;
import dev.mneme.wire.ScheduleMade;
import dev.mneme.wire.SchedulePage;
import dev.mneme.wire.ScheduleView;
import dev.mneme.wire.Success;
import java.util.List;
import java.util.Map;

/** Messages that are sent to an agent later (decision 0023; shapes of openapi.json). */
final class ScheduleRoutes {
    private static final Param<Integer> LIMIT = Paging.limit(50, 1, 1_000);
    private static final String ALL = "/v1/agents/{agent_id:agent}/schedule";
    private static final String ONE = ALL + "/{scheduled_message_id}";

    /** Numbers below are seconds since 1970 (until the year 5138), those above milliseconds (since 1973). */
    private static final double SECONDS_END = 100_000_000_000d;

    /** The end of the year 9999 in milliseconds. */
    private static final double LAST_TIME = 253_402_300_799_000d;

    private final Rooms rooms;
    private final SendRoutes send;
    private final Threads threads;

    ScheduleRoutes(Rooms rooms, SendRoutes send, Threads threads) {
        this.rooms = rooms;
        this.send = send;
        this.threads = threads;
    }

    private Schedules schedules() {
        return rooms.hosted().schedules();
    }

    List<Route> routes() {
        return List.of(
                Route.post(ALL, "Plans messages to an agent: at one time, or whenever a cron expression says so")
                        .body(CreateSchedule.class)
                        .gives(ScheduleMade.class)
                        .by(this::create),
                Route.get(ALL, "Messages planned for an agent, oldest first")
                        .takes(Paging.AFTER, LIMIT)
                        .gives(SchedulePage.class)
                        .by(this::list),
                Route.get(ONE, "One planned message")
                        .gives(ScheduleView.class)
                        .by(call -> Answer.ok(
                                view(schedules().get(call.org(), agent(call), call.at("scheduled_message_id"))))),
                Route.delete(ONE, "Forgets a planned message")
                        .gives(Success.class)
                        .by(this::delete));
    }

    /** 404 when there is no such agent. */
    private String agent(Call call) {
        return threads.of(call, call.at("agent_id"), null).agentId();
    }

    private Answer create(Call call) {
        CreateSchedule body = call.body(CreateSchedule.class);
        Schedule.When when = when(body.schedule());
        ObjectNode message = ((ObjectNode) call.json()).deepCopy();
        message.remove("schedule");
        Submit request =
                send.read(call.with(message), threads.of(call, call.at("agent_id"), null), SendRoutes.Way.SCHEDULED);
        Schedule made = schedules().create(request, message, when);
        return new Answer.Json(201, Json.tree(new ScheduleMade(made.id(), Times.zuluOrNull(made.nextAt()))), Map.of());
    }

    private static Schedule.When when(ObjectNode schedule) {
        String type = schedule.path("type").asText(schedule.has("cron_expression") ? "recurring" : "one-time");
        return switch (type) {
            case "one-time" -> Schedule.When.once(micros(schedule.path("scheduled_at")));
            case "recurring" -> {
                JsonNode cron = schedule.path("cron_expression");
                if (!cron.isTextual()) {
                    throw new Invalid(Invalid.Fault.missing(List.of("body", "schedule", "cron_expression")));
                }
                yield Schedule.When.recurring(
                        cron.textValue(), schedule.path("timezone").textValue());
            }
            default ->
                throw new Invalid(
                        Param.notOneOf(List.of("body", "schedule", "type"), type, List.of("one-time", "recurring")));
        };
    }

    private static long micros(JsonNode time) {
        double given = time.isNumber() ? time.doubleValue() : -1;
        if (given < 0 || given > LAST_TIME) {
            throw Problem.unprocessable(
                    "schedule.scheduled_at must be a time in milliseconds since 1970 UTC, not " + time + ".");
        }
        return Math.round(given < SECONDS_END ? given * 1_000_000 : given * 1_000);
    }

    private Answer list(Call call) {
        int limit = call.at(LIMIT);
        List<Schedule> found = schedules().list(call.org(), agent(call), call.maybe(Paging.AFTER), limit + 1);
        return Answer.ok(new SchedulePage(
                found.size() > limit,
                found.stream().limit(limit).map(ScheduleRoutes::view).toList()));
    }

    private Answer delete(Call call) {
        schedules().delete(call.org(), agent(call), call.at("scheduled_message_id"));
        return Answer.ok(Success.DONE);
    }

    private static ScheduleView view(Schedule row) {
        ObjectNode schedule = Json.object();
        Schedule.When when = row.when();
        if (when.scheduledAt() != null) {
            schedule.put("type", "one-time").put("scheduled_at", when.scheduledAt() / 1_000);
        } else {
            schedule.put("type", "recurring")
                    .put("cron_expression", when.cron())
                    .put("timezone", when.zone().getId());
        }
        return new ScheduleView(
                row.id(),
                row.agentId(),
                row.message(),
                Times.zuluOrNull(row.nextAt()),
                schedule,
                row.runId(),
                Times.zuluOrNull(row.ranAt()),
                row.error());
    }
}
