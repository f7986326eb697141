package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Page;
import dev.mneme.memory.Recall;
import dev.mneme.run.BatchRow;
import dev.mneme.run.Batches;
import dev.mneme.run.Submit;
import dev.mneme.wire.BatchMessages;
import dev.mneme.wire.BatchView;
import dev.mneme.wire.CreateBatch;
import java.util.ArrayList;
import java.util.List;

/** Many requests at once: each becomes a run (contract 03 §10). */
final class BatchRoutes {
    private static final String ALL = "/v1/messages/batches";
    private static final String BATCH = ALL + "/{batch_id}";
    private static final Param<Integer> LIMIT = Paging.limit(100);
    private static final Param<String> AGENT = Param.text("agent_id", "messages of this agent");

    private final Batches batches;
    private final SendRoutes send;
    private final Threads threads;
    private final Recall recall;

    BatchRoutes(Batches batches, SendRoutes send, Threads threads, Recall recall) {
        this.batches = batches;
        this.send = send;
        this.threads = threads;
        this.recall = recall;
    }

    List<Route> routes() {
        return List.of(
                Route.post(ALL, "Takes many requests at once; each becomes a run")
                        .body(CreateBatch.class)
                        .gives(BatchView.class)
                        .by(this::create),
                Route.get(ALL, "Batches, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(BatchView.class)
                        .by(this::list),
                Route.get(BATCH, "One batch").gives(BatchView.class).by(call -> Answer.ok(view(batch(call)))),
                Route.get(BATCH + "/messages", "What was said in the runs of a batch, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY, AGENT)
                        .gives(BatchMessages.class)
                        .by(this::messages),
                Route.patch(BATCH + "/cancel", "Begins nothing more of a batch").by(this::cancel));
    }

    private Answer create(Call call) {
        CreateBatch body = call.body(CreateBatch.class);
        List<Submit> requests = new ArrayList<>();
        for (JsonNode request : body.requests()) {
            String agent = request.path("agent_id").asText("");
            if (!IdKind.AGENT.fits(agent)) {
                throw Param.malformed(IdKind.AGENT, agent);
            }
            requests.add(send.read(call.with(request), threads.of(call, agent, null), SendRoutes.Way.BATCH));
        }
        return Answer.ok(view(batches.create(call.org(), call.user(), requests, body.callbackUrl())));
    }

    private Answer list(Call call) {
        if (call.at(LIMIT) == 0) {
            return Answer.ok(List.of());
        }
        return Answer.ok(batches
                .list(
                        call.org(),
                        call.maybe(Paging.AFTER),
                        call.maybe(Paging.BEFORE),
                        call.at(Paging.DESC).equals("asc"),
                        call.at(LIMIT))
                .stream()
                .map(BatchRoutes::view)
                .toList());
    }

    private BatchRow batch(Call call) {
        String id = call.at("batch_id");
        if (!IdKind.JOB.fits(id)) {
            throw Param.malformed(IdKind.JOB, id);
        }
        return batches.get(call.org(), id);
    }

    private Answer messages(Call call) {
        BatchRow batch = batch(call);
        if (call.at(LIMIT) == 0) {
            return Answer.ok(new BatchMessages(List.of()));
        }
        Page page = new Page(
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                call.at(Paging.DESC).equals("asc"));
        return Answer.ok(new BatchMessages(recall.ofRuns(call.org(), batch.runIds(), call.maybe(AGENT), page).stream()
                .map(row -> MessageViews.of(row, batch.createdById()))
                .toList()));
    }

    private Answer cancel(Call call) {
        batches.cancel(call.org(), batch(call).id());
        return Answer.nothing();
    }

    static BatchView view(BatchRow batch) {
        ObjectNode metadata = Json.object();
        metadata.putObject("request_counts")
                .put("total", batch.items().size())
                .put("begun", batch.runIds().size())
                .put("refused", (int) batch.items().stream()
                        .filter(item -> item.error() != null)
                        .count());
        metadata.set("run_ids", Json.tree(batch.runIds()));
        return new BatchView(
                batch.createdById(),
                batch.createdById(),
                Times.zulu(batch.createdAt()),
                Times.zulu(batch.updatedAt()),
                batch.status(),
                Times.zuluOrNull(batch.completedAt()),
                null,
                metadata,
                "batch",
                true,
                null,
                batch.callbackUrl(),
                Times.zuluOrNull(batch.callbackSentAt()),
                batch.callbackStatusCode(),
                batch.callbackError(),
                null,
                batch.completedAt() == null ? null : Long.valueOf((batch.completedAt() - batch.createdAt()) * 1_000),
                batch.id());
    }
}
