package dev.mneme.tool.code;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.ToolSpec;
import dev.mneme.tool.ArgumentSchema;
import dev.mneme.tool.ClientKeys;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.sandbox.Language;
import dev.mneme.tool.sandbox.Sandbox;
import dev.mneme.tool.sandbox.SandboxJob;
import dev.mneme.tool.sandbox.SandboxResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code run_code} and {@code run_code_with_tools} (contract 05 §8), in the sandbox. Programs see none of the agent's secrets: nobody has
 * read them before they run.
 */
public final class CodeTools {
    private static final String RUN = "run_code";
    private static final String RUN_WITH_TOOLS = "run_code_with_tools";

    /** R has no host of its own: Python starts it, in the same jail. */
    private static final String R = """
            import shutil, subprocess
            if shutil.which("Rscript") is None:
                raise RuntimeError("R is not installed on this server: use python, js, ts or java")
            _ended = subprocess.run(["Rscript", "-e", %s])
            if _ended.returncode:
                raise RuntimeError("Rscript ended with status %%d" %% _ended.returncode)
            """;

    private final Sandbox sandbox;
    private final OwnTools own;
    private final ClientKeys keys;
    private final Duration timeout;
    private final String offer;

    /** timeout: of one program, after which its whole process tree is killed. */
    public CodeTools(Sandbox sandbox, OwnTools own, ClientKeys keys, Duration timeout) {
        this.sandbox = sandbox;
        this.own = own;
        this.keys = keys;
        this.timeout = timeout;
        try (InputStream in = CodeTools.class.getResourceAsStream("/sandbox/tools_as_functions.py")) {
            if (in == null) {
                throw new IllegalStateException("the resource /sandbox/tools_as_functions.py is missing");
            }
            this.offer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What models are told of them, for rows that are made where nothing runs. */
    public static List<ToolSpec> specs() {
        return List.of(
                ArgumentSchema.of(RUN, Program.class).spec(),
                ArgumentSchema.of(RUN_WITH_TOOLS, PythonProgram.class).spec());
    }

    public List<Tool> all() {
        return List.of(
                new RecordTool<>(RUN, Program.class, this::run),
                new RecordTool<>(RUN_WITH_TOOLS, PythonProgram.class, this::runWithTools));
    }

    @Doc("Run a program in a sandbox and get its output and the value of its last expression.")
    record Program(
            @Doc("The program text.") String code,

            @Doc(
                    value = "The language it is written in.",
                    oneOf = {"python", "js", "ts", "r", "java"})
            String language) {}

    private ToolEffect run(Program call, ToolContext context) {
        ToolOutcome outcome = switch (call.language.toLowerCase(Locale.ROOT)) {
            case "python" -> outcome(RUN, job(context, Language.PYTHON, call.code, null));
            case "js", "javascript" -> outcome(RUN, job(context, Language.JAVASCRIPT, call.code, null));
            case "ts", "typescript" -> outcome(RUN, job(context, Language.TYPESCRIPT, call.code, null));
            case "java" -> outcome(RUN, job(context, Language.JAVA, call.code, null));
            case "r" -> outcome(RUN, job(context, Language.PYTHON, R.formatted(Json.write(call.code)), null));
            default ->
                RecordTool.failed(
                        RUN, "ValueError", "The language " + call.language + " is none of python, js, ts, r, java.");
        };
        return tx -> outcome;
    }

    @Doc("Run a Python program in a sandbox in which your other tools are functions.")
    record PythonProgram(@Doc("The program text.") String code) {}

    private ToolEffect runWithTools(PythonProgram call, ToolContext context) {
        OwnTools.Offer offered = own.of(context);
        String begin = "exec(" + Json.write(offer) + "); _mneme_offer(" + Json.write(offered.open()) + ", "
                + Json.write(offered.guarded()) + ", " + Json.write(context.agentId()) + ")\n";
        try (ClientKeys.Key key = keys.issue(context)) {
            ToolOutcome outcome =
                    outcome(RUN_WITH_TOOLS, job(context, Language.PYTHON, begin + call.code, key.secret()));
            return tx -> outcome;
        }
    }

    private SandboxJob job(ToolContext context, Language language, String code, @Nullable String clientKey) {
        return new SandboxJob(
                context.organizationId(),
                context.agentId(),
                language,
                code,
                null,
                Json.object(),
                null,
                null,
                null,
                Map.of("LETTA_AGENT_ID", context.agentId()),
                clientKey,
                List.of(),
                timeout);
    }

    /** A program that fails is a result like any other: the model reads why. */
    private ToolOutcome outcome(String tool, SandboxJob job) {
        return switch (sandbox.run(job)) {
            case SandboxResult.Returned returned -> {
                ObjectNode answer = answer(returned.stdout(), returned.stderr());
                if (!returned.value().isNull()) {
                    ((ArrayNode) answer.path("results")).add(returned.text());
                }
                yield RecordTool.ok(Json.write(answer));
            }
            case SandboxResult.Raised raised -> {
                ObjectNode answer = answer(raised.stdout(), raised.stderr());
                int colon = raised.error().indexOf(": ");
                answer.putObject("error")
                        .put("name", colon < 0 ? "Error" : raised.error().substring(0, colon))
                        .put(
                                "value",
                                colon < 0 ? raised.error() : raised.error().substring(colon + 2))
                        .put("traceback", String.join("", raised.stderr()));
                yield RecordTool.ok(Json.write(answer));
            }
            case SandboxResult.Unavailable unavailable -> RecordTool.failed(tool, "SandboxError", unavailable.why());
        };
    }

    private static ObjectNode answer(List<String> stdout, List<String> stderr) {
        ObjectNode answer = Json.object();
        answer.putArray("results");
        ObjectNode logs = answer.putObject("logs");
        stdout.forEach(logs.putArray("stdout")::add);
        stderr.forEach(logs.putArray("stderr")::add);
        return answer;
    }
}
