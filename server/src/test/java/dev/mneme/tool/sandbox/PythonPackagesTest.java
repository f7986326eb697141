package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Json;
import dev.mneme.testkit.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requirements: a folder for each set, from a registry that is a folder of the test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PythonPackagesTest {
    private Path folder;
    private Code code;

    @BeforeAll
    void open(@TempDir Path folder) throws IOException {
        this.folder = folder;
        wheel("greeting", "1.0", "def hello(): return 'hello 1'");
        wheel("greeting", "2.0", "def hello(): return 'hello 2'");
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PIP_NO_INDEX", "1");
        environment.put("PIP_FIND_LINKS", folder.toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        SandboxOptions usual = Code.options(Isolation.JAIL, folder.resolve("sandbox"));
        code = Code.open(SandboxOptions.usual(
                usual.isolation(),
                true,
                false,
                usual.guard(),
                usual.ownPort(),
                usual.folder(),
                null,
                environment,
                CallLimits.USUAL));
    }

    @AfterAll
    void close() {
        if (code != null) {
            code.close();
        }
    }

    /** The least that pip takes for a package. */
    private void wheel(String name, String version, String source) throws IOException {
        String info = name + "-" + version + ".dist-info/";
        try (ZipOutputStream zip = new ZipOutputStream(
                Files.newOutputStream(folder.resolve(name + "-" + version + "-py3-none-any.whl")))) {
            Map<String, String> files = Map.of(
                    name + ".py",
                    source,
                    info + "METADATA",
                    "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n",
                    info + "WHEEL",
                    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                    info + "RECORD",
                    "");
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private SandboxResult run(String source, Requirement... requirements) {
        SandboxJob plain = Code.job(source, "f", Json.object(), null, Duration.ofSeconds(30));
        return code.sandbox()
                .run(new SandboxJob(
                        plain.organizationId(),
                        plain.trust(),
                        plain.language(),
                        plain.source(),
                        plain.function(),
                        plain.arguments(),
                        null,
                        null,
                        null,
                        plain.environment(),
                        null,
                        List.of(requirements),
                        plain.timeout()));
    }

    @Test
    void eachSetHasItsOwnFolder() {
        String source = "import greeting\ndef f(): return greeting.hello()";

        assertThat(Code.returned(run(source, new Requirement("greeting", "1.0")))
                        .text())
                .isEqualTo("hello 1");
        assertThat(Code.returned(run(source, new Requirement("greeting", null))).text())
                .isEqualTo("hello 2");
        assertThat(Code.returned(run(source, new Requirement("greeting", "<2"))).text())
                .isEqualTo("hello 1");
        assertThat(Code.raised(run(source)).error()).isEqualTo("ModuleNotFoundError: No module named 'greeting'");
    }

    @Test
    void anotherEnvironmentHasAnotherFingerprint() {
        Requirement one = new Requirement("greeting", "1.0");
        Requirement other = new Requirement("parting", null);
        List<List<Requirement>> sets =
                List.of(List.of(), List.of(one), List.of(new Requirement("greeting", "2.0")), List.of(one, other));
        assertThat(sets.stream().map(set -> code.sandbox().fingerprint(Language.PYTHON, set)))
                .doesNotHaveDuplicates()
                .allMatch(print -> print.matches("\\d+"));
        assertThat(code.sandbox().fingerprint(Language.PYTHON, List.of(other, one)))
                .isEqualTo(code.sandbox().fingerprint(Language.PYTHON, List.of(one, other)));
        assertThat(code.sandbox().fingerprint(Language.JAVA, List.of()))
                .isNotEqualTo(code.sandbox().fingerprint(Language.PYTHON, List.of()));
    }

    @Test
    void whatCannotBeInstalledIsSaidPlainly() {
        assertThat(Code.raised(run("def f(): pass", new Requirement("no-such-package", null)))
                        .error())
                .startsWith(
                        "RequirementError: The packages that the tool needs are missing: pip: Could not find a version");
        assertThat(Code.raised(run("def f(): pass", new Requirement("--index-url=http://evil.test", null)))
                        .error())
                .contains("is no name of a package on PyPI");
    }

    @Test
    void withoutTheBaseOnlyItsImportsFail() {
        assertThat(Code.returned(run("def f(): return 1")).text()).isEqualTo("1");
        assertThat(Code.raised(run("def f():\n    import requests")).error())
                .startsWith(
                        "ModuleNotFoundError: No module named 'requests': the base packages could not be installed here: pip: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    requests        | -        | requests
                    requests        | 2.32.0   | requests==2.32.0
                    requests        | >=2, <3  | requests>=2,<3
                    requests>=2     | -        | requests>=2
                    uvicorn[standard] | -      | uvicorn[standard]
                    numpy           | 2.*      | numpy==2.*
                    ../evil         | -        | -
                    /tmp/evil.whl   | -        | -
                    evil.whl @ file:///tmp | - | -
                    git+https://evil.test/x | - | -
                    -r/etc/passwd   | -        | -
                    a; os_name      | -        | -
                    a               | 1 --pre  | -
                    a               | http://x | -
                    ''              | -        | -
                    """)
    void namesAndVersionsOnly(String name, @Nullable String version, @Nullable String text) throws Exception {
        Requirement requirement = new Requirement(name, version);
        if (text == null) {
            assertThatThrownBy(() -> PipRequirement.text(requirement)).isInstanceOf(RequirementFailed.class);
        } else {
            assertThat(PipRequirement.text(requirement)).isEqualTo(text);
        }
    }

    /** Needs PyPI, or a cache that an earlier run filled. */
    @Test
    void theBaseHasWhatToolsUse(@org.junit.jupiter.api.io.TempDir Path other) {
        try (Code real = Code.open(Isolation.JAIL, other)) {
            SandboxResult result = real.call("""
                    import requests, httpx, letta_client, pydantic
                    def f():
                        return [letta_client.Letta(api_key="k", base_url="http://mneme.internal").base_url.host, requests.get("http://10.0.0.1").status_code, httpx.get("http://10.0.0.1").status_code]
                    """, Duration.ofMinutes(3));
            if (result instanceof SandboxResult.Raised raised && raised.error().contains("could not be installed")) {
                Assumptions.abort("the base packages are not here and PyPI is not reached: " + raised.error());
            }
            assertThat(Code.returned(result).text()).isEqualTo("['mneme.internal', 403, 403]");
        }
    }

    @Test
    void nestedArgumentsBecomeModels(@org.junit.jupiter.api.io.TempDir Path other) throws Exception {
        try (Code real = Code.open(Isolation.JAIL, other)) {
            SandboxJob job = new SandboxJob(
                    "org-1",
                    "agent-1",
                    Language.PYTHON,
                    "def f(opts, many, plain): return [str(type(opts)), opts.size, many[0].size, plain, opts]",
                    "f",
                    (com.fasterxml.jackson.databind.node.ObjectNode)
                            Json.parse("{\"opts\":{\"size\":3},\"many\":[{\"size\":4}],\"plain\":{\"a\":1}}"),
                    null,
                    Json.parse("""
                            {"$defs":{"Opts":{"title":"Opts","type":"object","properties":{"size":{"type":"integer"},"note":{"type":"string","default":"n"}},"required":["size"]}},
                             "properties":{"opts":{"$ref":"#/$defs/Opts"},"many":{"type":"array","items":{"$ref":"#/$defs/Opts"}},"plain":{"type":"object"}}}"""),
                    null,
                    Map.of(),
                    null,
                    List.of(),
                    Duration.ofMinutes(3));
            SandboxResult result = real.sandbox().run(job);
            if (result instanceof SandboxResult.Raised raised && raised.error().contains("could not be installed")) {
                Assumptions.abort("the base packages are not here and PyPI is not reached: " + raised.error());
            }
            assertThat(Code.returned(result).value())
                    .isEqualTo(Json.parse("[\"<class '__main__.Opts'>\",3,4,{\"a\":1},{\"size\":3,\"note\":\"n\"}]"));
        }
    }
}
