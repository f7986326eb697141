package dev.mneme.tool;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.ToolSpec;
import java.util.List;

/** The tools by which agents talk with each other (contract 08 §8.5). */
public final class MultiAgentTools {
    private static final String ASK = "send_message_to_agent_and_wait_for_reply";
    private static final String ASK_TAGGED = "send_message_to_agents_matching_tags";
    private static final String TELL = "send_message_to_agent_async";
    private static final String WHOM = "The id of the agent that should get it: agent- and a number.";

    private final Post post;

    public MultiAgentTools(Post post) {
        this.post = post;
    }

    /** What models are told of them, for rows that are made where nothing runs. */
    static List<ToolSpec> specs() {
        return List.of(
                ArgumentSchema.of(ASK, Ask.class).spec(),
                ArgumentSchema.of(ASK_TAGGED, AskTagged.class).spec(),
                ArgumentSchema.of(TELL, Tell.class).spec());
    }

    public List<Tool> all() {
        return List.of(
                new RecordTool<>(ASK, Ask.class, this::ask),
                new RecordTool<>(ASK_TAGGED, AskTagged.class, this::askTagged),
                new RecordTool<>(TELL, Tell.class, this::tell));
    }

    @Doc("Send a message to another agent and wait for what it answers.")
    record Ask(
            @Doc("What to say.") String message, @Doc(WHOM) String otherAgentId) {}

    private ToolEffect ask(Ask call, ToolContext context) {
        ToolOutcome outcome;
        try {
            outcome = new ToolOutcome.Ok(Json.tree(shown(post.ask(context, call.otherAgentId, call.message))));
        } catch (Problem refused) {
            outcome = failed(ASK, refused);
        }
        ToolOutcome said = outcome;
        return tx -> said;
    }

    @Doc("Send a message to every agent with fitting tags and collect their answers.")
    record AskTagged(
            @Doc("What to say.") String message,
            @Doc("Tags that an agent must all have.") List<String> matchAll,

            @Doc("Tags of which an agent must have at least one; may be empty.")
            List<String> matchSome) {}

    private ToolEffect askTagged(AskTagged call, ToolContext context) {
        ToolOutcome outcome;
        try {
            outcome = new ToolOutcome.Ok(
                    Json.tree(post.askTagged(context, call.matchAll, call.matchSome, call.message).stream()
                            .map(MultiAgentTools::shown)
                            .toList()));
        } catch (Problem refused) {
            outcome = failed(ASK_TAGGED, refused);
        }
        ToolOutcome said = outcome;
        return tx -> said;
    }

    @Doc(
            "Send a message to another agent without waiting for an answer. If it answers, that comes as a message of its own.")
    record Tell(
            @Doc("What to say.") String message, @Doc(WHOM) String otherAgentId) {}

    private ToolEffect tell(Tell call, ToolContext context) {
        return tx -> {
            try {
                post.tell(tx, context, call.otherAgentId, call.message);
                return RecordTool.ok("Successfully sent message");
            } catch (Problem refused) {
                return failed(TELL, refused);
            }
        };
    }

    private static ToolOutcome failed(String tool, Problem refused) {
        return RecordTool.failed(tool, "ValueError", refused.detail());
    }

    /** As the model reads it; keys are the contract's. */
    private static Object shown(Post.Reply reply) {
        var out = Json.object().put("agent_id", reply.agentId());
        reply.response().forEach(out.putArray("response")::add);
        return out;
    }
}
