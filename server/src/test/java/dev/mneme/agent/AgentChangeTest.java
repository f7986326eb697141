package dev.mneme.agent;

import static dev.mneme.agent.AgentRooms.ORG;
import static dev.mneme.agent.AgentRooms.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import dev.mneme.memory.Block;
import dev.mneme.memory.NewBlock;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.tool.ToolFilter;
import dev.mneme.tool.ToolRow;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changing and deleting agents, their tools, blocks and context (contract 01 §5 to §7). */
class AgentChangeTest {
    @TempDir
    Path folder;

    AgentRooms rooms;
    Loaded agent;

    @BeforeEach
    void open() {
        rooms = new AgentRooms(folder, "openai/gpt-4o");
        agent = rooms.create(
                "{'name':'a','description':'d','metadata':{'k':1},'secrets':{'K':'V','L':'W'},'tags':['x'],"
                        + AgentCreateTest.HUMAN + "}");
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    String systemRow() {
        return rooms.db
                .of(ORG)
                .read(tx -> rooms.recall.context(tx, agent.state().id()))
                .getFirst()
                .text();
    }

    @Test
    void whatIsNotSentStays() {
        Loaded changed = rooms.patch(agent, "{'name':'b'}");
        assertThat(changed.state().name()).isEqualTo("b");
        assertThat(changed.state().description()).isEqualTo("d");
        assertThat(changed.blocks()).isEqualTo(agent.blocks());
        assertThat(changed.tags()).containsExactly("x");
        assertThat(changed.messageIds()).isEqualTo(agent.messageIds());
        assertThat(changed.state().updatedAt()).isGreaterThan(agent.state().updatedAt());
        assertThat(changed.secrets().stream().map(AgentSecret::value)).containsOnly(AgentSecret.MASK);
    }

    @Test
    void anExplicitNullClears() {
        Loaded changed = rooms.patch(agent, "{'description':null,'metadata':null,'name':null,'system':null}");
        assertThat(changed.state().description()).isNull();
        assertThat(changed.state().metadata()).isNull();
        assertThat(changed.state().name()).isEqualTo("a");
        assertThat(changed.state().system()).isEqualTo(agent.state().system());
        assertThat(rooms.patch(agent, "{'max_tokens':null}").state().llmConfig().maxTokens())
                .isNull();
    }

    @Test
    void listsAndMapsReplaceAsAWhole() {
        String kept = agent.secrets().getFirst().id();
        Loaded changed = rooms.patch(
                agent, "{'tags':['z'],'metadata':{'n':2},'secrets':{'K':'V2'},'tool_ids':[],'hidden':true}");
        assertThat(changed.tags()).containsExactly("z");
        assertThat(changed.state().metadata()).hasToString("{\"n\":2}");
        assertThat(changed.secrets()).hasSize(1);
        assertThat(changed.secrets().getFirst().id()).isEqualTo(kept);
        assertThat(changed.secrets().getFirst().value()).isEqualTo("V2");
        assertThat(changed.tools()).isEmpty();
        assertThat(changed.state().hidden()).isTrue();
        assertThat(rooms.agents.environment(ORG, agent.state().id())).containsOnly(java.util.Map.entry("K", "V2"));
        assertThat(rooms.patch(agent, "{'tags':[],'secrets':{}}").secrets()).isEmpty();
    }

    @Test
    void aMaskedSecretThatIsWrittenBackStaysWhatItWas() {
        assertThat(rooms.patch(agent, "{'secrets':{'K':'********','L':'new','M':'********'}}")
                        .secrets())
                .hasSize(2);
        assertThat(rooms.agents.environment(ORG, agent.state().id()))
                .containsOnly(java.util.Map.entry("K", "V"), java.util.Map.entry("L", "new"));
    }

    @Test
    void patchesOfDifferentFieldsDoNotUndoEachOther() {
        // Planned while the agent still had its first model, written after it got another one.
        Change change = rooms.change();
        AgentState old = rooms.agents.get(ORG, agent.state().id());
        Change.Plan rename = change.plan(AgentRooms.ORG, old, AgentPatch.read(AgentRooms.json("{'name':'late'}")));
        rooms.patch(agent, "{'model':'anthropic/claude-sonnet-4-5'}");
        AgentState after = rooms.db.of(ORG).write(tx -> {
            AgentState now = rooms.agents.snapshot(tx, old.id(), old.id()).state();
            return change.write(tx, USER, now, rename);
        });
        assertThat(after.name()).isEqualTo("late");
        assertThat(after.model()).isEqualTo("anthropic/claude-sonnet-4-5");
    }

    @Test
    void aNameMayChangeToAnyTextOfABearableLength() {
        assertThat(rooms.patch(agent, "{'name':'a/b'}").state().name()).isEqualTo("a/b");
        assertThatThrownBy(() -> rooms.patch(agent, "{'name':'" + "x".repeat(501) + "'}"))
                .hasMessageContaining("at most 500 characters");
    }

    @Test
    void anotherModelKeepsWhatWasTuned() {
        rooms.patch(
                agent, "{'model_settings':{'provider_type':'openai','temperature':0.2},'parallel_tool_calls':false}");
        AgentState moved =
                rooms.patch(agent, "{'model':'anthropic/claude-sonnet-4-5'}").state();
        assertThat(moved.model()).isEqualTo("anthropic/claude-sonnet-4-5");
        assertThat(moved.llmConfig().temperature()).isEqualTo(0.2);
        assertThat(moved.llmConfig().maxTokens()).isEqualTo(16_384);
        assertThat(moved.llmConfig().modelEndpointType()).isEqualTo("anthropic");
        assertThat(moved.compactionSettings().get("model").asText()).isEqualTo("anthropic/claude-haiku-4-5");
        AgentState smaller = rooms.patch(agent, "{'context_window_limit':9000}").state();
        assertThat(smaller.model()).isEqualTo("anthropic/claude-sonnet-4-5");
        assertThat(smaller.llmConfig().contextWindow()).isEqualTo(9_000);
    }

    @Test
    void compactionSettingsMerge() {
        String own = "{'compaction_settings':{'prompt':'mine','clip_chars':null}}";
        AgentState first = rooms.patch(agent, own).state();
        assertThat(first.compactionSettings().get("prompt").asText()).isEqualTo("mine");
        assertThat(first.compactionSettings().get("clip_chars").isNull()).isTrue();
        AgentState second =
                rooms.patch(agent, "{'compaction_settings':{'mode':'all'}}").state();
        assertThat(second.compactionSettings().get("prompt").asText()).contains("under 500 words");
        assertThat(second.compactionSettings().get("clip_chars").isNull()).isTrue();
        assertThat(second.compactionSettings().get("model").asText()).isEqualTo("openai/gpt-5-mini");
    }

    @Test
    void theStoredPromptFollows() {
        assertThat(systemRow()).contains("Name: Alice");
        rooms.patch(agent, "{'system':'You are terse.'}");
        assertThat(systemRow()).startsWith("You are terse.").contains("Name: Alice");
        Block extra = rooms.blocks.create(ORG, USER, NewBlock.of("notes", "Buy milk.", null));
        rooms.agents.attachBlock(ORG, USER, agent.state().id(), extra.id());
        assertThat(systemRow()).contains("Buy milk.");
        rooms.agents.detachBlock(ORG, USER, agent.state().id(), extra.id());
        assertThat(systemRow()).doesNotContain("Buy milk.");
        Loaded changed = rooms.patch(agent, "{'block_ids':['" + extra.id() + "']}");
        assertThat(changed.blocks()).containsExactly(extra);
        assertThat(systemRow()).contains("Buy milk.").doesNotContain("Alice");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {'timezone':'Mars/Base'}         | Unknown timezone
                    {'model':'nohandle'}             | NOT_FOUND: Handle nohandle not found, must be one of []
                    {'block_ids':['block-x']}        | block-x
                    {'tool_ids':['tool-x']}          | Tools not found by id:   {'tool-x'}
                    {'message_ids':[]}               | must begin with the id
                    {'message_ids':['message-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e']} | Message with id message-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e not found.
                    {'max_files_open':-1}            | cannot be negative
                    {'tool_rules':{'a':1}}           | must be a list
                    """)
    void aRefusalChangesNothing(String body, String words) {
        assertThatThrownBy(() -> rooms.patch(agent, body))
                .isInstanceOf(Problem.class)
                .hasMessageContaining(words);
        assertThat(rooms.agents.get(ORG, agent.state().id())).isEqualTo(agent.state());
    }

    @Test
    void toolsComeAndGo() {
        String id = agent.state().id();
        ToolRow search = rooms.db
                .of(ORG)
                .read(tx -> rooms.tools.byNames(tx, List.of("web_search")))
                .getFirst();
        rooms.agents.attachTool(ORG, USER, id, search.id());
        rooms.agents.attachTool(ORG, USER, id, search.id());
        assertThat(rooms.agents.toolsOf(ORG, id, ToolFilter.ALL).stream().map(ToolRow::name))
                .containsExactlyInAnyOrder("conversation_search", "memory_insert", "memory_replace", "web_search");
        assertThat(rooms.agents.toolsOf(ORG, id, ToolFilter.page(null, null, 2, false)))
                .hasSize(2);
        rooms.agents.detachTool(ORG, USER, id, search.id());
        rooms.agents.detachTool(ORG, USER, id, "tool-unknown");
        assertThat(rooms.agents.toolsOf(ORG, id, ToolFilter.ALL)).hasSize(3);
        assertThatThrownBy(() -> rooms.agents.attachTool(ORG, USER, id, "tool-unknown"))
                .hasMessage("Tool with id=tool-unknown not found in organization=" + ORG);
        rooms.agents.requireApproval(ORG, USER, id, "anything", true);
        rooms.agents.requireApproval(ORG, USER, id, "anything", true);
        assertThat(AgentCreateTest.rules(rooms.agents.load(ORG, id, Relation.ALL_BUT_APPROVAL)))
                .containsExactly("requires_approval anything");
        rooms.agents.requireApproval(ORG, USER, id, "anything", false);
        assertThat(rooms.agents.get(ORG, id).toolRules()).isEmpty();
    }

    @Test
    void recompileAnswersTheNewTextAndMayKeepTheTime() {
        String id = agent.state().id();
        String before = systemRow();
        assertThat(rooms.agents.recompile(ORG, id, false, false)).isEqualTo(before);
        rooms.blocks.patchByLabel(ORG, USER, id, "human", dev.mneme.memory.BlockPatch.value("Name: Bob"));
        String dry = rooms.agents.recompile(ORG, id, true, true);
        assertThat(dry).contains("Name: Bob");
        assertThat(systemRow()).isEqualTo(before);
        assertThat(rooms.agents.recompile(ORG, id, true, false)).contains("Name: Bob");
        assertThat(systemRow()).contains("Name: Bob");
    }

    @Test
    void resetKeepsTheSystemMessageAndTheHistory() {
        Loaded older = rooms.create("{'agent_type':'memgpt_agent'}");
        assertThat(older.messageIds()).hasSize(4);
        Loaded reset = rooms.agents.resetMessages(ORG, USER, older.state().id(), false);
        assertThat(reset.messageIds()).containsExactly(older.messageIds().getFirst());
        long stored =
                rooms.db.of(ORG).read(tx -> rooms.recall.count(tx, older.state().id()));
        assertThat(stored).isEqualTo(4);
        Loaded again = rooms.agents.resetMessages(ORG, USER, older.state().id(), true);
        assertThat(again.messageIds()).hasSize(4);
    }

    @Test
    void messageIdsSetTheContext() {
        Loaded older = rooms.create("{'agent_type':'memgpt_agent'}");
        List<String> ids = older.messageIds();
        Loaded changed = rooms.patch(older, "{'message_ids':['" + ids.get(0) + "','" + ids.get(3) + "']}");
        assertThat(changed.messageIds()).containsExactly(ids.get(0), ids.get(3));
        assertThatThrownBy(() -> rooms.patch(older, "{'message_ids':['" + ids.get(3) + "']}"))
                .hasMessageContaining("must begin with");
        assertThatThrownBy(() -> rooms.patch(agent, "{'message_ids':['" + ids.get(0) + "']}"))
                .hasMessageContaining("not found");
    }

    @Test
    void deletedAgentsAreGoneAndTheIndexIsTold() {
        String id = agent.state().id();
        int before = rooms.index.nudges.get();
        rooms.agents.delete(ORG, id);
        assertThat(rooms.index.nudges.get()).isGreaterThan(before);
        assertThatThrownBy(() -> rooms.agents.get(ORG, id)).hasMessage("Agent with ID " + id + " not found");
        assertThatThrownBy(() -> rooms.agents.delete(ORG, id)).isInstanceOf(Problem.class);
        assertThat(rooms.blocks.get(ORG, agent.blocks().getFirst().id()))
                .isEqualTo(agent.blocks().getFirst());
        List<Message> left = rooms.db.of(ORG).read(tx -> rooms.recall.context(tx, id));
        assertThat(left).isEmpty();
    }

    @Test
    void theSnapshotHoldsEverything() {
        AgentSnapshot snapshot = rooms.db
                .of(ORG)
                .read(tx -> rooms.agents.snapshot(
                        tx, agent.state().id(), agent.state().id()));
        assertThat(snapshot.state()).isEqualTo(agent.state());
        assertThat(snapshot.blocks()).isEqualTo(agent.blocks());
        assertThat(snapshot.tools()).isEqualTo(agent.tools());
        assertThat(snapshot.context().stream().map(Message::role)).containsExactly(Role.SYSTEM);
        assertThat(snapshot.messages()).isEqualTo(1);
        assertThat(dev.mneme.memory.Prompt.compile(
                                snapshot.promptParts(null, rooms.db.clock().now()))
                        .sameButForMetadata(snapshot.context().getFirst().text()))
                .isTrue();
    }

    @Test
    void anotherOrganisationSeesNothing() {
        String other = "org-11111111-1111-4111-8111-111111111111";
        assertThatThrownBy(() -> rooms.agents.get(other, agent.state().id())).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> rooms.agents.delete(other, agent.state().id())).isInstanceOf(Problem.class);
        assertThat(rooms.agents.list(other, AgentFilter.NEWEST, Relation.ALL_BUT_APPROVAL))
                .isEmpty();
        assertThat(rooms.agents.tags(other, null, null, null, 0, true)).isEmpty();
    }
}
