package dev.mneme.agent;

import static dev.mneme.agent.AgentRooms.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.tool.ToolFilter;
import dev.mneme.tool.ToolRow;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every base tool with its kind and arguments (contract 05 §1, §8): agents in the wild carry them. */
class BaseToolsTest {
    @TempDir
    Path folder;

    AgentRooms rooms;

    @BeforeEach
    void open() {
        rooms = new AgentRooms(folder, null);
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    static Set<String> words(@Nullable String list) {
        return list == null ? Set.of() : new TreeSet<>(Arrays.asList(list.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    send_message | letta_core | message | message
                    conversation_search | letta_core | end_date limit query roles start_date |
                    archival_memory_insert | letta_core | content tags | content
                    archival_memory_search | letta_core | end_datetime query start_datetime tag_match_mode tags top_k | query
                    core_memory_append | letta_memory_core | content label | content label
                    core_memory_replace | letta_memory_core | label new_content old_content | label new_content old_content
                    memory | letta_memory_core | command path file_text description old_string new_string insert_line insert_text old_path new_path | command
                    memory_apply_patch | letta_memory_core | label patch | label patch
                    memory_replace | letta_sleeptime_core | label new_string old_string | label new_string old_string
                    memory_insert | letta_sleeptime_core | insert_line label new_string | label new_string
                    memory_rethink | letta_sleeptime_core | label new_memory | label new_memory
                    memory_finish_edits | letta_sleeptime_core | |
                    store_memories | letta_voice_sleeptime_core | chunks | chunks
                    rethink_user_memory | letta_voice_sleeptime_core | new_memory | new_memory
                    finish_rethinking_memory | letta_voice_sleeptime_core | |
                    search_memory | letta_voice_sleeptime_core | convo_keyword_queries end_minutes_ago start_minutes_ago |
                    send_message_to_agent_and_wait_for_reply | letta_multi_agent_core | message other_agent_id | message other_agent_id
                    send_message_to_agent_async | letta_multi_agent_core | message other_agent_id | message other_agent_id
                    send_message_to_agents_matching_tags | letta_multi_agent_core | match_all match_some message | match_all match_some message
                    run_code | letta_builtin | code language | code language
                    run_code_with_tools | letta_builtin | code | code
                    web_search | letta_builtin | category end_published_date exclude_domains include_domains include_text num_results query start_published_date user_location | query
                    fetch_webpage | letta_builtin | url | url
                    open_files | letta_files_core | close_all_others file_requests | file_requests
                    grep_files | letta_files_core | context_lines include offset pattern | pattern
                    semantic_search_files | letta_files_core | limit query | query
                    """)
    void hasItsArguments(String name, String type, @Nullable String arguments, @Nullable String required) {
        ToolRow tool = rooms.tools.list(ORG, ToolFilter.ALL).stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(tool.toolType()).isEqualTo(type);
        assertThat(tool.tags()).containsExactly(type);
        assertThat(tool.description()).isNotBlank();
        JsonNode schema = tool.jsonSchema();
        assertThat(schema).isNotNull();
        JsonNode parameters = schema.path("parameters");
        assertThat(AgentFileTest.keys(parameters)).containsExactly("type", "properties", "required");
        assertThat(new TreeSet<>(AgentFileTest.keys(parameters.path("properties"))))
                .isEqualTo(words(arguments));
        Set<String> needed = new TreeSet<>();
        parameters.path("required").forEach(key -> needed.add(key.asText()));
        assertThat(needed).isEqualTo(words(required));
        parameters
                .path("properties")
                .forEach(argument ->
                        assertThat(argument.path("description").asText()).isNotBlank());
    }

    @Test
    void thereAreNoOthers() {
        assertThat(rooms.tools.list(ORG, ToolFilter.ALL)).hasSize(26);
        assertThat(rooms.tools.list(ORG, ToolFilter.ALL).stream()
                        .filter(ToolRow::enableParallelExecution)
                        .map(ToolRow::name)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "conversation_search",
                        "archival_memory_search",
                        "run_code",
                        "web_search",
                        "fetch_webpage",
                        "grep_files",
                        "semantic_search_files");
    }
}
