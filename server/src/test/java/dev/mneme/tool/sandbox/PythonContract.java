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
                    Point               | {"x": "1", "color": "red"} | Point(x=1, color=<Color.RED: 'red'>)
                    Optional[Point]     | {"x": 1}     | Point(x=1, color=None)
                    List[Point]         | [{"x": 1}]   | [Point(x=1, color=None)]
                    Dict[str, Point]    | {"a": {"x": 1}} | {'a': Point(x=1, color=None)}
                    Point               | {"y": 1}     | {'y': 1}
                    Union[int, List[Point]] | [{"x": 1}] | [Point(x=1, color=None)]
                    Place               | {"x": "1"}   | Place(x=1, name='here')
                    Words               | {"n": "1"}   | {'n': 1}
                    datetime            | "2024-01-02T03:04:05Z" | datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
                    Optional[date]      | "2024-01-02" | datetime.date(2024, 1, 2)
                    date                | "tomorrow"   | 'tomorrow'
                    Decimal             | 1.5          | Decimal('1.5')
                    UUID                | "00000000-0000-0000-0000-000000000001" | UUID('00000000-0000-0000-0000-000000000001')
                    Path                | "/a/b"       | PosixPath('/a/b')
                    bytes               | "é"          | b'\\xc3\\xa9'
                    frozenset[int]      | ["1"]        | frozenset({1})
                    Tuple[int, str]     | ["1", "2"]   | (1, '2')
                    Sequence[int]       | ["1"]        | [1]
                    Mapping[str, int]   | {"a": "1"}   | {'a': 1}
                    """)
    void argumentsFollowTheirAnnotation(String annotation, String json, String repr) throws Exception {
        String source = """
                import enum
                from dataclasses import dataclass
                from datetime import date, datetime
                from decimal import Decimal
                from pathlib import Path
                from typing import *
                from uuid import UUID
                class Color(enum.Enum):
                    RED = "red"
                @dataclass
                class Point:
                    x: int
                    color: Optional[Color] = None
                class Place(NamedTuple):
                    x: int
                    name: str = "here"
                class Words(TypedDict, total=False):
                    n: int
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    def f(): yield 1; yield {'a': (2,)}          | [1, {'a': [2]}]
                    async def f(): yield 1; yield 2              | [1, 2]
                    def f(a: int = 3, /, b: int = 4): return a, b | [3, 4]
                    def f(x: int, /, y: str = 'y'): return x, y  | [5, 'y']
                    def f(x: Optional[int], /, y: int): return x, y | [5, 6]
                    \ufeffdef f(): return 1                      | 1
                    """)
    void unusualFunctionsAreCalledToo(String source, String text) {
        ObjectNode arguments = Json.object();
        if (source.contains("x:")) {
            arguments.put("x", 5);
        }
        if (source.contains("y: int")) {
            arguments.put("y", 6);
        }

        assertThat(Code.returned(code.call(source, arguments)).text()).isEqualTo(text);
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
