package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.tool.sandbox.CallLimits;
import dev.mneme.tool.sandbox.Isolation;
import dev.mneme.tool.sandbox.Language;
import dev.mneme.tool.sandbox.LocalSandbox;
import dev.mneme.tool.sandbox.Requirement;
import dev.mneme.tool.sandbox.SandboxJob;
import dev.mneme.tool.sandbox.SandboxOptions;
import dev.mneme.tool.sandbox.SandboxResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A sandbox for tests, and jobs for it by their source. Close it. */
public final class Code implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LocalSandbox sandbox;

    private Code(LocalSandbox sandbox) {
        this.sandbox = sandbox;
    }

    public static Code open(Isolation isolation, Path folder) {
        return open(options(isolation, folder));
    }

    public static SandboxOptions options(Isolation isolation, Path folder) {
        return SandboxOptions.usual(
                isolation,
                true,
                false,
                new OutboundGuard(List.of()),
                () -> 0,
                folder,
                null,
                System.getenv(),
                CallLimits.USUAL);
    }

    /** Skips the test, with the reason in its report, where the machine cannot do it. */
    public static Code open(SandboxOptions options) {
        return of(LocalSandbox.open(options));
    }

    /** As {@link #open(SandboxOptions)}, with one that was built otherwise. */
    public static Code of(LocalSandbox sandbox) {
        String refusal = sandbox.refusal(Language.PYTHON);
        if (refusal != null) {
            sandbox.close();
            Assumptions.abort(refusal);
        }
        return new Code(sandbox);
    }

    public LocalSandbox sandbox() {
        return sandbox;
    }

    /** Calls the function {@code f} of the source. */
    public SandboxResult call(String source, ObjectNode arguments) {
        return sandbox.run(job(source, "f", arguments, null, PATIENCE));
    }

    public SandboxResult call(String source) {
        return call(source, Json.object());
    }

    public SandboxResult call(String source, Duration timeout) {
        return sandbox.run(job(source, "f", Json.object(), null, timeout));
    }

    /** What it returned; fails the test with what else happened. */
    public SandboxResult.Returned returned(String source) {
        return returned(call(source));
    }

    public static SandboxResult.Returned returned(SandboxResult result) {
        return switch (result) {
            case SandboxResult.Returned returned -> returned;
            case SandboxResult.Raised raised -> throw new AssertionError(raised.toString());
            case SandboxResult.Unavailable unavailable -> throw new AssertionError(unavailable.why());
        };
    }

    public static SandboxResult.Raised raised(SandboxResult result) {
        return switch (result) {
            case SandboxResult.Raised raised -> raised;
            case SandboxResult.Returned returned -> throw new AssertionError("returned " + returned);
            case SandboxResult.Unavailable unavailable -> throw new AssertionError(unavailable.why());
        };
    }

    public static SandboxJob job(
            String source,
            @Nullable String function,
            ObjectNode arguments,
            @Nullable JsonNode state,
            Duration timeout) {
        return new SandboxJob(
                "org-1",
                "agent-1",
                Language.PYTHON,
                source,
                function,
                arguments,
                null,
                null,
                state,
                Map.of("LETTA_AGENT_ID", "agent-1"),
                null,
                List.<Requirement>of(),
                timeout);
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
