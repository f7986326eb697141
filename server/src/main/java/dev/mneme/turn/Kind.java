package dev.mneme.turn;

import dev.mneme.message.LlmConfig;
import java.util.Set;

/**
 * What differs between the kinds of agent in a turn, as data (contract 02 §1). The loop asks this record, never for the name of a type.
 *
 * @param textEnds text is an answer and ends the turn; without, the model must call a tool, what it says besides is a thought, and only
 *     its first call counts
 * @param heartbeats each call carries request_heartbeat, by which the model asks for another step, and a note of the system tells it why it
 *     was asked again
 * @param thoughts models that do not reason by themselves get an argument for their thoughts in every tool
 * @param prefills rules may put arguments over the model's own
 * @param pushed on chat completions the model is told to call something although its text would do
 * @param countsContext the end of a turn tells the tokens of its last call
 */
record Kind(
        boolean textEnds,
        boolean heartbeats,
        boolean thoughts,
        boolean prefills,
        boolean pushed,
        boolean countsContext) {
    /** Agents that answer in plain text. */
    static final Kind TALKING = new Kind(true, false, false, true, false, true);

    /** The same, working behind another agent: its work is done in calls. */
    static final Kind WORKING = new Kind(true, false, false, true, true, true);

    /** Agents that do everything by calls, speaking too. */
    static final Kind CALLING = new Kind(false, true, true, false, false, false);

    /** Endpoints that do not speak chat completions. */
    private static final Set<String> OTHER_LANGUAGES =
            Set.of("anthropic", "bedrock", "google_ai", "google_vertex", "minimax");

    /** The kind of an agent_type; every word that is not known is of the older kind. */
    static Kind of(String agentType) {
        return switch (agentType) {
            case "letta_v1_agent" -> TALKING;
            case "sleeptime_agent" -> WORKING;
            default -> CALLING;
        };
    }

    /** Whether the model must call something even if no rule says so. */
    boolean mustCall(LlmConfig config) {
        return !textEnds || (pushed && !OTHER_LANGUAGES.contains(config.modelEndpointType()));
    }

    /** Whether tools get an argument for thoughts. */
    boolean asksThoughts(LlmConfig config) {
        return thoughts && Boolean.TRUE.equals(config.putInnerThoughtsInKwargs());
    }
}
