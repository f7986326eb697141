package dev.mneme.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiled system prompt, letter by letter where models are tuned to it. */
class PromptTest {
    static final long NOW = Clock.micros(Instant.parse("2026-11-22T16:55:11Z"));

    static Block block(String label, String value, @Nullable String description, boolean readOnly) {
        return new Block(
                "block-1",
                label,
                value,
                100_000,
                description,
                readOnly,
                false,
                null,
                Json.object(),
                List.of(),
                null,
                false,
                null,
                null,
                null,
                null,
                null,
                1,
                0,
                0,
                null,
                null);
    }

    static PromptParts parts(String base, String type, String endpoint, List<Block> blocks, JsonNode rules) {
        return new PromptParts(
                base, type, endpoint, blocks, "", rules, 7, 3, List.of("a", "b"), "agent-1", null, "Europe/Oslo", NOW);
    }

    static final String METADATA = """
            <memory_metadata>
            - AGENT_ID: agent-1
            - CONVERSATION_ID: default
            - System prompt last recompiled: 2026-11-22 05:55:11 PM CET+0100
            - 7 earlier messages are kept in recall memory, out of your view
            - 3 entries lie in archival memory; search there to read them
            - Available archival memory tags: a, b
            </memory_metadata>""";

    @Test
    void plain() {
        Prompt.Compiled compiled = Prompt.compile(parts(
                "Base.",
                "letta_v1_agent",
                "openai",
                List.of(block("human", "Name: Ada L.", "Who.", true), block("notes", "", null, false)),
                Json.array()));
        assertThat(compiled.text()).isEqualTo("""
                        Base.

                        <memory_blocks>
                        Your core memory as it is now, block by block:

                        <human>
                        <description>
                        Who.
                        </description>
                        <metadata>
                        - read_only=true
                        - chars_current=12
                        - chars_limit=100000
                        </metadata>
                        <value>
                        Name: Ada L.
                        </value>
                        </human>

                        <notes>
                        <description>

                        </description>
                        <metadata>
                        - chars_current=0
                        - chars_limit=100000
                        </metadata>
                        <value>

                        </value>
                        </notes>

                        </memory_blocks>

                        """ + METADATA);
    }

    @Test
    void numberedForAnthropic() {
        String text = Prompt.compile(parts(
                        "Base.",
                        "letta_v1_agent",
                        "anthropic",
                        List.of(block("human", "Name: Ada\nEDITED", null, false)),
                        Json.array()))
                .text();
        assertThat(text).contains("""
                        </metadata>
                        <warning>
                        The number and arrow before each line (1→) only show where it stands. They are no part of the text: \
                        leave them out of whatever you pass to a memory tool.
                        </warning>
                        <value>
                        1→ Name: Ada
                        2→ EDITED
                        </value>
                        </human>
                        """);
        assertThat(Prompt.compile(parts(
                                "B", "memgpt_agent", "anthropic", List.of(block("h", "x", null, false)), Json.array()))
                        .text())
                .doesNotContain("1→");
    }

    @Test
    void theTokenSaysWhereMemoryGoes() {
        String text = Prompt.compile(
                        parts("Before {CORE_MEMORY} after", "memgpt_agent", "openai", List.of(), Json.array()))
                .text();
        assertThat(text).isEqualTo("Before " + METADATA + " after");
    }

    @ParameterizedTest
    @ValueSource(strings = {"react_agent", "workflow_agent"})
    void someTypesHaveNoMemory(String type) {
        assertThat(Prompt.compile(parts("B", type, "openai", List.of(block("h", "x", null, false)), Json.array()))
                        .text())
                .isEqualTo("B\n\n" + METADATA);
    }

    @Test
    void rulesAreSortedByKind() throws JsonProcessingException {
        JsonNode rules = Json.parse("""
                [{"type":"exit_loop","tool_name":"send_message"},{"type":"run_first","tool_name":"x"},
                 {"type":"requires_approval","tool_name":"x"},{"type":"required_before_exit","tool_name":"x"},
                 {"type":"parent_last_tool","tool_name":"p","children":["a","b"]},
                 {"type":"constrain_child_tools","tool_name":"c","children":["a","b"]},
                 {"type":"conditional","tool_name":"d"},{"type":"max_count_per_step","tool_name":"m","max_count_limit":2},
                 {"type":"continue_loop","tool_name":"archival_memory_search"}]""");
        String text = Prompt.compile(parts("B", "react_agent", "openai", List.of(), rules))
                .text();
        assertThat(text)
                .startsWith("B\n\n<tool_usage_rules>\nYour tools are subject to these rules.")
                .contains("""
                        Keep to them in every answer.

                        <tool_rule>
                        After archival_memory_search you go on with another step
                        </tool_rule>
                        <tool_rule>
                        After c the next call must be one of: a, b
                        </tool_rule>
                        <tool_rule>
                        The result of d decides which tool must come next
                        </tool_rule>
                        <tool_rule>
                        Call m no more often than 2 time(s) in a turn
                        </tool_rule>
                        <tool_rule>
                        Only right after p may you call: a, b
                        </tool_rule>
                        <tool_rule>
                        Calling send_message ends your turn
                        </tool_rule>
                        </tool_usage_rules>

                        <memory_metadata>""");
    }

    @Test
    void onlyEditsMakeAStoredPromptStale() {
        Block block = block("human", "x", null, false);
        PromptParts now = parts("B", "letta_v1_agent", "openai", List.of(block), Json.array());
        PromptParts later = new PromptParts(
                "B",
                "letta_v1_agent",
                "openai",
                List.of(block),
                "",
                Json.array(),
                99,
                3,
                List.of("a", "b"),
                "agent-1",
                null,
                "UTC",
                NOW + 9_000_000);
        PromptParts more = new PromptParts(
                "B",
                "letta_v1_agent",
                "openai",
                List.of(block),
                "",
                Json.array(),
                7,
                4,
                List.of(),
                "agent-1",
                null,
                "UTC",
                NOW);
        PromptParts edited =
                parts("B", "letta_v1_agent", "openai", List.of(block("human", "y", null, false)), Json.array());
        String stored = Prompt.compile(now).text();
        assertThat(Prompt.compile(later).sameButForMetadata(stored)).isTrue();
        assertThat(Prompt.compile(later).sameButForTime(stored)).isTrue();
        assertThat(Prompt.compile(more).sameButForMetadata(stored)).isTrue();
        assertThat(Prompt.compile(more).sameButForTime(stored)).isFalse();
        assertThat(Prompt.compile(edited).sameButForMetadata(stored)).isFalse();
        assertThat(Prompt.compile(edited).sameButForTime(stored)).isFalse();
    }

    @Test
    void anUnknownZoneCountsAsUtc() {
        assertThat(Times.spoken(NOW, Times.zone("Mars/Base"))).isEqualTo("2026-11-22 04:55:11 PM UTC+0000");
        assertThat(Times.spoken(NOW, Times.zone("UTC"))).isEqualTo("2026-11-22 04:55:11 PM UTC+0000");
        assertThat(Times.iso(NOW, Times.zone("Z"))).isEqualTo("2026-11-22T16:55:11+00:00");
        assertThat(Times.iso(NOW + 5, Times.zone("Europe/Oslo"))).isEqualTo("2026-11-22T17:55:11.000005+01:00");
        assertThat(List.of(
                        Times.ago(0, 14_000_000),
                        Times.ago(0, 190_000_000),
                        Times.ago(0, 7_300_000_000L),
                        Times.ago(0, 90_000_000_000L)))
                .containsExactly("14s ago", "3m ago", "2h ago", "1d ago");
    }

    @Test
    void everyTypeHasItsText() {
        SystemPrompts prompts = new SystemPrompts();
        assertThat(prompts.of("letta_v1_agent")).contains("memory");
        assertThat(prompts.of("split_thread_agent")).isNull();
    }
}
