package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.testkit.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Python code sees and how its calls end (contract 05 §4 to §6), whatever the walls. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PythonContract {
    abstract Isolation isolation();

    Code code;

    @BeforeAll
    void open(@TempDir Path folder) {
        code = Code.open(isolation(), folder);
    }

    @AfterAll
    void close() {
        if (code != null) {
            code.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    'plain'                              | plain                         | "plain"
                    None                                 | None                          | null
                    True                                 | True                          | true
                    [1, 'a', None, True]                 | [1, 'a', None, True]          | [1,"a",null,true]
                    {'a': [1, 2], 'b': None}             | {'a': [1, 2], 'b': None}      | {"a":[1,2],"b":null}
                    __import__('datetime').datetime(2020, 1, 1) | 2020-01-01 00:00:00    | "2020-01-01 00:00:00"
                    {1: (2, 3)}                          | {'1': [2, 3]}                 | {"1":[2,3]}
                    float('nan')                         | nan                           | "nan"
                    '\\ud800'                            | \\ud800                       | "\\\\ud800"
                    b'\\xff'                             | b'\\xff'                      | "b'\\\\xff'"
                    """)
    void returns(String expression, String text, String json) throws Exception {
        SandboxResult.Returned returned = code.returned("def f():\n    return " + expression);

        assertThat(returned.text()).isEqualTo(text);
        assertThat(returned.value()).isEqualTo(Json.parse(json));
    }

    @Test
    void outputIsKeptApart() {
        SandboxResult.Returned returned = code.returned(
                "import sys, os\ndef f():\n    print('hello'); print('err', file=sys.stderr); sys.stdout.flush(); os.system('echo child')");

        assertThat(returned.stdout()).containsExactly("hello\nchild\n");
        assertThat(returned.stderr()).containsExactly("err\n");
        assertThat(code.returned("def f(): pass").stdout()).isEmpty();
    }

    @Test
    void anExceptionKeepsItsOutputAndItsTrace() {
        SandboxResult.Raised raised =
                Code.raised(code.call("def f():\n    print('before')\n    raise ValueError('bad')\n"));

        assertThat(raised.error()).isEqualTo("ValueError: bad");
        assertThat(raised.stdout()).containsExactly("before\n");
        assertThat(raised.stderr().getFirst())
                .startsWith("Traceback (most recent call last):\n  File \"tool.py\", line 3, in f\n")
                .contains("raise ValueError('bad')")
                .doesNotContain("mneme");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    def f(x): pass                       | TypeError: f() missing 1 required positional argument: 'x'
                    def g(): pass                        | NameError: name 'f' is not defined
                    import sys; f = lambda: sys.exit(3)  | SystemExit: 3
                    import os; f = lambda: os._exit(4)   | ProcessError: the tool's process ended before it returned (exit status 4)
                    import nothing_such                  | ModuleNotFoundError: No module named 'nothing_such'
                    def f( : pass                        | SyntaxError: invalid syntax (tool.py, line 1)
                    """)
    void failuresSayWhat(String source, String error) {
        assertThat(Code.raised(code.call(source)).error()).isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    int                 | "5"          | 5
                    float               | "2.5"        | 2.5
                    float               | 3            | 3.0
                    bool                | "true"       | True
                    int                 | "many"       | 'many'
                    List[int]           | ["1", 2]     | [1, 2]
                    Dict[str, int]      | {"a": "1"}   | {'a': 1}
                    Optional[int]       | "7"          | 7
                    Optional[int]       | null         | None
                    Color               | "red"        | <Color.RED: 'red'>
                    Literal[1, 2]       | "2"          | 2
                    str                 | "5"          | '5'
                    'Unknown'           | "5"          | '5'
                    """)
    void argumentsFollowTheirAnnotation(String annotation, String json, String repr) throws Exception {
        String source = """
                import enum
                from typing import *
                class Color(enum.Enum):
                    RED = "red"
                def f(x: %s):
                    return repr(x)
                """.formatted(annotation);
        ObjectNode arguments = Json.object();
        arguments.set("x", Json.parse(json));

        assertThat(Code.returned(code.call(source, arguments)).text()).isEqualTo(repr);
    }

    @Test
    void blocksOfTheAgentCanBeEdited() throws Exception {
        ObjectNode state = (ObjectNode) Json.parse("""
                        {"id":"agent-1","name":"Ada","memory":{"blocks":[{"label":"human","value":"old","limit":100}],"file_blocks":[]}}""");
        String source = """
                def f(agent_state: "AgentState", agent_id: str):
                    agent_state.memory.update_block_value(label="human", value="new")
                    assert agent_state.memory.list_block_labels() == ["human"]
                    return [agent_state.name, agent_id, agent_state.memory.get_block("human").value]
                """;

        SandboxResult.Returned returned =
                Code.returned(code.sandbox().run(Code.job(source, "f", Json.object(), state, Duration.ofSeconds(10))));

        assertThat(returned.text()).isEqualTo("['Ada', 'agent-1', 'new']");
        assertThat(returned.agentState()).isNotNull();
        assertThat(returned.agentState().at("/memory/blocks/0"))
                .isEqualTo(Json.parse("{\"label\":\"human\",\"value\":\"new\",\"limit\":100}"));
    }

    @Test
    void coroutinesAreAwaited() {
        assertThat(code.returned("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 7")
                        .text())
                .isEqualTo("7");
    }

    @Test
    void aWholeProgramReturnsItsLastExpression() {
        SandboxResult.Returned returned = Code.returned(code.sandbox()
                .run(Code.job("x = 20\nprint(x)\nx + 1", null, Json.object(), null, Duration.ofSeconds(10))));

        assertThat(returned.text()).isEqualTo("21");
        assertThat(returned.stdout()).containsExactly("20\n");
    }

    @Test
    void theEnvironmentIsTheJobsOwn() {
        assertThat(code.returned("import os\ndef f(): return sorted(os.environ)")
                        .value())
                .extracting(node -> node.textValue())
                .contains("LETTA_AGENT_ID", "HOME")
                .isSubsetOf(
                        "LETTA_AGENT_ID",
                        "HOME",
                        "TMPDIR",
                        "PATH",
                        "LANG",
                        "HTTP_PROXY",
                        "HTTPS_PROXY",
                        "http_proxy",
                        "https_proxy",
                        "SSL_CERT_FILE",
                        "REQUESTS_CA_BUNDLE");
    }

    @Test
    void nothingReachesTheNextCall() {
        code.returned(
                "import json, os, builtins\ndef f():\n    json.dumps = None; builtins.sorted = None; open(os.environ['HOME'] + '/left', 'w').write('x')");

        assertThat(code.returned(
                                "import json, os\ndef f(): return [json.dumps(sorted('ba')), os.listdir(os.environ['HOME'])]")
                        .text())
                .isEqualTo("['[\"a\", \"b\"]', []]");
    }

    @Test
    void timeIsUp() {
        long begun = System.nanoTime();

        assertThat(Code.raised(code.call("def f():\n    while True: pass", Duration.ofSeconds(1)))
                        .error())
                .isEqualTo("TimeoutError: Executing tool f timed out after 1.0 seconds.");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void anInterruptStopsTheCall() throws Exception {
        List<SandboxResult> results = new java.util.concurrent.CopyOnWriteArrayList<>();
        Thread caller = new Thread(() -> results.add(code.call("import time\ndef f(): time.sleep(60)")));
        caller.start();
        Thread.sleep(300);
        caller.interrupt();
        caller.join(5_000);

        assertThat(results).hasSize(1);
        assertThat(Code.raised(results.getFirst()).error()).isEqualTo("CancelledError: The call was cancelled.");
    }
}
