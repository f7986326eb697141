package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.Secrets;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Groups;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.OutboundPost;
import dev.mneme.base.Scope;
import dev.mneme.llm.Models;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.MemoryTools;
import dev.mneme.memory.MessageQuery;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.TurnEvent;
import dev.mneme.run.CallbackOptions;
import dev.mneme.run.Callbacks;
import dev.mneme.run.Desk;
import dev.mneme.run.DeskOptions;
import dev.mneme.run.EventFormat;
import dev.mneme.run.GroupTalk;
import dev.mneme.run.LogRecord;
import dev.mneme.run.Mailroom;
import dev.mneme.run.RunOptions;
import dev.mneme.run.RunResult;
import dev.mneme.run.Runs;
import dev.mneme.run.Submit;
import dev.mneme.run.Submitted;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import dev.mneme.tool.BaseTools;
import dev.mneme.tool.MultiAgentTools;
import dev.mneme.tool.Tool;
import dev.mneme.tool.Toolbox;
import dev.mneme.tool.Tools;
import dev.mneme.turn.InputMessage;
import dev.mneme.turn.TurnLoop;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything behind the door, on one database, with models that a test scripts: what a test of runs and turns needs. */
public final class Deskware implements AutoCloseable {
    public static final String ORG = Db.DEFAULT_ORGANIZATION;
    public static final String USER = Db.DEFAULT_USER;

    /** Log records that a test can read: the kind of event and its text. */
    private static final EventFormat WORDS = new EventFormat() {
        @Override
        public List<LogRecord> records(TurnEvent event, String runId, RunOptions options, long firstSeq) {
            return List.of(new LogRecord(
                    firstSeq, event instanceof TurnEvent.Failed, words(event).replace("\n", " ")));
        }

        @Override
        public JsonNode response(RunResult run) {
            ObjectNode out = Json.object();
            run.rows().forEach(row -> out.withArray("rows").add(words(row)));
            return out;
        }
    };

    public final Db db;
    public final Blocks blocks;
    public final Recall recall;
    public final Agents agents;
    public final Runs runs;
    public final Groups groups;
    public final Mailroom mail;
    public GroupTalk talks;
    public Desk desk;

    private final Models models;
    private final Toolbox toolbox;
    private final DeskOptions options;
    private final Scope scope = new Scope("test");

    public Deskware(StoreOptions where, Models models, DeskOptions options, List<Tool> moreTools) {
        this(Db.open(where, Clock.system()), models, options, moreTools);
    }

    /** On a database that is open already; it is closed with this. */
    public Deskware(Db db, Models models, DeskOptions options, List<Tool> moreTools) {
        this.models = models;
        this.options = options;
        this.db = db;
        Index index = new ScanIndex(db);
        blocks = new Blocks(db);
        recall = new Recall(db, index, models);
        Tools tools = new Tools(db);
        List<Tool> executable =
                new ArrayList<>(new MemoryTools(db, blocks, recall, new Archival(db, index, models)).all());
        mail = new Mailroom(db);
        executable.addAll(new MultiAgentTools(mail).all());
        executable.addAll(moreTools);
        tools.upsertBase(ORG, USER, BaseTools.catalogue(executable));
        toolbox = new Toolbox(executable, List.of());
        agents = new Agents(
                db, models, new Secrets("test", new SecureRandom()), tools, blocks, recall, new SystemPrompts());
        runs = new Runs(db);
        groups = new Groups(db, blocks, recall);
        desk = newDesk();
        talks = new GroupTalk(db, groups, desk, "server-1");
        desk.start();
        talks.start();
    }

    public static Deskware on(Path folder, Models models) {
        return new Deskware(TestDb.open(folder), models, DeskOptions.DEFAULTS, List.of());
    }

    private Desk newDesk() {
        Desk made = new Desk(
                db,
                db.clock(),
                new TurnLoop(db, db.clock(), models, toolbox, agents, recall, scope, 2),
                groups,
                callbacks(db),
                WORDS,
                options,
                "server-1");
        mail.serve(made, agents);
        return made;
    }

    /** Callbacks that may reach this machine, tried again after a moment. */
    public static Callbacks callbacks(Db db) {
        return new Callbacks(
                db,
                db.clock(),
                new OutboundPost(new OutboundGuard(List.of("127.0.0.1"))),
                new CallbackOptions(
                        "test key",
                        List.of(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(2)),
                        Duration.ofSeconds(5)));
    }

    /** A second desk of the same server on the same database, as after a restart in which the first one was killed. */
    public void restartDesk() {
        desk = newDesk();
        talks = new GroupTalk(db, groups, desk, "server-1");
        desk.start();
        talks.start();
    }

    /** A new agent with a human block, two memory tools and the named tools. */
    public String agent(String... tools) {
        return agentWith("{}", tools);
    }

    /** The same with more keys of a request to create one, as a JSON object. */
    public String agentWith(String more, String... tools) {
        ObjectNode wish = Json.object().put("model", "scripted/scripted");
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "Name: Ada");
        wish.put("include_base_tools", false);
        wish.setAll(Json.read(more, ObjectNode.class));
        var names = wish.putArray("tools").add("memory_insert").add("memory_replace");
        for (String tool : tools) {
            names.add(tool);
        }
        return agents.create(ORG, USER, NewAgent.read(wish)).state().id();
    }

    public Submitted submit(String agentId, String text) {
        return submit(agentId, text, null, false, RunOptions.blocking());
    }

    public Submitted submit(String agentId, String text, @Nullable String otid, boolean repeat, RunOptions how) {
        InputMessage message = new InputMessage(
                Role.USER,
                List.of(new Content.Text(text)),
                otid == null ? IdKind.uuid().toString() : otid,
                null,
                null,
                null);
        return submit(agentId, List.of(message), otid, text, repeat, how);
    }

    /** Answers what the agent waits for, with more messages behind it. approvals: a JSON list. */
    public Submitted answer(String agentId, String approvals, RunOptions how, String... more) {
        List<InputMessage> messages = new ArrayList<>(List.of(InputMessage.answer(approvals, null, null)));
        for (String text : more) {
            messages.add(new InputMessage(
                    Role.USER, List.of(new Content.Text(text)), IdKind.uuid().toString(), null, null, null));
        }
        return submit(agentId, messages, null, approvals, false, how);
    }

    private Submitted submit(
            String agentId,
            List<InputMessage> messages,
            @Nullable String otid,
            String text,
            boolean repeat,
            RunOptions how) {
        return desk.submit(new Submit(ORG, USER, agentId, null, messages, how, otid, text, repeat));
    }

    /** Sends and waits for the end. */
    public RunResult send(String agentId, String text) {
        return desk.await(ORG, submit(agentId, text).runId());
    }

    /** Everything that was ever said with the agent, system rows left out, as words. */
    public List<String> history(String agentId) {
        MessageQuery all =
                new MessageQuery(agentId, null, null, null, null, null, 1_000, true, MessageQuery.Style.AGENT);
        return recall.list(ORG, all).stream()
                .filter(row -> row.role() != Role.SYSTEM)
                .map(Deskware::words)
                .toList();
    }

    /** What the agent has in its context, system row left out, as words. */
    public List<String> context(String agentId) {
        return db.of(ORG).read(tx -> recall.context(tx, agentId)).stream()
                .skip(1)
                .map(Deskware::words)
                .toList();
    }

    public static String words(Message row) {
        StringBuilder out = new StringBuilder(row.role().word());
        if (!row.text().isEmpty()) {
            out.append(' ').append(row.text());
        }
        row.toolCalls().forEach(call -> {
            if (row.role() == Role.ASSISTANT || row.role() == Role.APPROVAL) {
                out.append(" calls ").append(call.name());
            }
        });
        row.toolReturns()
                .forEach(back ->
                        out.append(' ').append(back.status()).append(": ").append(back.text()));
        return out.toString();
    }

    private static String words(TurnEvent event) {
        return switch (event) {
            case TurnEvent.Row row -> words(row.message());
            case TurnEvent.Compacting compacting -> "compacting " + compacting.trigger();
            case TurnEvent.Summary summary -> "summary " + summary.summary();
            case TurnEvent.ReasoningDelta delta -> "~" + delta.text();
            case TurnEvent.TextDelta delta -> "+" + delta.text();
            case TurnEvent.CallDelta delta -> "*" + (delta.name() == null ? delta.arguments() : delta.name());
            case TurnEvent.HiddenReasoning hidden -> "~hidden";
            case TurnEvent.SpokenDelta delta -> delta.name() == null ? "\"" + delta.text() : "*" + delta.name();
            case TurnEvent.ApprovalDelta delta -> "?" + (delta.name() == null ? delta.arguments() : delta.name());
            case TurnEvent.Ping ping -> "ping";
            case TurnEvent.Stopped stopped -> "stop " + stopped.reason().word();
            case TurnEvent.Used used -> "used " + used.usage().totalTokens();
            case TurnEvent.Failed failed -> "failed " + failed.errorType();
        };
    }

    @Override
    public void close() {
        try {
            talks.close();
            desk.close();
        } finally {
            scope.close();
            db.close();
        }
    }
}
