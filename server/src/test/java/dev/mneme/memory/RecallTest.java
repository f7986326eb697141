package dev.mneme.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.IdKind;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.store.Db;
import dev.mneme.testkit.AgentRows;
import dev.mneme.testkit.HashModels;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The history: what is stored comes back whole, pages as the contract says. */
class RecallTest {
    static final String ORG = Db.DEFAULT_ORGANIZATION;

    @TempDir
    Path folder;

    Db db;
    ScanIndex index;
    Recall recall;
    String agent = "";
    final List<String> ids = new ArrayList<>();

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
        index = new ScanIndex(db);
        recall = new Recall(db, index, new HashModels());
        agent = AgentRows.insert(db, "ada", null, "UTC");
    }

    @AfterEach
    void close() {
        db.close();
    }

    Message said(Role role, String text, @Nullable String conversation, @Nullable String run) {
        return new Message(
                IdKind.MESSAGE.next(),
                agent,
                conversation,
                role,
                List.of(new Content.Text(text)),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                run,
                role == Role.USER,
                null,
                db.clock().next());
    }

    void store(Message... messages) {
        db.of(ORG).write(tx -> {
            recall.insert(tx, List.of(messages));
            return true;
        });
        for (Message message : messages) {
            ids.add(message.id());
        }
    }

    @Test
    void aMessageComesBackWhole() {
        Message full = new Message(
                IdKind.MESSAGE.next(),
                agent,
                null,
                Role.ASSISTANT,
                List.of(
                        new Content.Reasoning("why", "sig"),
                        new Content.RedactedReasoning("xx"),
                        new Content.OmittedReasoning(null),
                        new Content.Text("hi", "s"),
                        new Content.Image("image/png", "AAAA", null)),
                List.of(new ToolCall("call_1", "add", "{\"a\": 1}")),
                List.of(new ToolReturn("call_1", ToolReturn.SUCCESS, "2", List.of("out"), null)),
                "{\"approve\":true}",
                "name",
                "otid",
                "sender",
                "group",
                "model",
                "step-1",
                "run-1",
                true,
                true,
                17L);
        store(full);
        assertThat(recall.get(ORG, full.id())).isEqualTo(full);
        assertThat(db.of(ORG).<List<Message>>read(tx -> recall.ofRun(tx, "run-1")))
                .containsExactly(full);
        assertThat(db.of(ORG).<List<Message>>read(tx -> recall.ofStep(tx, "step-1")))
                .containsExactly(full);
        assertThat(index.nudges).hasValue(1);
        BlocksTest.refused(
                () -> recall.get(ORG, "message-x"), ProblemCode.NOT_FOUND, "Message with id message-x not found.");
    }

    @Test
    void nulIsDroppedAndAWrittenEscapeStays() {
        Message nul = said(Role.USER, "a\0b \\u0000", null, null);
        store(nul);
        assertThat(recall.get(ORG, nul.id()).text()).isEqualTo("ab \\u0000");
    }

    @Test
    void contextKeepsItsOrder() {
        Message system =
                Message.system(IdKind.MESSAGE.next(), agent, "sys", db.clock().next());
        Message hi = said(Role.USER, "hi", null, null);
        Message yo = said(Role.ASSISTANT, "yo", null, null);
        store(system, hi, yo);
        db.of(ORG).write(tx -> {
            recall.append(tx, agent, List.of(system.id()));
            recall.append(tx, agent, List.of(hi.id(), yo.id()));
            return true;
        });
        assertThat(db.of(ORG).<List<Message>>read(tx -> recall.context(tx, agent)))
                .containsExactly(system, hi, yo);
        db.of(ORG).write(tx -> {
            recall.replaceContent(tx, system.id(), List.of(new Content.Text("new")));
            recall.setContext(tx, agent, List.of(system.id(), yo.id()));
            return true;
        });
        assertThat(db.of(ORG).<List<Message>>read(tx -> recall.context(tx, agent)))
                .extracting(Message::text)
                .containsExactly("new", "yo");
        assertThat(db.of(ORG).<List<String>>read(tx -> recall.contextIds(tx, agent)))
                .containsExactly(system.id(), yo.id());
        assertThat(db.of(ORG).<Long>read(tx -> recall.count(tx, agent))).isEqualTo(3);
    }

    /** Rows 0 to 8; contract 03 §5, §6, §7. */
    @ParameterizedTest
    @CsvSource({
        "AGENT, desc, , , 3, 6 7 8",
        "AGENT, desc, , 2, 2, 7 8",
        "AGENT, desc, 3, , 2, 1 2",
        "AGENT, asc, , 2, 2, 3 4",
        "AGENT, asc, 3, , 2, 0 1",
        "AGENT, asc, 2, 5, 9, ''",
        "AGENT, asc, , , 0, ''",
        "CONVERSATION, desc, , , 100, 8 7 6 5 4 3 2 1 0",
        "CONVERSATION, desc, , 2, 2, 8 7",
        "CONVERSATION, desc, 3, , 2, 2 1",
        "CONVERSATION, asc, , 2, 2, 3 4",
        "CONVERSATION, asc, 3, , 2, 0 1",
        "RUN, asc, , 2, 2, 3 4",
        "RUN, desc, 8, , 2, ''",
        "RUN, desc, , 8, 2, 7 6",
    })
    void pages(
            MessageQuery.Style style,
            String order,
            @Nullable Integer before,
            @Nullable Integer after,
            int limit,
            String expected) {
        for (int i = 0; i < 9; i++) {
            store(said(Role.USER, "m" + i, null, "run-9"));
        }
        List<Message> page = recall.list(
                ORG,
                new MessageQuery(
                        agent,
                        null,
                        null,
                        style == MessageQuery.Style.RUN ? "run-9" : null,
                        before == null ? null : ids.get(before),
                        after == null ? null : ids.get(after),
                        limit,
                        order.equals("asc"),
                        style));
        assertThat(String.join(
                        " ",
                        page.stream()
                                .map(message -> String.valueOf(ids.indexOf(message.id())))
                                .toList()))
                .isEqualTo(expected);
    }

    @Test
    void conversationsAndUnknownCursors() {
        store(said(Role.USER, "main", null, null), said(Role.USER, "aside", "conv-1", null));
        assertThat(list(MessageQuery.ofAgent(agent, null, null, null, 9, true))).containsExactly("main", "aside");
        assertThat(list(MessageQuery.ofAgent(agent, "default", null, null, 9, true)))
                .containsExactly("main");
        assertThat(list(MessageQuery.ofAgent(agent, "conv-1", null, null, 9, true)))
                .containsExactly("aside");
        assertThat(list(MessageQuery.ofAgent(agent, "nonsense", null, null, 9, true)))
                .isEmpty();
        assertThat(list(MessageQuery.ofAgent(null, null, null, null, 9, true))).hasSize(2);
        BlocksTest.refused(
                () -> list(MessageQuery.ofAgent(agent, null, "X", null, 9, true)),
                ProblemCode.NOT_FOUND,
                "No message found with id 'X' for agent '" + agent + "'.");
        BlocksTest.refused(
                () -> list(MessageQuery.ofAgent(null, null, null, "X", 9, true)),
                ProblemCode.NOT_FOUND,
                "for agent 'None'.");
        BlocksTest.refused(
                () -> MessageQuery.ofAgent(agent, null, null, null, -1, true), ProblemCode.UNPROCESSABLE, "limit");
    }

    List<String> list(MessageQuery query) {
        return recall.list(ORG, query).stream().map(Message::text).toList();
    }
}
