package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Json;
import dev.mneme.tool.sandbox.Language;
import dev.mneme.tool.sandbox.Requirement;
import dev.mneme.tool.sandbox.Sandbox;
import dev.mneme.tool.sandbox.SandboxJob;
import dev.mneme.tool.sandbox.SandboxResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs the tools that people write, in the sandbox (contract 05 §4). Thread-safe. */
public final class CustomTools implements RowTools {
    /** Jobs of an organisation that belong to no agent share warm servers under this name. */
    private static final String NOBODY = "organization";

    private final Sandbox sandbox;
    private final Callers callers;
    private final ClientKeys keys;
    private final Duration timeout;

    /** timeout: of one call, after which its whole process tree is killed. */
    public CustomTools(Sandbox sandbox, Callers callers, ClientKeys keys, Duration timeout) {
        this.sandbox = sandbox;
        this.callers = callers;
        this.keys = keys;
        this.timeout = timeout;
    }

    @Override
    public Set<ToolType> types() {
        return Set.of(ToolType.CUSTOM);
    }

    @Override
    public ToolEffect call(ToolRow row, ObjectNode arguments, ToolContext context) {
        return effect(row, arguments, context, false);
    }

    /** As {@link #call}, with the return as plain JSON rather than as a model reads it. */
    public ToolEffect plainCall(ToolRow row, ObjectNode arguments, ToolContext context) {
        return effect(row, arguments, context, true);
    }

    private ToolEffect effect(ToolRow row, ObjectNode arguments, ToolContext context, boolean plain) {
        String source = row.sourceCode() == null ? "" : row.sourceCode();
        Callers.Caller caller = callers.agent(
                context.organizationId(), context.agentId(), context.threadId(), source.contains("agent_state"));
        Map<String, String> environment = new LinkedHashMap<>(caller.environment());
        environment.put("LETTA_TOOL_ID", row.id());
        environment.put("LETTA_AGENT_ID", context.agentId());
        if (caller.projectId() != null) {
            environment.put("LETTA_PROJECT_ID", caller.projectId());
            environment.put("PROJECT_ID", caller.projectId());
        }
        Language language = SourceType.of(row.sourceType()).language();
        SandboxResult result;
        try (ClientKeys.Key key = speaksToUs(source) ? keys.issue(context) : null) {
            result = sandbox.run(new SandboxJob(
                    context.organizationId(),
                    context.agentId(),
                    language,
                    source,
                    row.name(),
                    arguments,
                    row.jsonSchema() == null ? null : row.jsonSchema().path("parameters"),
                    nothing(row.argsJsonSchema()) ? null : row.argsJsonSchema(),
                    caller.state(),
                    environment,
                    key == null ? null : key.secret(),
                    requirements(language, row.pipRequirements(), row.npmRequirements(), caller),
                    timeout));
        }
        return tx -> switch (result) {
            case SandboxResult.Returned returned -> {
                String refused = returned.agentState() == null || caller.state() == null
                        ? null
                        : callers.edit(
                                tx, context.agentId(), context.threadId(), caller.state(), returned.agentState());
                yield refused == null
                        ? new ToolOutcome.Ok(
                                plain ? returned.value() : shown(returned), returned.stdout(), returned.stderr())
                        : failed(row.name(), refused, returned.stdout(), returned.stderr());
            }
            case SandboxResult.Raised raised -> failed(row.name(), raised.error(), raised.stdout(), raised.stderr());
            case SandboxResult.Unavailable unavailable -> unavailable(row.name(), unavailable);
        };
    }

    /** Tells the environment that an agent's tool runs in from others: walls, interpreter, packages of the tool and of the organisation. */
    public String fingerprint(ToolRow row, String organizationId) {
        Language language = SourceType.of(row.sourceType()).language();
        Callers.Caller caller = callers.organization(organizationId);
        return sandbox.fingerprint(
                language, requirements(language, row.pipRequirements(), row.npmRequirements(), caller));
    }

    /**
     * A source to try; nothing of it is stored.
     *
     * @param name as the request gave it, null: it gave none; the error's text has it
     * @param schema of the function: its name and its parameters
     */
    public record Trial(
            String organizationId,
            @Nullable String name,
            SourceType type,
            String source,
            JsonNode schema,
            @Nullable JsonNode argsJsonSchema,
            ObjectNode arguments,
            Map<String, String> environment,
            @Nullable JsonNode pip,
            @Nullable JsonNode npm) {}

    /** Runs a source that no agent has. The return is in the form in which its language prints it. */
    public ToolOutcome run(Trial trial) {
        Callers.Caller caller = callers.organization(trial.organizationId());
        Map<String, String> environment = new LinkedHashMap<>(caller.environment());
        environment.putAll(trial.environment());
        Language language = trial.type().language();
        SandboxResult result = sandbox.run(new SandboxJob(
                trial.organizationId(),
                NOBODY,
                language,
                trial.source(),
                trial.schema().path("name").asText(),
                trial.arguments(),
                trial.schema().path("parameters"),
                nothing(trial.argsJsonSchema()) ? null : trial.argsJsonSchema(),
                null,
                environment,
                null,
                requirements(language, trial.pip(), trial.npm(), caller),
                timeout));
        String name = trial.name() == null ? "None" : trial.name();
        return switch (result) {
            case SandboxResult.Returned returned ->
                new ToolOutcome.Ok(TextNode.valueOf(returned.text()), returned.stdout(), returned.stderr());
            case SandboxResult.Raised raised -> failed(name, raised.error(), raised.stdout(), raised.stderr());
            case SandboxResult.Unavailable unavailable -> unavailable(name, unavailable);
        };
    }

    private static ToolOutcome failed(String name, String error, List<String> stdout, List<String> stderr) {
        return new ToolOutcome.Failed("Error executing function " + name + ": " + error, stdout, stderr);
    }

    private static ToolOutcome unavailable(String name, SandboxResult.Unavailable unavailable) {
        String text = "Error executing function " + name + ": SandboxError: " + unavailable.why();
        return new ToolOutcome.Failed(text, List.of(), List.of(text));
    }

    /** Objects and lists stay what they are, all else is text as the language prints it. */
    private static JsonNode shown(SandboxResult.Returned returned) {
        return returned.value().isContainerNode() ? returned.value() : TextNode.valueOf(returned.text());
    }

    /** Whether the code could want to call this server: a key that nobody asks for need not exist. */
    private static boolean speaksToUs(String source) {
        return source.contains("client") || source.contains("LETTA_API_KEY");
    }

    private static boolean nothing(@Nullable JsonNode schema) {
        return schema == null || schema.isEmpty();
    }

    private static List<Requirement> requirements(
            Language language, @Nullable JsonNode pip, @Nullable JsonNode npm, Callers.Caller caller) {
        return switch (language) {
            case PYTHON -> {
                Map<String, Requirement> byName = new LinkedHashMap<>();
                caller.pip().forEach(each -> byName.put(each.path("name").asText(), requirement(each)));
                for (JsonNode each : pip == null ? Json.array() : pip) {
                    byName.put(each.path("name").asText(), requirement(each));
                }
                yield List.copyOf(byName.values());
            }
            case TYPESCRIPT, JAVASCRIPT -> {
                List<Requirement> out = new ArrayList<>();
                for (JsonNode each : npm == null ? Json.array() : npm) {
                    out.add(requirement(each));
                }
                yield out;
            }
            case JAVA -> List.of();
        };
    }

    private static Requirement requirement(JsonNode wish) {
        return new Requirement(wish.path("name").asText(), wish.path("version").textValue());
    }
}
