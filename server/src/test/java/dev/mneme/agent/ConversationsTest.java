package dev.mneme.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations at the database, on either kind of it; over HTTP they are tested with the routes. */
class ConversationsTest {
    private static final String ORG = AgentRooms.ORG;
    private static final String USER = AgentRooms.USER;
    private static final Conversation.Wish PLAIN = new Conversation.Wish(null, null, null, List.of());

    @TempDir
    Path folder;

    private AgentRooms rooms;
    private Conversations conversations;
    private String agent = "";

    @BeforeEach
    void open() {
        rooms = new AgentRooms(folder, "openai/gpt-4o");
        conversations = rooms.agents.conversations();
        agent = rooms.create("{'memory_blocks':[{'label':'human','value':'Ada'},{'label':'notes','value':'none'}]}")
                .state()
                .id();
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    private String begin(@Nullable String summary) {
        return conversations
                .create(ORG, USER, agent, new Conversation.Wish(summary, null, null, List.of()))
                .state()
                .id();
    }

    private Message said(String thread, String text) {
        Message row = Message.system(
                        "message-" + java.util.UUID.randomUUID(),
                        agent,
                        text,
                        rooms.db.clock().next())
                .inConversation(thread)
                .withContent(List.of(new Content.Text(text)));
        rooms.db.of(ORG).write(tx -> {
            rooms.recall.insert(tx, List.of(row));
            rooms.recall.append(tx, thread, List.of(row.id()));
            return true;
        });
        return row;
    }

    private List<String> listed(Conversation.Order order, boolean ascending, @Nullable String contained) {
        List<String> out = new ArrayList<>();
        Conversation.Filter filter = new Conversation.Filter(agent, null, contained, order, ascending, 50);
        conversations.list(ORG, filter).forEach(one -> out.add(one.state().id()));
        return out;
    }

    @Test
    void listsAreSortedWithWhatHasNoTimeLast() {
        String one = begin("Alpha");
        String two = begin("alphabet");
        conversations.patch(ORG, USER, one, new Conversation.Patch(null, null, null, 5L));
        assertThat(listed(Conversation.Order.CREATED_AT, false, null)).containsExactly(two, one);
        assertThat(listed(Conversation.Order.LAST_MESSAGE_AT, false, null)).containsExactly(one, two);
        assertThat(listed(Conversation.Order.LAST_MESSAGE_AT, true, null)).containsExactly(one, two);
        assertThat(listed(Conversation.Order.LAST_RUN_COMPLETION, true, null)).containsExactlyInAnyOrder(one, two);
        assertThat(listed(Conversation.Order.CREATED_AT, true, "alpha")).containsExactly(two);
        Conversation.Filter next =
                new Conversation.Filter(agent, one, null, Conversation.Order.LAST_MESSAGE_AT, false, 50);
        assertThat(conversations.list(ORG, next)).hasSize(1);
    }

    @Test
    void aForkSharesItsRowsUntilNobodyShowsThem() {
        String origin = begin(null);
        Message row = said(origin, "hello");
        Conversation.Full fork = conversations.fork(ORG, USER, origin);
        assertThat(fork.messageIds()).hasSize(2).endsWith(row.id());
        long before = rooms.recall.count(ORG, agent);
        conversations.delete(ORG, USER, origin);
        assertThat(rooms.recall.count(ORG, agent)).isEqualTo(before - 1);
        assertThat(conversations.get(ORG, fork.state().id()).messageIds()).endsWith(row.id());
        conversations.delete(ORG, USER, fork.state().id());
        assertThat(rooms.recall.count(ORG, agent)).isEqualTo(1);
        assertThatThrownBy(() -> conversations.get(ORG, origin)).isInstanceOf(Problem.class);
    }

    @Test
    void copiesOfBlocksLiveAndGoWithTheirConversation() {
        Conversation.Full made = conversations.create(
                ORG, USER, agent, new Conversation.Wish(null, null, null, List.of("notes", "notes")));
        assertThat(made.isolatedBlockIds()).hasSize(1);
        String copy = made.isolatedBlockIds().getFirst();
        rooms.db.of(ORG).read(tx -> {
            AgentSnapshot seen = rooms.agents.snapshot(tx, agent, made.state().id());
            assertThat(seen.blocks().get(1).id()).isEqualTo(copy);
            assertThat(rooms.agents.snapshot(tx, agent, agent).blocks().get(1).id())
                    .isNotEqualTo(copy);
            return true;
        });
        assertThat(conversations.recompile(ORG, made.state().id(), true))
                .contains("CONVERSATION_ID: " + made.state().id());
        conversations.delete(ORG, USER, made.state().id());
        assertThatThrownBy(() -> rooms.blocks.get(ORG, copy)).isInstanceOf(Problem.class);
        assertThat(rooms.agents.blocksOf(ORG, agent)).hasSize(2);
    }

    @Test
    void othersSeeNothing() {
        String mine = begin(null);
        assertThat(conversations.find("org-other", mine)).isNull();
        assertThatThrownBy(() -> conversations.create(ORG, USER, "agent-nobody", PLAIN))
                .hasMessage("Agent not found");
        String other = rooms.create("{}").state().id();
        assertThatThrownBy(() -> rooms.db.of(ORG).read(tx -> rooms.agents.snapshot(tx, other, mine)))
                .isInstanceOf(Problem.class);
    }
}
