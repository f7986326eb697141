package dev.mneme.agent;

import dev.mneme.base.Clock;
import dev.mneme.base.Finding;
import dev.mneme.base.IdKind;
import dev.mneme.memory.Recall;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Db;
import dev.mneme.store.Dump;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;

/** Looks for what keeps agents from being talked to, in all organisations, and mends it (decision 0029). Thread-safe. */
public final class Doctor {
    /** Agents that are listed at once. */
    private static final int PAGE = 500;

    private final Db db;
    private final Clock clock;
    private final Recall recall;
    private final SystemRow systemRow;

    Doctor(Db db, Recall recall, SystemRow systemRow) {
        this.db = db;
        this.clock = db.clock();
        this.recall = recall;
        this.systemRow = systemRow;
    }

    /** Everything that is wrong with agents and rows. mend: and makes it right. Threads on which a turn works are passed over. */
    public List<Finding> look(boolean mend) {
        List<Finding> out = new ArrayList<>(rows(mend));
        String after = null;
        List<DoctorSql.Patient> page;
        do {
            String from = after;
            page = db.everywhere().read(tx -> DoctorSql.agents(tx, from, PAGE));
            for (DoctorSql.Patient each : page) {
                after = each.agentId();
                out.addAll(agent(each, mend));
            }
        } while (page.size() == PAGE);
        return out;
    }

    /** Rows first: what is found in agents afterwards is what their mending left. */
    private List<Finding> rows(boolean mend) {
        return mend
                ? db.everywhere().write(tx -> rows(tx, true))
                : db.everywhere().read(tx -> rows(tx, false));
    }

    private static List<Finding> rows(Tx tx, boolean mend) {
        List<Finding> out = new ArrayList<>();
        for (Dump.Orphans each : Dump.orphans(tx, mend)) {
            out.add(new Finding(
                    "rows",
                    "",
                    each.rows() + " rows of " + each.table() + " belong to a row of " + each.parent()
                            + " that does not exist.",
                    mend));
        }
        long lost = DoctorSql.lost(tx);
        if (lost > 0) {
            out.add(new Finding("rows", "", lost + " rows belong to threads or runs that do not exist.", mend));
            if (mend) {
                DoctorSql.dropLost(tx);
            }
        }
        return out;
    }

    private List<Finding> agent(DoctorSql.Patient patient, boolean mend) {
        Db.View own = db.of(patient.organizationId());
        List<Finding> found = own.read(tx -> agent(tx, patient.agentId(), false));
        return found.isEmpty() || !mend ? found : own.write(tx -> agent(tx, patient.agentId(), true));
    }

    private List<Finding> agent(Tx tx, String agentId, boolean mend) {
        List<Finding> out = new ArrayList<>();
        AgentState agent = DoctorSql.agent(tx, agentId);
        if (agent != null) {
            for (String thread : DoctorSql.quietThreads(tx, agentId)) {
                thread(tx, agent, thread, mend, out);
            }
        }
        return out;
    }

    private void thread(Tx tx, AgentState agent, String threadId, boolean mend, List<Finding> out) {
        List<String> named = recall.contextIds(tx, threadId);
        List<Message> context = recall.context(tx, threadId).stream()
                .filter(row -> row.agentId().equals(agent.id()))
                .toList();
        boolean headless = context.isEmpty() || context.getFirst().role() != Role.SYSTEM;
        PairMending.Mended mended = PairMending.of(context);
        List<String> wrong = new ArrayList<>();
        if (named.size() > context.size()) {
            wrong.add((named.size() - context.size()) + " messages of its context do not exist");
        }
        if (headless) {
            wrong.add("it has no system message");
        }
        if (mended.changed()) {
            wrong.add("calls of tools stand without their returns, or returns without their calls");
        }
        if (wrong.isEmpty()) {
            return;
        }
        boolean own = threadId.equals(agent.id());
        out.add(new Finding(
                own ? "agent" : "conversation",
                threadId,
                (own ? "Agent " : "A conversation of agent ") + agent.name() + ": " + String.join("; ", wrong) + ".",
                mend));
        if (mend) {
            mend(tx, agent, threadId, mended, headless);
        }
    }

    private void mend(Tx tx, AgentState agent, String threadId, PairMending.Mended mended, boolean headless) {
        List<Message> made = new ArrayList<>(mended.made());
        List<String> ids = new ArrayList<>();
        if (headless) {
            Message system = Message.system(
                    IdKind.MESSAGE.next(),
                    agent.id(),
                    systemRow.compile(tx, agent, threadId).text(),
                    clock.next());
            Message placed = threadId.equals(agent.id()) ? system : system.inConversation(threadId);
            made.add(placed);
            ids.add(placed.id());
        }
        mended.context().forEach(row -> ids.add(row.id()));
        recall.insert(tx, made);
        recall.setContext(tx, threadId, ids);
        recall.nudge(tx);
    }
}
