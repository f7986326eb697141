package dev.mneme.agent;

import static dev.mneme.agent.AgentRooms.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent file (contract 10) and the overview of the context (contract 04 §2). */
class AgentFileTest {
    @TempDir
    Path folder;

    AgentRooms rooms;

    @BeforeEach
    void open() {
        rooms = new AgentRooms(folder, "openai/gpt-4o");
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    static List<String> keys(JsonNode node) {
        List<String> out = new ArrayList<>();
        node.fieldNames().forEachRemaining(out::add);
        return out;
    }

    @Test
    void theWholeFile() {
        Loaded agent = rooms.create("{'agent_type':'memgpt_agent','name':'a','secrets':{'API_KEY':'hush'},'tags':['t'],"
                + "'timezone':'Europe/Berlin'," + AgentCreateTest.HUMAN + "}");
        JsonNode file = rooms.agents.export(ORG, agent.state().id(), ExportWish.PLAIN);
        assertThat(keys(file))
                .containsExactly(
                        "agents",
                        "groups",
                        "blocks",
                        "files",
                        "sources",
                        "tools",
                        "mcp_servers",
                        "skills",
                        "metadata",
                        "created_at");
        assertThat(Json.write(file)).doesNotContain("hush");
        JsonNode entry = file.get("agents").get(0);
        assertThat(keys(entry))
                .containsExactlyInAnyOrder(
                        ("agent_type base_template_id block_ids compaction_settings context_window_limit description"
                                        + " embedding embedding_chunk_size embedding_config enable_reasoner enable_sleeptime files_agents"
                                        + " folder_ids from_template group_ids hidden id identity_ids in_context_message_ids"
                                        + " include_base_tool_rules include_base_tools include_default_source include_multi_agent_tools"
                                        + " initial_message_sequence llm_config max_files_open max_reasoning_tokens max_tokens memory_blocks"
                                        + " memory_variables message_buffer_autoclear messages metadata model model_settings name"
                                        + " parallel_tool_calls per_file_view_window_char_limit project project_id reasoning response_format"
                                        + " secrets source_ids system tags template template_id timezone tool_exec_environment_variables"
                                        + " tool_ids tool_rules tools")
                                .split(" "));
        assertThat(entry.get("id").asText()).isEqualTo("agent-0");
        assertThat(entry.get("secrets").toString()).isEqualTo("{\"API_KEY\":\"\"}");
        assertThat(entry.get("block_ids").toString()).isEqualTo("[\"block-0\",\"block-1\"]");
        assertThat(entry.get("tool_ids")).hasSize(6);
        assertThat(entry.get("in_context_message_ids").toString())
                .isEqualTo("[\"message-0\",\"message-1\",\"message-2\",\"message-3\"]");
        assertThat(file.get("created_at").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+00:00");
        assertThat(file.get("tools").findValuesAsText("name")).startsWith("conversation_search");
        assertThat(file.get("tools").get(0).get("source_code").isNull()).isTrue();

        JsonNode spoken = entry.get("messages").get(1);
        assertThat(keys(spoken))
                .containsExactlyInAnyOrder(
                        ("agent_id approval_request_id approvals approve batch_item_id content created_at"
                                        + " denial_reason group_id id model name otid role sender_id tool_call_id tool_calls tool_returns type")
                                .split(" "));
        assertThat(spoken.get("tool_calls").get(0).get("function").get("name").asText())
                .isEqualTo("send_message");
        JsonNode back = entry.get("messages").get(2);
        assertThat(back.get("tool_returns").get(0).get("func_response").asText())
                .contains("\"status\": \"OK\"");
        assertThat(back.get("content").get(0).get("text").asText()).contains("\"status\": \"OK\"");
        assertThat(entry.get("messages").get(3).get("tool_calls").isNull()).isTrue();
    }

    @Test
    void messagesCanBeLeftOutAndSkillsTravel() {
        Loaded agent = rooms.create("{}");
        JsonNode skill = AgentRooms.json("{'name':'s','source_url':'u'}");
        JsonNode file = rooms.agents.export(
                ORG, agent.state().id(), new ExportWish("default", true, List.of(skill), ExportWish.Extent.USUAL));
        assertThat(file.get("agents").get(0).get("messages")).isEmpty();
        assertThat(file.get("agents").get(0).get("in_context_message_ids")).isEmpty();
        assertThat(file.get("skills").get(0)).isEqualTo(skill);
    }

    @Test
    void refusals() {
        assertThatThrownBy(() -> rooms.agents.export(ORG, "abc", ExportWish.PLAIN))
                .hasMessage("Agent with ID abc not found");
        String id = rooms.create("{}").state().id();
        assertThatThrownBy(() -> rooms.agents.export(
                        ORG, id, new ExportWish("conv-1", false, List.of(), ExportWish.Extent.USUAL)))
                .hasMessageContaining("Conversation not found");
    }

    @Test
    void theOverviewAddsUp() {
        Loaded agent = rooms.create("{'initial_message_sequence':[{'role':'assistant','content':'hello there'}],"
                + "'tool_rules':[{'type':'exit_loop','tool_name':'memory_insert'}]," + AgentCreateTest.HUMAN + "}");
        ContextOverview view = rooms.agents.contextOverview(ORG, agent.state().id(), null);
        assertThat(view.contextWindowSizeMax()).isEqualTo(128_000);
        assertThat(view.numMessages()).isEqualTo(2);
        assertThat(view.numRecallMemory()).isEqualTo(2);
        assertThat(view.numArchivalMemory()).isZero();
        assertThat(view.coreMemory())
                .startsWith("<memory_blocks>")
                .endsWith("</memory_blocks>")
                .contains("Alice");
        assertThat(view.externalMemorySummary())
                .startsWith("<memory_metadata>")
                .contains(agent.state().id());
        assertThat(view.toolUsageRules()).contains("Calling memory_insert ends your turn");
        assertThat(view.systemPrompt()).startsWith(agent.state().system()).doesNotContain("<memory_");
        assertThat(view.functionsDefinitions()).hasSize(3);
        assertThat(view.functionsDefinitions()
                        .getFirst()
                        .get("function")
                        .get("strict")
                        .isNull())
                .isTrue();
        assertThat(view.numTokensMessages()).isEqualTo(3);
        assertThat(view.contextWindowSizeCurrent())
                .isEqualTo(view.numTokensSystem()
                        + view.numTokensCoreMemory()
                        + view.numTokensExternalMemorySummary()
                        + view.numTokensToolUsageRules()
                        + view.numTokensFunctionsDefinitions()
                        + view.numTokensMessages());
        assertThat(view.summaryMemory()).isNull();
    }
}
