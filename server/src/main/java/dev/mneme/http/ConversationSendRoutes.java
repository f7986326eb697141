package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.run.Desk;
import dev.mneme.run.LogReader;
import dev.mneme.run.RunRow;
import dev.mneme.run.Runs;
import dev.mneme.wire.LettaResponse;
import dev.mneme.wire.RetrieveConversationStream;
import dev.mneme.wire.SendMessages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Talking in a conversation, and reading once more what is being answered there (contract 03 §6, §9, 12.4). */
final class ConversationSendRoutes {
    private static final String MESSAGES = ConversationRoutes.CONVERSATION + "/messages";

    /** Waits for a run that another request is just storing, in milliseconds (contract 03 §9). */
    private static final long[] OTID_WAITS = {250, 500, 1_000};

    private final Threads threads;
    private final SendRoutes send;
    private final Runs runs;
    private final Desk desk;

    ConversationSendRoutes(Threads threads, SendRoutes send, Runs runs, Desk desk) {
        this.threads = threads;
        this.send = send;
        this.runs = runs;
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                MESSAGES,
                                "Says something in a conversation; the answer is a stream unless streaming is false")
                        .body(SendMessages.class)
                        .gives(LettaResponse.class)
                        .by(this::say),
                Route.post(MESSAGES + "/preview-raw-payload", "What would be sent to the model, which is not asked")
                        .reach(Route.Reach.READ)
                        .body(SendMessages.class)
                        .by(call -> send.preview(call, place(call))),
                Route.post(
                                ConversationRoutes.CONVERSATION + "/stream",
                                "The stream of a background run of a conversation, from a record on")
                        .reach(Route.Reach.READ)
                        .optionalBody(RetrieveConversationStream.class)
                        .by(this::stream));
    }

    private Answer say(Call call) {
        JsonNode body = call.json();
        boolean blocking =
                body.path("streaming").isBoolean() && !body.path("streaming").booleanValue();
        if (blocking) {
            SendRoutes.refuseStreamOptions(call.body(SendMessages.class));
        }
        return send.submit(
                call, place(call), blocking ? SendRoutes.Way.CONVERSATION : SendRoutes.Way.CONVERSATION_STREAM);
    }

    private Threads.Place place(Call call) {
        JsonNode agent = call.json().path("agent_id");
        return threads.of(call, call.at("conversation_id"), agent.isTextual() ? agent.textValue() : null);
    }

    private Answer stream(Call call) {
        RetrieveConversationStream how = call.body(Binder.orEmpty(call.json()), RetrieveConversationStream.class);
        RunRow row = wanted(call, how);
        if (!row.background()) {
            throw Problem.invalid("Run was not created in background mode, so it cannot be retrieved.");
        }
        long after = how.startingAfter() == null ? 0 : Math.max(0, how.startingAfter());
        boolean pings = !Boolean.FALSE.equals(how.includePings());
        LogReader log = desk.follow(call.org(), row.id(), after);
        return Answer.stream(out -> send.copy(log, out, row.id(), pings, false, after));
    }

    private RunRow wanted(Call call, RetrieveConversationStream how) {
        if (how.runId() != null) {
            if (!IdKind.RUN.fits(how.runId())) {
                throw Param.malformed(IdKind.RUN, how.runId());
            }
            return runs.get(call.org(), how.runId());
        }
        Threads.Place place = threads.find(call, call.at("conversation_id"), how.agentId());
        if (how.otid() != null) {
            return byOtid(call, place, how.otid());
        }
        RunRow active = place == null ? null : runs.newestActive(call.org(), place.threadId());
        if (active == null) {
            throw Problem.invalid("No active runs found for this conversation.");
        }
        return active;
    }

    private RunRow byOtid(Call call, Threads.@Nullable Place place, String otid) {
        RunRow found = null;
        for (int attempt = 0; place != null && found == null && attempt <= OTID_WAITS.length; attempt++) {
            if (attempt > 0) {
                pause(OTID_WAITS[attempt - 1]);
            }
            found = runs.byOtid(call.org(), place.threadId(), otid);
        }
        if (found == null) {
            throw Problem.notFound("No run found for otid=" + otid + ". The run may have expired or never existed.");
        }
        return found;
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // The server is stopping: the last look follows at once.
            Thread.currentThread().interrupt();
        }
    }
}
