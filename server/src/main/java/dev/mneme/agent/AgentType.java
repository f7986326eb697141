package dev.mneme.agent;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds of agent (contract 01 §4.4): they differ by data only. The word is the wire form. */
public enum AgentType {
    LETTA_V1_AGENT(List.of("conversation_search", "memory_insert", "memory_replace")),
    MEMGPT_AGENT(List.of(
            "send_message",
            "conversation_search",
            "core_memory_append",
            "core_memory_replace",
            "memory",
            "memory_apply_patch")),
    MEMGPT_V2_AGENT(List.of("send_message", "conversation_search", "memory_insert", "memory_replace")),
    REACT_AGENT(List.of()),
    WORKFLOW_AGENT(List.of()),
    SPLIT_THREAD_AGENT(MEMGPT_AGENT.baseTools),
    SLEEPTIME_AGENT(List.of("memory_replace", "memory_insert", "memory_rethink", "memory_finish_edits")),
    VOICE_CONVO_AGENT(List.of("send_message", "search_memory")),
    VOICE_SLEEPTIME_AGENT(List.of("store_memories", "rethink_user_memory", "finish_rethinking_memory"));

    private final List<String> baseTools;

    AgentType(List<String> baseTools) {
        this.baseTools = baseTools;
    }

    /** The tools of a main agent whose memory a background agent keeps (contract 04 §9): it talks and looks up, the other one writes. */
    private static final List<String> WATCHED =
            List.of("send_message", "conversation_search", "archival_memory_search");

    /** The tools that come along unless {@code include_base_tools} is false. watched: a background agent keeps this one's memory. */
    public List<String> baseTools(boolean watched) {
        return switch (this) {
            case SLEEPTIME_AGENT, VOICE_CONVO_AGENT, VOICE_SLEEPTIME_AGENT, REACT_AGENT, WORKFLOW_AGENT -> baseTools;
            case LETTA_V1_AGENT, MEMGPT_AGENT, MEMGPT_V2_AGENT, SPLIT_THREAD_AGENT -> watched ? WATCHED : baseTools;
        };
    }

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of a word, null when there is none. */
    public static @Nullable AgentType find(String word) {
        for (AgentType type : values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        return null;
    }
}
