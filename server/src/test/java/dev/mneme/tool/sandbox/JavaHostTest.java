package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.testkit.Code;
import java.nio.file.Files;
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
import org.junit.jupiter.params.provider.ValueSource;

/** What Java code sees in the jail, how its calls end, and what hostile code gets there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaHostTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private LocalSandbox sandbox;

    @BeforeAll
    void open(@TempDir Path folder) {
        sandbox = LocalSandbox.open(Code.options(Isolation.JAIL, folder));
        String refusal = sandbox.refusal(Language.JAVA);
        Assumptions.assumeTrue(refusal == null, refusal);
    }

    @AfterAll
    void close() {
        sandbox.close();
    }

    private SandboxResult call(String source, @Nullable String function, String arguments, Duration timeout) {
        return sandbox.run(new SandboxJob(
                "org-1",
                "agent-1",
                Language.JAVA,
                source,
                function,
                Json.read(arguments, ObjectNode.class),
                null,
                null,
                null,
                Map.of("LETTA_AGENT_ID", "agent-1"),
                null,
                List.of(),
                timeout));
    }

    /** Calls f of a compact source. */
    private SandboxResult call(String source) {
        return call(source, "f", "{}", PATIENCE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    String f() { return "plain"; }                                   | plain                     | "plain"
                    void f() { }                                                     | None                      | null
                    Object f() { return List.of(1, "a", true); }                     | [1, 'a', True]            | [1,"a",true]
                    record P(int a, String b) {} P f() { return new P(1, null); }    | {'a': 1, 'b': None}       | {"a":1,"b":null}
                    Optional<Integer> f() { return Optional.of(7); }                 | 7                         | 7
                    String f() { return System.getenv("LETTA_AGENT_ID"); }           | agent-1                   | "agent-1"
                    """)
    void returns(String source, String text, String json) throws Exception {
        SandboxResult.Returned returned = Code.returned(call(source));

        assertThat(returned.text()).isEqualTo(text);
        assertThat(returned.value()).isEqualTo(Json.parse(json));
    }

    @Test
    void argumentsTakeTheTypesOfTheMethod() {
        String source = """
                import java.util.*;
                public class Book {
                    enum Mode { FAST, SLOW }
                    record Place(String city, int zip) {}
                    public static String book(Place place, List<Integer> nights, Mode mode, Optional<String> note, double factor) {
                        return place.city() + place.zip() + nights.get(1) + mode + note.orElse("-") + factor;
                    }
                }
                """;
        String arguments =
                "{\"place\":{\"city\":\"Rome\",\"zip\":\"12\"},\"nights\":[1,2],\"mode\":\"SLOW\",\"factor\":\"1.5\"}";

        assertThat(Code.returned(call(source, "book", arguments, PATIENCE)).text())
                .isEqualTo("Rome122SLOW-1.5");
        assertThat(Code.raised(call(source, "book", "{}", PATIENCE)).error())
                .isEqualTo("IllegalArgumentException: the argument 'place' is missing");
    }

    @Test
    void anExceptionKeepsItsOutputAndItsTrace() {
        SandboxResult.Raised raised = Code.raised(
                call(
                        "void f() {\n  IO.println(\"before\");\n  System.err.println(\"err\");\n  throw new IllegalStateException(\"bad\");\n}"));

        assertThat(raised.error()).isEqualTo("IllegalStateException: bad");
        assertThat(raised.stdout()).containsExactly("before\n");
        assertThat(raised.stderr().getFirst())
                .contains("err\n", "IllegalStateException: bad", "Tool.java:4")
                .doesNotContain("mneme");
    }

    @Test
    void aWholeProgramRuns() {
        SandboxResult.Returned returned =
                Code.returned(call("void main() { IO.println(\"hi\"); }", null, "{}", PATIENCE));

        assertThat(returned.stdout()).containsExactly("hi\n");
    }

    @Test
    void nothingStaticReachesTheNextCall() {
        String source = "static int count = 0; int f() { return ++count; }";

        assertThat(Code.returned(call(source)).text()).isEqualTo("1");
        assertThat(Code.returned(call(source)).text()).isEqualTo("1");
    }

    @Test
    void aLateCallEndsItsMachineAndTheNextOneStartsAfresh() {
        String source = "String f(boolean hang) { IO.println(\"begun\"); while (hang) {} return \"well\"; }";
        SandboxResult.Raised raised = Code.raised(call(source, "f", "{\"hang\":true}", Duration.ofSeconds(1)));

        assertThat(raised.error()).isEqualTo("TimeoutError: Executing tool f timed out after 1.0 seconds.");
        assertThat(raised.stdout()).containsExactly("begun\n");
        assertThat(Code.returned(call(source, "f", "{\"hang\":false}", PATIENCE))
                        .text())
                .isEqualTo("well");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Files.readString(Path.of(\"/etc/shadow\"))",
                "Files.list(Path.of(\"/work\")).toList()",
                "Files.list(Path.of(\"/root\")).toList()",
                "Files.writeString(Path.of(\"/usr/x\"), \"x\")",
                "Files.writeString(Path.of(\"/mneme/programs/x\"), \"x\")",
                "new java.net.Socket(\"10.0.0.1\", 5432)",
                "new java.net.Socket(\"169.254.169.254\", 80)",
                "new java.net.Socket(\"127.0.0.1\", 8283)",
                "java.net.URI.create(\"https://10.0.0.1/\").toURL().openStream()",
                "Class.forName(\"dev.mneme.tool.sandbox.inmate.JavaInmate\")",
                "\"x\".repeat(100_000_000)"
            })
    void nothingIsReached(String expression) {
        SandboxResult.Raised raised =
                Code.raised(call("import java.nio.file.*; Object f() throws Exception { return " + expression + "; }"));
        assertThat(raised.error()).doesNotContain("TimeoutError");
    }

    @Test
    void nothingOfTheServerIsSeen(@TempDir Path data) throws Exception {
        Path key = Files.writeString(data.resolve("mneme.key"), "the key");
        SandboxResult.Returned returned = Code.returned(call("""
                import java.nio.file.*;
                Object f() throws Exception {
                    var seen = new ArrayList<String>();
                    for (String path : List.of("%s", "/proc/kcore", "/dev/sda", "/dev/vda", "/proc/1/root/work")) {
                        try { Files.readString(Path.of(path)); seen.add(path); } catch (Exception e) { }
                    }
                    String all = "";
                    try { all = Files.readString(Path.of("/proc/self/environ")); } catch (java.io.IOException e) { }
                    for (String name : all.split("\\0")) {
                        String key = name.split("=")[0];
                        if (!Set.of("HOME", "LANG", "MALLOC_ARENA_MAX", "PWD", "NLSPATH", "").contains(key)) seen.add(key);
                    }
                    seen.add(String.valueOf(ProcessHandle.allProcesses().count()));
                    System.out.write(0xff);
                    seen.add("a\\ud800");
                    return seen;
                }""".formatted(key)));

        assertThat(returned.text()).isEqualTo("['1', 'a?']");
        assertThat(returned.stdout()).containsExactly("\ufffd");
    }

    @Test
    void childrenAreNotLeftBehind() throws Exception {
        Code.returned(call("void f() throws Exception { new ProcessBuilder(\"/bin/sleep\", \"27.1828\").start(); }"));
        for (int i = 0; i < 50; i++) {
            if (ProcessHandle.allProcesses()
                    .noneMatch(each -> each.info().commandLine().orElse("").contains("27.1828"))) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("it lives on");
    }

    @Test
    void hogsEnd() {
        assertThat(Code.raised(
                                call(
                                        "void f() { var all = new ArrayList<byte[]>(); while (true) all.add(new byte[10_000_000]); }"))
                        .error())
                .startsWith("MemoryError");
        assertThat(Code.raised(call("void f() { System.exit(3); }")).error()).startsWith("ProcessError");
        SandboxResult.Raised loud = Code.raised(
                call("void f() { while (true) IO.println(\"x\".repeat(1000)); }", "f", "{}", Duration.ofSeconds(2)));
        assertThat(loud.stdout().getFirst().length()).isBetween(1_000_000, 1_001_000);
        assertThat(
                        call(
                                "void f() throws Exception { while (true) new ProcessBuilder(\"/bin/sleep\", \"60\").start(); }"))
                .isInstanceOf(SandboxResult.Raised.class);
        assertThat(Code.returned(call("int f() { return 1; }")).text()).isEqualTo("1");
    }

    @Test
    void threadsThatAreLeftBehindEndTheirMachine() throws Exception {
        String source =
                "String f() { Thread.ofPlatform().daemon().start(() -> { while (true) Thread.onSpinWait(); }); return \"left\"; }";
        for (int i = 0; i < 3; i++) {
            assertThat(Code.returned(call(source)).text()).isEqualTo("left");
            Thread.sleep(100);
        }
    }

    @Test
    void schemasComeFromSignatureAndJavadoc() throws Exception {
        String source = """
                import java.util.*;
                public class Book {
                    /** @param city Name of the city. */
                    public record Place(String city, Optional<Integer> zip) {}
                    public enum Mode { FAST, SLOW }
                    /**
                     * Books a room.
                     *
                     * @param place Where to stay.
                     * @param tags Free labels.
                     */
                    public static String book(Place place, List<String> tags, Mode mode, Map<String, Double> prices, Optional<Boolean> late) {
                        return "";
                    }
                    static void inner() {}
                }
                """;
        JsonNode schema = sandbox.java().read(source, null, false).path("schema");

        assertThat(schema).isEqualTo(Json.parse("""
                {"name":"book","description":"Books a room.","parameters":{"type":"object","properties":{
                 "place":{"type":"object","properties":{"city":{"type":"string","description":"Name of the city."},"zip":{"type":"integer"}},
                   "required":["city"],"description":"Where to stay."},
                 "tags":{"type":"array","items":{"type":"string"},"description":"Free labels."},
                 "mode":{"type":"string","enum":["FAST","SLOW"]},
                 "prices":{"type":"object","additionalProperties":{"type":"number"}},
                 "late":{"type":"boolean"}},"required":["place","tags","mode","prices"]}}"""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    int f() {\\n return \"x\";\\n}                 | The source does not compile: line 2: incompatible types: java.lang.String cannot be converted to int
                    int f( {}                                    | The source does not compile: line 1:
                    int f() { return 1; }                        | Method f missing Javadoc comment (line 1)
                    /** Hi. */\\nint f(Thread t) { return 1; }   | Parameter 't' in method 'f' (line 2) has the type java.lang.Thread, which has no JSON schema
                    public class A { }                           | There is no public static method in the source
                    """)
    void refusalsNameTheLine(String source, String why) throws Exception {
        assertThat(sandbox.java()
                        .read(source.replace("\\n", "\n"), null, false)
                        .path("refusal")
                        .asText())
                .startsWith(why);
    }
}
