package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.testkit.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What TypeScript and JavaScript see and how their calls end, whatever the walls. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NodeContract {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    abstract Isolation isolation();

    LocalSandbox sandbox;

    @BeforeAll
    void open(@TempDir Path folder) {
        sandbox = LocalSandbox.open(Code.options(isolation(), folder));
        String refusal = sandbox.refusal(Language.TYPESCRIPT);
        Assumptions.assumeTrue(refusal == null, refusal);
    }

    @AfterAll
    void close() {
        sandbox.close();
    }

    static SandboxJob job(
            String source,
            @Nullable String function,
            String arguments,
            @Nullable JsonNode parameters,
            Duration timeout) {
        return new SandboxJob(
                "org-1",
                "agent-1",
                Language.TYPESCRIPT,
                source,
                function,
                Json.read(arguments, ObjectNode.class),
                parameters,
                null,
                null,
                Map.of("LETTA_AGENT_ID", "agent-1"),
                null,
                List.of(),
                timeout);
    }

    SandboxResult call(String source) {
        return sandbox.run(job(source, "f", "{}", null, PATIENCE));
    }

    SandboxResult.Returned returned(String source) {
        return Code.returned(call(source));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "plain"                              | plain                         | "plain"
                    null                                 | None                          | null
                    undefined                            | None                          | null
                    true                                 | True                          | true
                    [1, 'a', null, true]                 | [1, 'a', None, True]          | [1,"a",null,true]
                    ({a: [1, 2], b: null})               | {'a': [1, 2], 'b': None}      | {"a":[1,2],"b":null}
                    new Map([["a", new Set([1n])]])      | {'a': ['1']}                  | {"a":["1"]}
                    new Date(0)                          | 1970-01-01T00:00:00.000Z      | "1970-01-01T00:00:00.000Z"
                    Promise.resolve(7)                   | 7                             | 7
                    """)
    void returns(String expression, String text, String json) throws Exception {
        SandboxResult.Returned returned = returned("export function f(): unknown { return " + expression + "; }");

        assertThat(returned.text()).isEqualTo(text);
        assertThat(returned.value()).isEqualTo(Json.parse(json));
    }

    @Test
    void argumentsGoInTheOrderOfTheSchemaAndTakeItsTypes() throws Exception {
        String source =
                "type P = {n: number};\nexport const f = (a: number, b: string, p?: P, c = 4) => [a + 1, b, p?.n, c];";
        JsonNode parameters = Json.parse("{\"properties\":{\"a\":{\"type\":\"number\"},\"b\":{\"type\":\"string\"},"
                + "\"p\":{\"type\":\"object\"},\"c\":{\"type\":\"number\"}}}");
        SandboxResult result = sandbox.run(
                job(source, "f", "{\"b\":\"x\",\"a\":\"5\",\"p\":\"{\\\"n\\\":9}\"}", parameters, PATIENCE));

        assertThat(Code.returned(result).value()).isEqualTo(Json.parse("[6,\"x\",9,4]"));
    }

    @Test
    void aFunctionThatTakesOneObjectApartGetsOne() {
        String source = "function f({a, b = 2}: {a: number; b?: number}) { return a + b; }";

        assertThat(Code.returned(sandbox.run(job(source, "f", "{\"a\":1}", null, PATIENCE)))
                        .value()
                        .intValue())
                .isEqualTo(3);
    }

    @Test
    void outputIsKeptApartAndAnErrorKeepsIt() {
        SandboxResult.Raised raised = Code.raised(
                call(
                        "interface X {\n a: string\n}\nexport function f(): X {\n  console.log('hello'); console.error('err');\n  throw new TypeError('bad');\n}"));

        assertThat(raised.error()).isEqualTo("TypeError: bad");
        assertThat(raised.stdout()).containsExactly("hello\n");
        assertThat(raised.stderr().getFirst())
                .startsWith("err\n")
                .contains("TypeError: bad")
                .contains("tool.ts:6")
                .doesNotContain("node:internal", "keeper");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    export function g() {}                                       | ReferenceError: f is not defined
                    export const f = 5; function g() {}                          | ReferenceError: f is not defined
                    export function f() { process.exit(3) }                      | ProcessError: the tool's process ended before it returned (exit status 3)
                    import "nothing-such"; export function f() {}                | Error: Cannot find package 'nothing-such' imported from
                    export function f( { }                                       | SyntaxError:
                    export function f() { throw 'text' }                         | Error: text
                    export function f() { setTimeout(() => { throw new RangeError('late') }, 5); return new Promise(() => {}) } | RangeError: late
                    """)
    void failuresSayWhat(String source, String error) {
        assertThat(Code.raised(call(source)).error()).startsWith(error.strip());
    }

    @Test
    void aWholeProgramReturnsItsLastExpression() {
        SandboxResult.Returned returned = Code.returned(
                sandbox.run(job("const x: number = 20;\nconsole.log(x);\nx + 1", null, "{}", null, PATIENCE)));

        assertThat(returned.text()).isEqualTo("21");
        assertThat(returned.stdout()).containsExactly("20\n");
    }

    @Test
    void oldModulesWorkToo() {
        assertThat(returned("const os = require('node:os'); module.exports = {f: () => typeof os.cpus};")
                        .text())
                .isEqualTo("function");
    }

    @Test
    void theEnvironmentIsTheJobsOwn() {
        assertThat(returned("export function f() { return Object.keys(process.env).sort(); }")
                        .value())
                .extracting(JsonNode::textValue)
                .containsExactly("HOME", "LANG", "LETTA_AGENT_ID", "PATH", "TMPDIR");
    }

    @Test
    void nothingReachesTheNextCall() {
        returned(
                "import fs from 'node:fs'; export function f() { JSON.stringify = null as any; (globalThis as any).left = 1;"
                        + " fs.writeFileSync(process.env.HOME + '/left', 'x'); }");

        assertThat(returned(
                                "import fs from 'node:fs'; export function f() {"
                                        + " return [typeof JSON.stringify, typeof (globalThis as any).left, fs.existsSync(process.env.HOME + '/left')]; }")
                        .text())
                .isEqualTo("['function', 'undefined', False]");
    }

    @Test
    void timeIsUp() {
        long begun = System.nanoTime();
        SandboxResult result = sandbox.run(job(
                "export function f() { console.log('begun'); while (true) {} }",
                "f",
                "{}",
                null,
                Duration.ofSeconds(1)));

        assertThat(Code.raised(result).error())
                .isEqualTo("TimeoutError: Executing tool f timed out after 1.0 seconds.");
        assertThat(Code.raised(result).stdout()).containsExactly("begun\n");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void anInterruptStopsTheCall() throws Exception {
        List<SandboxResult> results = new java.util.concurrent.CopyOnWriteArrayList<>();
        Thread caller = new Thread(
                () -> results.add(call("export function f() { return new Promise(r => setTimeout(r, 60000)) }")));
        caller.start();
        Thread.sleep(500);
        caller.interrupt();
        caller.join(5_000);

        assertThat(results).hasSize(1);
        assertThat(Code.raised(results.getFirst()).error()).isEqualTo("CancelledError: The call was cancelled.");
    }

    @Test
    void badRequirementsSayWhy() {
        for (Requirement wrong : List.of(new Requirement("../x", null), new Requirement("left-pad", "file:/etc"))) {
            SandboxJob plain = job("export function f() {}", "f", "{}", null, PATIENCE);
            SandboxResult result = sandbox.run(new SandboxJob(
                    plain.organizationId(),
                    plain.trust(),
                    plain.language(),
                    plain.source(),
                    "f",
                    plain.arguments(),
                    null,
                    null,
                    null,
                    Map.of(),
                    null,
                    List.of(wrong),
                    PATIENCE));

            assertThat(Code.raised(result).error()).startsWith("RequirementError: npm_requirements: ");
        }
    }
}
