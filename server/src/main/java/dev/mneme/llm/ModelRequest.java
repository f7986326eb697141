package dev.mneme.llm;

import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a model.
 *
 * @param config which model and how
 * @param system the compiled system prompt (the first row of the context is not repeated in history)
 * @param history rows after the system row, in order; tool calls and returns are paired
 * @param tools what may be called; empty: no tools are sent
 * @param choice auto, required, none, or the one tool that must be called
 * @param parallel whether the provider may answer several calls
 * @param stream whether deltas are wanted; without, only Done comes
 * @param agentId for provider-side caching marks and logs; never a secret
 * @param userId the acting user, sent where the contract has it
 * @param timezone of the agent, for the time in tool-return envelopes
 * @param agentType the kind of agent that asks, on which the provider's language may depend (contract 09 §5); null: no agent's own turn,
 *     such as a summary
 */
public record ModelRequest(
        LlmConfig config,
        String system,
        List<Message> history,
        List<ToolSpec> tools,
        ToolChoice choice,
        boolean parallel,
        boolean stream,
        String agentId,
        String userId,
        String timezone,
        @Nullable String agentType) {
    /** A call that no agent's own turn makes. */
    public ModelRequest(
            LlmConfig config,
            String system,
            List<Message> history,
            List<ToolSpec> tools,
            ToolChoice choice,
            boolean parallel,
            boolean stream,
            String agentId,
            String userId,
            String timezone) {
        this(config, system, history, tools, choice, parallel, stream, agentId, userId, timezone, null);
    }

    /** The same call of another model. */
    public ModelRequest withConfig(LlmConfig other) {
        return new ModelRequest(
                other, system, history, tools, choice, parallel, stream, agentId, userId, timezone, agentType);
    }

    /** The same call with these rows after its history. */
    public ModelRequest after(List<Message> more) {
        List<Message> rows = new ArrayList<>(history);
        rows.addAll(more);
        return new ModelRequest(
                config, system, rows, tools, choice, parallel, stream, agentId, userId, timezone, agentType);
    }

    /** The same call by an agent of this kind. */
    public ModelRequest from(@Nullable String kind) {
        return new ModelRequest(
                config, system, history, tools, choice, parallel, stream, agentId, userId, timezone, kind);
    }

    /** How free the model is to call. */
    public record ToolChoice(Mode mode, @Nullable String name) {
        public enum Mode {
            AUTO,
            REQUIRED,
            NAMED,
            NONE
        }

        public static final ToolChoice AUTO = new ToolChoice(Mode.AUTO, null);
        public static final ToolChoice REQUIRED = new ToolChoice(Mode.REQUIRED, null);

        public static ToolChoice named(String tool) {
            return new ToolChoice(Mode.NAMED, tool);
        }
    }
}
