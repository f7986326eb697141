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
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
                for (JsonNode thread : entry.path("conversations")) {
                    thread.path("in_context_message_ids").forEach(id -> local.add(id.asText()));
                    thread.path("shared_message_ids").forEach(id -> local.add(id.asText()));
                }
                wanted.add(local);
            }
            document.read(new AgentDocument.Reader() {
                @Override
                public void message(int agent, JsonNode message) {
                    store(agent, message);
                }
            });
            flush();
        }
        for (int i = 0; i < agents.size(); i++) {
            AgentState owner = agents.get(i);
            JsonNode entry = document.root().path("agents").get(i);
            context(owner, null, entry);
            for (JsonNode thread : entry.path("conversations")) {
                String id = String.valueOf(ids.get(thread.path("id").asText()));
                context(owner, id, thread);
                share(owner, id, thread);
            }
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
        Message timed = read.withCreatedAt(time(read.createdAt()));
        String thread = ids.get(entry.path("conversation_id").asText(""));
        Message message = thread == null ? timed : timed.inConversation(thread);
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
        boolean pushed = given == lastGiven || given > lastGiven && given <= lastStored;
        long stored = pushed ? lastStored + 1 : Math.min(given, now);
        lastGiven = given;
        lastStored = stored;
        return stored;
    }

    private void flush() {
        recall.insert(tx, batch);
        batch.clear();
    }

    /** Sets the context of a thread. conversation: null for the agent's own. */
    private void context(AgentState owner, @Nullable String conversation, JsonNode entry) {
        String thread = conversation == null ? owner.id() : conversation;
        List<Message> rows = strip ? List.of() : rows(owner, entry.path("in_context_message_ids"));
        PairMending.Mended mended = PairMending.of(rows);
        List<Message> made = new ArrayList<>(mended.made());
        List<String> context = new ArrayList<>();
        if (mended.context().isEmpty() || mended.context().getFirst().role() != Role.SYSTEM) {
            String text = shelves.systemRow().compile(tx, owner, thread).text();
            long at = mended.context().isEmpty()
                    ? shelves.clock().next()
                    : mended.context().getFirst().createdAt() - 1;
            Message system = Message.system(IdKind.MESSAGE.next(), owner.id(), text, at);
            made.add(conversation == null ? system : system.inConversation(conversation));
            context.add(system.id());
        }
        mended.context().forEach(row -> context.add(row.id()));
        recall.insert(tx, made);
        recall.setContext(tx, thread, context);
    }

    private List<Message> rows(AgentState owner, JsonNode locals) {
        List<Message> rows = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode id : locals) {
            if (seen.add(id.asText())) {
                Message row = inContext.get(id.asText());
                if (row == null || !row.agentId().equals(owner.id())) {
                    throw DocumentCheck.dangling(id.asText());
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private void share(AgentState owner, String conversation, JsonNode entry) {
        if (!strip) {
            ConversationSql.share(
                    tx,
                    conversation,
                    rows(owner, entry.path("shared_message_ids")).stream()
                            .map(Message::id)
                            .toList());
        }
    }
}
