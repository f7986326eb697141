package dev.mneme.tool;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds of tool (contract 05 §1). The word is the wire form, and the tag that base tools carry. */
public enum ToolType {
    CUSTOM,
    LETTA_CORE,
    LETTA_MEMORY_CORE,
    LETTA_MULTI_AGENT_CORE,
    LETTA_SLEEPTIME_CORE,
    LETTA_VOICE_SLEEPTIME_CORE,
    LETTA_BUILTIN,
    LETTA_FILES_CORE,
    EXTERNAL_LANGCHAIN,
    EXTERNAL_COMPOSIO,
    EXTERNAL_MCP;

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of a word, null when there is none. */
    public static @Nullable ToolType find(String word) {
        for (ToolType type : values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        return null;
    }

    /** Whether the server itself defines tools of this kind. */
    public boolean isBase() {
        return name().startsWith("LETTA_");
    }

    /** The words of all kinds, in the contract's order. */
    public static List<String> words() {
        return List.of(values()).stream().map(ToolType::word).toList();
    }
}
