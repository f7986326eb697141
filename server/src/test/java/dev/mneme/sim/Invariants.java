package dev.mneme.sim;

import static dev.mneme.testkit.Deskware.ORG;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.memory.Block;
import dev.mneme.memory.MessageQuery;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.run.RunFilter;
import dev.mneme.run.RunOptions;
import dev.mneme.run.RunResult;
import dev.mneme.run.RunRow;
import dev.mneme.run.StepFilter;
import dev.mneme.run.StepRow;
import dev.mneme.run.Submit;
import dev.mneme.testkit.Deskware;
import dev.mneme.turn.InputMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold after a trial, whatever happened in it. */
final class Invariants {
    private static final int EVERYTHING = 10_000;

    private final World world;
    private final Deskware ware;
    private final List<String> agents;
    private final Map<String, Boolean> acknowledged;
    private final FickleModels models;
    private final List<String> broken = new ArrayList<>();

    Invariants(World world, List<String> agents, Map<String, Boolean> acknowledged, FickleModels models) {
        this.world = world;
        this.ware = world.ware();
        this.agents = agents;
        this.acknowledged = acknowledged;
        this.models = models;
    }

    List<String> check(long patienceMs) throws InterruptedException {
        comesToRest(patienceMs);
        Set<String> stored = new HashSet<>();
        for (String agent : agents) {
            List<Message> rows = rows(agent);
            inputs(agent, rows, stored);
            pairs(agent, rows);
            edits(agent, rows);
            sums(agent);
        }
        acknowledged.keySet().stream()
                .filter(otid -> !stored.contains(otid))
                .forEach(otid -> broken.add("acknowledged and lost: " + otid));
        for (String agent : agents) {
            answers(agent);
        }
        if (models.unpaired() > 0) {
            broken.add(models.unpaired() + " requests had a call without its return");
        }
        return broken;
    }

    private void deny(String agent, List<String> pending) {
        ArrayNode no = Json.array();
        pending.forEach(call -> no.addObject()
                .put("type", "approval")
                .put("tool_call_id", call)
                .put("approve", false)
                .put("reason", "the trial is over"));
        InputMessage answer = InputMessage.answer(Json.write(no), null, null);
        try {
            ware.send(agent, "are you there?");
            broken.add("agent " + agent + " waits for a person and took a message");
        } catch (Problem e) {
            if (e.code() != ProblemCode.PENDING_APPROVAL) {
                broken.add("agent " + agent + " waits for a person and says: " + e.detail());
            }
        }
        ware.desk.await(
                ORG,
                ware.desk
                        .submit(new Submit(
                                ORG,
                                Deskware.USER,
                                agent,
                                null,
                                List.of(answer),
                                RunOptions.blocking(),
                                null,
                                "no",
                                false))
                        .runId());
    }

    private List<Message> rows(String agent) {
        return ware.recall.list(
                ORG, new MessageQuery(agent, null, null, null, null, null, EVERYTHING, true, MessageQuery.Style.AGENT));
    }

    private List<RunRow> runs(String agent, List<String> statuses) {
        return ware.runs.list(
                ORG, new RunFilter(List.of(agent), statuses, null, null, null, null, null, true, EVERYTHING));
    }

    private void comesToRest(long patienceMs) throws InterruptedException {
        long end = System.nanoTime() + patienceMs * 1_000_000;
        for (String agent : agents) {
            while (!runs(agent, List.of("created", "running")).isEmpty()) {
                if (System.nanoTime() > end) {
                    broken.add("runs that never end: " + runs(agent, List.of("created", "running")));
                    return;
                }
                Thread.sleep(5);
            }
        }
    }

    private void inputs(String agent, List<Message> rows, Set<String> stored) {
        for (Message row : rows) {
            if (row.role() == Role.USER && row.otid() != null && !stored.add(row.otid())) {
                broken.add("stored twice: " + row.otid() + " of " + agent);
            }
        }
    }

    private void pairs(String agent, List<Message> rows) {
        List<Message> context = ware.db.of(ORG).read(tx -> ware.recall.context(tx, agent));
        Pairing.faults(context, true).forEach(fault -> broken.add("context of " + agent + ": " + fault));
        Map<String, Integer> open = new HashMap<>();
        for (Message row : rows) {
            if (row.role() == Role.ASSISTANT || row.role() == Role.APPROVAL) {
                row.toolCalls().forEach(call -> open.merge(call.id(), 1, Integer::sum));
            }
            row.toolReturns().stream()
                    .filter(back -> open.merge(back.toolCallId(), -1, Integer::sum) < 0)
                    .forEach(back -> broken.add("returned twice or never called: " + back.toolCallId()));
        }
        if (context.isEmpty() || context.getFirst().role() != Role.SYSTEM) {
            broken.add("the context of " + agent + " does not begin with its system message");
        }
    }

    /** A mark is in memory exactly when the call that wrote it is stored with a return that says so. */
    private void edits(String agent, List<Message> rows) {
        Map<String, String> marks = new HashMap<>();
        Set<String> said = new HashSet<>();
        for (Message row : rows) {
            for (ToolCall call : row.toolCalls()) {
                int at = call.arguments().indexOf("<mark");
                if (call.name().equals("memory_insert") && at >= 0) {
                    marks.put(
                            call.id(),
                            call.arguments().substring(at, call.arguments().indexOf('>', at) + 1));
                }
            }
            row.toolReturns().stream()
                    .filter(ToolReturn::ok)
                    .map(ToolReturn::toolCallId)
                    .filter(marks::containsKey)
                    .forEach(id -> said.add(String.valueOf(marks.get(id))));
        }
        String value = ware.db.of(ORG).read(tx -> ware.blocks.ofAgent(tx, agent)).stream()
                .map(Block::value)
                .reduce("", String::concat);
        for (String mark : said) {
            if (value.indexOf(mark) < 0 || value.indexOf(mark) != value.lastIndexOf(mark)) {
                broken.add("an edit that was reported is not there exactly once: " + mark);
            }
        }
        int written = value.split("<mark", -1).length - 1;
        if (written != said.size()) {
            broken.add(written + " edits in memory, " + said.size() + " reported");
        }
    }

    /** Tokens and steps of each run are those of its steps together. */
    private void sums(String agent) {
        for (RunRow run : runs(agent, List.of())) {
            List<StepRow> steps = ware.runs.steps(ORG, StepFilter.ofRun(run.id(), null, null, true, EVERYTHING));
            int tokens = steps.stream()
                    .mapToInt(step -> step.totalTokens() == null ? 0 : step.totalTokens())
                    .sum();
            RunRow.RunUsage usage = run.usage();
            if (usage == null) {
                broken.add("run " + run.id() + " ended without usage");
            } else if (usage.tokens().totalTokens() != tokens) {
                broken.add("run " + run.id() + " (" + run.status() + ") says "
                        + usage.tokens().totalTokens() + " tokens, its steps " + tokens);
            }
        }
    }

    /** An agent that waits for a person says so, and takes no for an answer. */
    private void answers(String agent) {
        List<String> pending = world.pending(agent);
        if (!pending.isEmpty()) {
            deny(agent, pending);
        }
        RunResult result = ware.send(agent, "are you there?");
        if (!result.result().reason().runStatus().equals("completed")) {
            broken.add("agent " + agent + " cannot be talked to: " + result.result());
        }
    }
}
