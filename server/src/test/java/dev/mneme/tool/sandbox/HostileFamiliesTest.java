package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.testkit.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a call starts counts as its own: in a jail and, as far as it stays in sight, without walls (decision 0033). */
class HostileFamiliesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String HOG = "head -c 100000000 /dev/zero | tail -c 100000000 | sleep 60";

    private static LocalSandbox open(Isolation isolation, Path folder) {
        SandboxOptions usual = Code.options(isolation, folder);
        LocalSandbox sandbox = LocalSandbox.open(SandboxOptions.usual(
                isolation,
                true,
                false,
                usual.guard(),
                usual.ownPort(),
                folder,
                null,
                System.getenv(),
                CallLimits.USUAL.withMemory(128L << 20)));
        if (sandbox.refusal(Language.PYTHON) != null) {
            sandbox.close();
            Assumptions.abort("nothing runs here");
        }
        return sandbox;
    }

    private static SandboxResult run(LocalSandbox sandbox, Language language, String source, Duration timeout) {
        ObjectNode nothing = Json.object();
        return sandbox.run(new SandboxJob(
                "org-1", "agent-1", language, source, "f", nothing, null, null, null, Map.of(), null, List.of(),
                timeout));
    }

    private static String shell(Language language, String command, int times) {
        return switch (language) {
            case PYTHON ->
                "import subprocess, time\ndef f():\n  for i in range(%d): subprocess.Popen(['/bin/sh', '-c', '%s'])\n  time.sleep(60)"
                        .formatted(times, command);
            case TYPESCRIPT, JAVASCRIPT ->
                "import { spawn } from 'node:child_process'; export async function f() { for (let i = 0; i < %d; i++) spawn('/bin/sh', ['-c', '%s'], {stdio: 'ignore'}); await new Promise(r => setTimeout(r, 60000)); }"
                        .formatted(times, command);
            case JAVA ->
                "void f() throws Exception { for (int i = 0; i < %d; i++) new ProcessBuilder(\"/bin/sh\", \"-c\", \"%s\").inheritIO().start(); Thread.sleep(60000); }"
                        .formatted(times, command);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "JAIL, PYTHON",
        "JAIL, TYPESCRIPT",
        "JAIL, JAVA",
        "PROCESS, PYTHON",
        "PROCESS, TYPESCRIPT",
        "PROCESS, JAVA"
    })
    void theirMemoryIsAddedUpAndTheyEndWithTheCall(Isolation isolation, Language language, @TempDir Path folder)
            throws Exception {
        try (LocalSandbox sandbox = open(isolation, folder)) {
            SandboxResult.Raised raised = Code.raised(run(sandbox, language, shell(language, HOG, 8), PATIENCE));
            assertThat(raised.error()).isEqualTo("MemoryError: the tool's processes used more memory than a tool may");

            if (isolation == Isolation.PROCESS && language != Language.PYTHON) {
                return; // a child whose parent dies while it is started is out of sight (decision 0033)
            }
            boolean walled = isolation == Isolation.JAIL;
            String children = shell(language, "sleep 141.42", walled ? 3 : 200);
            assertThat(Code.raised(run(sandbox, language, children, walled ? Duration.ofSeconds(1) : PATIENCE))
                            .error())
                    .startsWith(walled ? "TimeoutError" : "OSError: the tool started more processes than a tool may");
        }
        for (int i = 0; i < 50; i++) {
            if (ProcessHandle.allProcesses()
                    .noneMatch(each -> each.info().commandLine().orElse("").contains("sleep 141.42"))) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("a child lives on");
    }
}
