package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.IdKind;
import dev.mneme.memory.Recall;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Stores the messages of an agent file as they are read from disk, so that a long life needs little memory, and gives every agent a context
 * that providers take. Confined to one transaction.
 */
final class MessagesUnpacking {
    /** Rows handed to the table at once. */
    private static final int BATCH = 500;

    private final Tx tx;
    private final Recall recall;
    private final Imports.Shelves shelves;
    private final AgentDocument document;
    private final List<AgentState> agents;
    private final Map<String, String> ids;
    private final boolean strip;

    private final List<Set<String>> wanted = new ArrayList<>();
    private final Map<String, Message> inContext = new HashMap<>();
    private final List<Message> batch = new ArrayList<>(BATCH);
    private final long now;
    private List<ToolCall> asked = List.of();
    private int agent = -1;
    private long lastGiven;
    private long lastStored;

    MessagesUnpacking(
            Tx tx,
            Imports.Shelves shelves,
            AgentDocument document,
            List<AgentState> agents,
            Map<String, String> ids,
            boolean strip) {
        this.tx = tx;
        this.recall = shelves.recall();
        this.shelves = shelves;
        this.document = document;
        this.agents = agents;
        this.ids = ids;
        this.strip = strip;
        this.now = shelves.clock().now();
    }

    void unpack() {
        if (!strip) {
            for (JsonNode entry : document.root().path("agents")) {
                Set<String> local = new HashSet<>();
                entry.path("in_context_message_ids").forEach(id -> local.add(id.asText()));
                wanted.add(local);
            }
            document.messages(this::store);
            flush();
        }
        for (int i = 0; i < agents.size(); i++) {
            context(agents.get(i), document.root().path("agents").get(i));
        }
    }

    private void store(int position, JsonNode entry) {
        if (position != agent) {
            agent = position;
            asked = List.of();
            lastGiven = 0;
            lastStored = 0;
        }
        AgentState owner = agents.get(position);
        String local = entry.path("id").asText();
        String group = ids.get(entry.path("group_id").asText(""));
        Message read = MessageReading.read(
                entry,
                IdKind.MESSAGE.next(),
                owner.id(),
                group != null && group.startsWith("group-") ? group : null,
                lastStored == 0 ? now : lastStored + 1,
                asked);
        Message message = read.withCreatedAt(time(read.createdAt()));
        if (message.role() == Role.APPROVAL && !message.toolCalls().isEmpty()) {
            asked = message.toolCalls();
        }
        if (wanted.get(position).contains(local)) {
            inContext.put(local, message);
        }
        batch.add(message);
        if (batch.size() == BATCH) {
            flush();
        }
    }

    /** Rows of one time would lose their order; a row of the future would stay the newest for ever. */
    private long time(long given) {
        long stored = given == lastGiven ? lastStored + 1 : Math.min(given, now);
        lastGiven = given;
        lastStored = stored;
        return stored;
    }

    private void flush() {
        recall.insert(tx, batch);
        batch.clear();
    }

    private void context(AgentState owner, JsonNode entry) {
        List<Message> rows = new ArrayList<>();
        if (!strip) {
            Set<String> seen = new HashSet<>();
            for (JsonNode id : entry.path("in_context_message_ids")) {
                if (seen.add(id.asText())) {
                    Message row = inContext.get(id.asText());
                    if (row == null || !row.agentId().equals(owner.id())) {
                        throw DocumentCheck.dangling(id.asText());
                    }
                    rows.add(row);
                }
            }
        }
        PairMending.Mended mended = PairMending.of(rows);
        List<Message> made = new ArrayList<>(mended.made());
        List<String> context = new ArrayList<>();
        if (mended.context().isEmpty() || mended.context().getFirst().role() != Role.SYSTEM) {
            String text = shelves.systemRow().compile(tx, owner, owner.id()).text();
            Message system = Message.system(
                    IdKind.MESSAGE.next(),
                    owner.id(),
                    text,
                    mended.context().isEmpty()
                            ? shelves.clock().next()
                            : Objects.requireNonNull(mended.context().getFirst())
                                            .createdAt()
                                    - 1);
            made.add(system);
            context.add(system.id());
        }
        mended.context().forEach(row -> context.add(row.id()));
        recall.insert(tx, made);
        recall.setContext(tx, owner.id(), context);
    }
}
