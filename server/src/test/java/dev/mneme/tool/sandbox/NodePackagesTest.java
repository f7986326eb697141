package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Json;
import dev.mneme.testkit.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Packages of npm, from the registry that this machine's npm uses: without one the tests are left out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodePackagesTest {
    private static final String SOURCE =
            "import leftPad from 'left-pad'; export function f(): string { return leftPad('7', 3, '0'); }";

    private Path folder;
    private LocalSandbox sandbox;

    @BeforeAll
    void open(@TempDir Path folder) {
        this.folder = folder;
        sandbox = LocalSandbox.open(Code.options(Isolation.JAIL, folder));
        String refusal = sandbox.refusal(Language.TYPESCRIPT);
        Assumptions.assumeTrue(refusal == null, refusal);
    }

    @AfterAll
    void close() {
        sandbox.close();
    }

    private SandboxResult run(Requirement requirement) {
        return sandbox.run(new SandboxJob(
                "org-1",
                "agent-1",
                Language.TYPESCRIPT,
                SOURCE,
                "f",
                Json.object(),
                null,
                null,
                null,
                Map.of(),
                null,
                List.of(requirement),
                Duration.ofMinutes(2)));
    }

    private List<Path> sets() throws IOException {
        try (var all = Files.list(folder.resolve("npm"))) {
            return all.filter(each -> Files.isDirectory(each.resolve("node_modules")))
                    .toList();
        }
    }

    @Test
    void aSetIsInstalledOnceAndEachVersionHasItsOwn() throws IOException {
        SandboxResult first = run(new Requirement("left-pad", "1.3.0"));
        if (first instanceof SandboxResult.Raised raised && !raised.error().contains("E404")) {
            Assumptions.abort("no registry of npm is reached: " + raised.error());
        }
        assertThat(Code.returned(first).text()).isEqualTo("007");
        List<Path> installed = sets();
        assertThat(Code.returned(run(new Requirement("left-pad", "1.3.0"))).text())
                .isEqualTo("007");
        assertThat(sets()).isEqualTo(installed);
        assertThat(Code.returned(run(new Requirement("left-pad", "1.2.0"))).text())
                .isEqualTo("007");
        assertThat(sets()).hasSize(installed.size() + 1);
    }

    @Test
    void whatDoesNotExistIsSaidAndNotAskedForAgain() throws IOException {
        SandboxResult.Raised first = Code.raised(run(new Requirement("left-pad", "99.99.99")));
        assertThat(first.error())
                .startsWith("RequirementError: The npm packages left-pad@99.99.99 could not be installed: ");
        Assumptions.assumeTrue(
                first.error().contains("ETARGET") || first.error().contains("99.99.99."), first.error());
        FileTime before = Files.getLastModifiedTime(folder.resolve("npm"));
        assertThat(Code.raised(run(new Requirement("left-pad", "99.99.99"))).error())
                .isEqualTo(first.error());
        assertThat(Files.getLastModifiedTime(folder.resolve("npm"))).isEqualTo(before);
    }
}
