package dev.mneme.sim;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.run.DeskOptions;
import dev.mneme.store.Db;
import dev.mneme.store.Mortal;
import dev.mneme.testkit.Deskware;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** A server that lives, dies and lives again on one database, with a clock that may jump. One trial uses it at a time. */
final class World {
    /** A dying process does not drain; a living one here has nothing that takes long. */
    private static final DeskOptions OPTIONS =
            new DeskOptions(32, Duration.ofSeconds(60), Duration.ofHours(3), Duration.ofSeconds(5));

    /** Names that agents may carry and that nothing here implements otherwise; the first may run beside others. */
    private static final String FLAKY = "fetch_webpage";

    static final String GUARDED = "web_search";

    private final Mortal disk;
    private final FickleModels models;
    private final Fate toolFate;
    private final AtomicLong jumped = new AtomicLong();
    private CountDownLatch death = new CountDownLatch(1);
    private Deskware ware;

    World(Mortal disk, FickleModels models, Fate toolFate) {
        this.disk = disk;
        this.models = models;
        this.toolFate = toolFate;
    }

    /** Starts a life; a fate that kills in the very start kills here. */
    void live(LongFunction<Mortal.Moment> fate) {
        if (ware != null) {
            // A life that met no fate ends here all the same: two never write to one database.
            ware.db.close();
            bury(ware);
        }
        CountDownLatch mine = new CountDownLatch(1);
        death = mine;
        Clock system = Clock.system();
        Db db = disk.live(new Clock(() -> system.now() + jumped.get()), fate, mine::countDown);
        ware = new Deskware(db, models, OPTIONS, List.of(new FlakyTool(FLAKY), new FlakyTool(GUARDED)));
    }

    /** A killed process takes its threads along: those of a past life are stopped aside, or they would keep all that it knew in memory. */
    private static void bury(Deskware past) {
        Thread.ofVirtual().start(past::close);
    }

    Deskware ware() {
        return ware;
    }

    /** Zero once this life is over. */
    CountDownLatch death() {
        return death;
    }

    boolean dead() {
        return death.getCount() == 0;
    }

    /** The clock jumps: a suspended machine, a corrected clock. */
    void jump(Duration ahead) {
        jumped.addAndGet(ahead.toNanos() / 1_000);
    }

    /** The calls of an agent that wait for a person; none while a turn works on them. */
    List<String> pending(String agentId) {
        List<Message> context = ware.db.of(Deskware.ORG).read(tx -> ware.recall.context(tx, agentId));
        Message last = context.isEmpty() ? null : context.getLast();
        return last == null || last.role() != Role.APPROVAL
                ? List.of()
                : last.toolCalls().stream().map(ToolCall::id).toList();
    }

    /** Whatever an agent can be. */
    String agent(Fate fate) {
        ObjectNode wish = Json.object()
                .put("model", "scripted/scripted")
                .put("agent_type", fate.percent(35) ? "memgpt_v2_agent" : "letta_v1_agent")
                .put("include_base_tools", false);
        if (fate.percent(50)) {
            wish.put("context_window_limit", 2_000);
        }
        if (fate.percent(40)) {
            wish.put("parallel_tool_calls", true);
        }
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "Name: Ada");
        wish.putArray("tools").add("memory_insert").add(FLAKY).add(GUARDED);
        if (wish.path("agent_type").asText().equals("memgpt_v2_agent")) {
            ((com.fasterxml.jackson.databind.node.ArrayNode) wish.get("tools")).add("send_message");
        }
        if (fate.percent(60)) {
            wish.putArray("tool_rules")
                    .addObject()
                    .put("type", "requires_approval")
                    .put("tool_name", GUARDED);
        }
        return ware.agents
                .create(Deskware.ORG, Deskware.USER, NewAgent.read(wish))
                .state()
                .id();
    }

    /** A tool that works, refuses, breaks or dawdles. */
    private final class FlakyTool implements Tool {
        private final String name;

        FlakyTool(String name) {
            this.name = name;
        }

        @Override
        public ToolSpec spec() {
            ObjectNode parameters = Json.object().put("type", "object");
            parameters.putObject("properties").putObject("what").put("type", "string");
            return new ToolSpec(name, "Does something.", parameters);
        }

        @Override
        public ToolEffect call(ObjectNode arguments, ToolContext context) {
            if (toolFate.percent(10)) {
                throw new IllegalStateException("the tool's process died");
            }
            if (toolFate.percent(15)) {
                try {
                    Thread.sleep(toolFate.between(1, 10));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (toolFate.percent(10)) {
                return tx -> new ToolOutcome.Failed("refused", null);
            }
            if (toolFate.percent(4)) {
                return tx -> {
                    throw new IllegalStateException("the effect broke");
                };
            }
            return tx -> new ToolOutcome.Ok(JsonNodeFactory.instance.textNode("did it"));
        }
    }
}
