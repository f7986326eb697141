package dev.mneme.tool.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Json;
import dev.mneme.tool.sandbox.Python;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonSchemasTest {
    private static final PythonSchemas SCHEMAS = new PythonSchemas(() -> Python.search(null, System.getenv()));

    @AfterAll
    static void stop() {
        SCHEMAS.close();
    }

    private static String parameters(String source) {
        return switch (SCHEMAS.read(source, null, false)) {
            case Reading.Found found -> Json.write(found.schema().path("parameters"));
            case Reading.Refused refused -> "refused: " + refused.why();
            case Reading.Unavailable unavailable -> throw new AssertionError(unavailable.why());
        };
    }

    private static String name(String source, String wanted) {
        return switch (SCHEMAS.read(source, wanted, false)) {
            case Reading.Found found -> found.schema().path("name").asText();
            case Reading.Refused refused -> "refused: " + refused.why();
            case Reading.Unavailable unavailable -> throw new AssertionError(unavailable.why());
        };
    }

    private static final String MODELS = """
            import typing as t
            from dataclasses import dataclass
            from enum import Enum, IntEnum, auto
            from typing import *
            from pydantic import BaseModel, Field
            Numbers = List[int]
            UserId = NewType("UserId", str)
            class Color(Enum):
                RED = "red"
                BLUE = "blue"
            class Level(IntEnum):
                LOW = auto()
                HIGH = auto()
            class Item(BaseModel):
                name: str = Field(..., description="The name.")
                count: int = Field(1, ge=1, le=9)
                kind: Literal["a", "b"] = "a"
                tags: list[str] = Field(default_factory=list, max_length=3)
            class Deep(Item):
                inner: Optional["Item"] = None
            class Loop(BaseModel):
                next: "Loop"
            class Point(TypedDict, total=False):
                x: Required[float]
                y: float
            @dataclass
            class Pair:
                left: int
                right: int = 2
            """;

    /** The schema of one parameter by its annotation; "?" before it: it need not be given. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "str; {\"type\":\"string\"}",
                "int; {\"type\":\"integer\"}",
                "float; {\"type\":\"number\"}",
                "bool; {\"type\":\"boolean\"}",
                "list; {\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
                "List; {\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
                "List[int]; {\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
                "list[list[bool]]; {\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":\"boolean\"}}}",
                "list[dict]; {\"type\":\"array\",\"items\":{\"type\":\"object\"}}",
                "typing.List[int]; {\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
                "\"str\"; {\"type\":\"string\"}",
                "\"list[int]\"; {\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
                "dict; {\"type\":\"object\"}",
                "Dict; {\"type\":\"object\"}",
                "dict[str, int]; {\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}",
                "Dict[str, List[float]]; {\"type\":\"object\",\"additionalProperties\":"
                        + "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}}",
                "dict[str, Any]; {\"type\":\"object\"}",
                "Any; {}",
                "Optional[int]; ?{\"type\":\"integer\"}",
                "t.Optional[int]; ?{\"type\":\"integer\"}",
                "int | None; ?{\"type\":\"integer\"}",
                "None | str; ?{\"type\":\"string\"}",
                "Union[int, None]; ?{\"type\":\"integer\"}",
                "Optional[Union[int, str]]; ?{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}",
                "Union[int, str]; {\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}",
                "int | str | None; ?{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}",
                "Literal[\"a\", \"b\"]; {\"type\":\"string\",\"enum\":[\"a\",\"b\"]}",
                "Literal[1, -2]; {\"type\":\"integer\",\"enum\":[1,-2]}",
                "Literal[\"a\", 1]; {\"enum\":[\"a\",1]}",
                "Literal[True]; {\"type\":\"boolean\",\"enum\":[true]}",
                "Literal[\"a\", None]; ?{\"type\":\"string\",\"enum\":[\"a\"]}",
                "Optional[Literal[\"a\"]]; ?{\"type\":\"string\",\"enum\":[\"a\"]}",
                "Color; {\"type\":\"string\",\"enum\":[\"red\",\"blue\"]}",
                "Level; {\"type\":\"integer\",\"enum\":[1,2]}",
                "Literal[Color.RED]; {\"type\":\"string\",\"enum\":[\"red\"]}",
                "tuple[int, int]; {\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":2,\"maxItems\":2}",
                "tuple[int, ...]; {\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
                "Tuple[int, str]; {\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]},"
                        + "\"minItems\":2,\"maxItems\":2}",
                "set[str]; {\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}",
                "datetime.datetime; {\"type\":\"string\",\"format\":\"date-time\"}",
                "date; {\"type\":\"string\",\"format\":\"date\"}",
                "bytes; {\"type\":\"string\"}",
                "Numbers; {\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
                "UserId; {\"type\":\"string\"}",
                "Annotated[int, Field(ge=1)]; {\"type\":\"integer\",\"minimum\":1}",
                "Annotated[str, \"Its own words.\"]; {\"type\":\"string\"}",
                "Point; {\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"number\"},\"y\":{\"type\":\"number\"}},"
                        + "\"required\":[\"x\"]}",
                "Pair; {\"type\":\"object\",\"properties\":{\"left\":{\"type\":\"integer\"},\"right\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"left\"]}"
            })
    void anAnnotationHasItsSchema(String annotation, String expected) {
        String source =
                MODELS + "def f(p: " + annotation + "):\n    \"\"\"Do.\n\n    Args:\n        p: Words.\n    \"\"\"\n";
        boolean needed = !expected.startsWith("?");
        String shape = needed ? expected : expected.substring(1);
        String inside = shape.substring(1, shape.length() - 1);
        assertThat(parameters(source))
                .isEqualTo("{\"type\":\"object\",\"properties\":{\"p\":{" + inside + (inside.isEmpty() ? "" : ",")
                        + "\"description\":\"Words.\"}},\"required\":[" + (needed ? "\"p\"" : "") + "]}");
    }

    @Test
    void aModelOfTheSourceIsANestedObject() {
        String source = MODELS + "def f(p: Deep):\n    \"\"\"Do.\n\n    Args:\n        p: Words.\n    \"\"\"\n";
        assertThat(parameters(source))
                .contains("\"name\":{\"type\":\"string\",\"description\":\"The name.\"}")
                .contains("\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}")
                .contains("\"kind\":{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}")
                .contains("\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"maxItems\":3}")
                .contains("\"inner\":{\"type\":\"object\",\"properties\":{\"name\"")
                .contains("\"required\":[\"name\",\"tags\"],\"description\":\"Words.\"");
    }

    static List<String> docstrings() {
        return List.of(
                "Do.\n\n    Args:\n        a (int): The first\n            of them.\n        b (Dict[str, (int)]): Second.\n"
                        + "        ghost: Not there.\n\n    Returns:\n        str: x",
                "Do.\n\n    Parameters\n    ----------\n    a : int\n        The first\n        of them.\n    b : dict\n        Second.\n\n"
                        + "    Returns\n    -------\n    str\n        x",
                "Do.\n\n    :param a: The first\n        of them.\n    :type a: int\n    :param int b: Second.\n    :returns: x",
                "Do.\n\n    @param a: The first\n        of them.\n    @param b: Second.\n    @return: x");
    }

    @ParameterizedTest
    @MethodSource("docstrings")
    void everyStyleOfDocstringIsRead(String docstring) {
        String source = "def f(a: int, b: str = 'x'):\n    \"\"\"" + docstring + "\n    \"\"\"\n";
        Reading.Found found = (Reading.Found) SCHEMAS.read(source, null, false);
        assertThat(found.schema().path("description").asText()).isEqualTo("Do.");
        assertThat(parameters(source))
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"description\":\"The first\\nof them.\"},"
                                + "\"b\":{\"type\":\"string\",\"description\":\"Second.\"}},\"required\":[\"a\"]}");
    }

    @Test
    void theDescriptionHasItsExamples() {
        String source =
                "def f():\n    \"\"\"\n    Short line\n    second line.\n\n    More.\n\n    Returns:\n        x\n\n"
                        + "    Examples:\n        f()\n\n    Raises:\n        E: y\n    \"\"\"\n";
        Reading.Found found = (Reading.Found) SCHEMAS.read(source, null, false);
        assertThat(found.schema().path("description").asText())
                .isEqualTo("Short line\n\nsecond line.\n\nMore.\n\nExamples:\n    f()\n\nRaises:\n    E: y");
        assertThat(parameters(source)).isEqualTo("{\"type\":\"object\",\"properties\":{},\"required\":[]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "def a(): D;;a",
                "def a(): D|def b(): D;;b",
                "def a(): D|def _b(): D;;a",
                "def _a(): D;;_a",
                "def a(): D|def b(): D;a;a",
                "def a(): D|def b(): D;c;b",
                "async def a(): D;;a",
                "async def a(): D|def b(): D;a;a",
                "@tool|def a(): D;;a",
                "class C:|  def m(self): D|def a(): D;;a",
                "def a():|  'D'|  def inner(x): pass;;a",
                "if True:|  def a(): D;;a",
                "\ufeffdef a(): D;;a"
            })
    void theFunctionOfTheTopLevelIsTheTool(String lines, String wanted, String expected) {
        assertThat(name(lines.replace('|', '\n').replace(" D", " 'Docs.'"), wanted))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "def f(: pass;Failed to parse source code: ",
                "x = 1;No functions found in source code",
                "class A:|  def m(self): 'D';No functions found in source code",
                "x = 1|def f(): pass;Function f missing docstring (line 2)",
                "def f(): '';Function f missing docstring (line 1)",
                "def f(a): 'D';Type error in schema generation: Parameter 'a' in function 'f' lacks a type annotation (line 1)",
                "def f(|a: int): 'D';Value error in schema generation: Parameter 'a' in function 'f' lacks a description in the "
                        + "docstring (line 2)",
                "def f(a: Unknown): 'D';Python type Unknown has no corresponding JSON schema type (parameter 'a' in function "
                        + "'f', line 1)",
                "def f(a: 'no type'): 'D';(parameter 'a' in function 'f', line 1)",
                "class L(BaseModel):|  n: 'L'|def f(a: L): 'D';Value error in schema generation: L holds itself; give the tool a "
                        + "json_schema (field 'n' of L, line 2) (parameter 'a' in function 'f', line 3)"
            })
    void whatIsMissingIsNamedWithItsLine(String lines, String says) {
        assertThat(parameters(lines.replace('|', '\n'))).startsWith("refused: ").contains(says);
    }

    @Test
    void whoeverRunsTheToolFillsInSomeParametersItself() {
        String source = "def f(self, agent_state: 'AgentState', agent_id: str, *rest: int, k: int = 1, **more):\n"
                + "    '''Do.\n\n    Args:\n        k: Words.\n    '''\n";
        assertThat(parameters(source))
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{\"k\":{\"type\":\"integer\",\"description\":\"Words.\"}},"
                                + "\"required\":[]}");
    }

    @Test
    void nothingOfTheSourceIsRun() {
        Path trace = Path.of(
                System.getProperty("java.io.tmpdir"),
                "mneme-was-run-" + ProcessHandle.current().pid());
        String source = "open('" + trace + "', 'w').write('x')\nraise SystemExit(3)\ndef f(a=exit()):\n    'Docs.'\n";
        assertThat(name(source, null)).startsWith("refused: Type error");
        assertThat(trace).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 400_000})
    void aSourceThatBreaksTheParserIsARefusal(int depth) {
        assertThat(parameters("x = " + "(".repeat(depth) + ")".repeat(depth))).startsWith("refused: ");
        assertThat(parameters("x = " + "-".repeat(depth) + "1")).startsWith("refused: ");
        assertThat(name("def after(): 'Docs.'", null)).isEqualTo("after");
    }

    @Test
    void withoutPythonTheAnswerSaysWhatToDo() {
        try (PythonSchemas none = new PythonSchemas(() -> Python.search("/nowhere/python3", Map.of()))) {
            assertThat(none.read("def f(): 'D'", null, false))
                    .isInstanceOfSatisfying(
                            Reading.Unavailable.class,
                            unavailable -> assertThat(unavailable.why())
                                    .contains("json_schema")
                                    .contains("MNEME_PYTHON"));
        }
    }
}
