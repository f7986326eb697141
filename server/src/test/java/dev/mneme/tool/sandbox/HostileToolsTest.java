package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Json;
import dev.mneme.testkit.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Code that means harm, in the real jail. After each the same server serves the next call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileToolsTest {
    private static final CallLimits LIMITS = CallLimits.USUAL.withMemory(256L << 20);

    private Path data;
    private Code code;

    @BeforeAll
    void open(@TempDir Path folder) throws IOException {
        data = folder;
        Files.writeString(folder.resolve("mneme.key"), "the key");
        SandboxOptions usual = Code.options(Isolation.JAIL, folder.resolve("sandbox"));
        code = Code.open(SandboxOptions.usual(
                usual.isolation(),
                usual.network(),
                usual.keysOnly(),
                usual.guard(),
                usual.ownPort(),
                usual.folder(),
                usual.python(),
                usual.environment(),
                LIMITS));
    }

    @AfterAll
    void close() {
        if (code != null) {
            code.close();
        }
    }

    @AfterEach
    void theNextCallIsServedAndNothingIsLeft() {
        String look = """
                import os, glob
                def f():
                    commands = []
                    for path in glob.glob("/proc/[0-9]*"):
                        try:
                            commands.append(open(path + "/cmdline").read())
                        except OSError:
                            pass  # it has just ended
                    return [os.listdir("/tmp"), os.listdir("/dev/shm"), len([c for c in commands if "sleep" in c])]
                """;
        // An answer does not wait for the end of what its call left behind.
        String left = code.returned(look).text();
        for (int again = 0; again < 50 && !left.equals("[[], [], 0]"); again++) {
            left = code.returned(look).text();
        }
        assertThat(left).isEqualTo("[[], [], 0]");
    }

    private String error(String body) {
        return Code.raised(code.call("import os, sys, mmap\ndef f():\n" + body.indent(4), Duration.ofSeconds(20)))
                .error();
    }

    private String value(String body) {
        return code.returned("import os, sys\ndef f():\n" + body.indent(4)).text();
    }

    @Test
    void forkBomb() {
        long begun = System.nanoTime();
        SandboxResult.Raised raised =
                Code.raised(code.call("import os\ndef f():\n    while True: os.fork()", Duration.ofSeconds(3)));

        assertThat(raised.error()).matches("BlockingIOError: .*|TimeoutError: .*|MemoryError: .*|OSError: .*");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void forkBombThatHidesItsErrors() {
        assertThat(Code.raised(code.call("""
                                import os, time
                                def f():
                                    while True:
                                        try: os.fork()
                                        except OSError: time.sleep(0.01)
                                """, Duration.ofSeconds(2))).error())
                .matches("TimeoutError: .*|MemoryError: .*|OSError: .*");
    }

    @Test
    void memoryHogs() {
        assertThat(error("x = []\nwhile True: x.append(bytearray(1 << 20))")).startsWith("MemoryError");
        assertThat(error("""
                        x = []
                        while True:
                            x.append(mmap.mmap(-1, 1 << 24)); x[-1].write(b"x" * (1 << 24))""")).matches("MemoryError.*|OSError.*");
        assertThat(error("""
                        for _ in range(8):
                            if os.fork() == 0: break
                        x = bytearray(200 << 20)
                        import time; time.sleep(60)""")).startsWith("MemoryError");
    }

    @Test
    void endlessLoop() {
        assertThat(Code.raised(code.call("def f():\n    while True: pass", Duration.ofSeconds(1)))
                        .error())
                .isEqualTo("TimeoutError: Executing tool f timed out after 1.0 seconds.");
    }

    @Test
    void endlessOutput() {
        SandboxResult.Raised raised = Code.raised(code.call(
                "import sys\ndef f():\n    while True: print('y' * 9999); print('z' * 9999, file=sys.stderr)",
                Duration.ofSeconds(2)));

        assertThat(raised.stdout().getFirst())
                .hasSizeLessThan(LIMITS.output() + 200)
                .endsWith("[the rest of the output was dropped: more than 1000000 bytes]\n");
        assertThat(raised.stderr().getFirst()).hasSizeLessThan(LIMITS.output() + 200);
    }

    @Test
    void aHugeReturn() {
        assertThat(error("return 'x' * 100_000_000"))
                .matches("ValueError: the return value is too large.*|MemoryError.*");
    }

    @Test
    void aForgedResult() {
        assertThat(error("""
                        for fd in range(3, 30):
                            try: os.write(fd, b"\\xff\\xff\\xff\\xff" * 10)
                            except OSError: pass
                        os._exit(0)""")).matches("ProcessError.*|ValueError.*");
        assertThat(error("""
                        for fd in range(3, 30):
                            try: os.write(fd, b"\\0\\0\\0\\5{oops")
                            except OSError: pass
                        import time; time.sleep(5)""")).isEqualTo("ValueError: the result is no JSON");
    }

    @Test
    void bytesThatAreNoText() {
        SandboxResult.Returned returned = code.returned(
                "import os\ndef f():\n    os.write(1, b'\\xff\\xfe'); return [b'\\xff', '\\udcff', {'\\ud800': 1}]");

        assertThat(returned.stdout()).containsExactly("\ufffd\ufffd");
        assertThat(returned.value().toString()).isEqualTo("[\"b'\\\\xff'\",\"\\\\udcff\",{\"\\\\ud800\":1}]");
    }

    @Test
    void filesOfTheMachine() {
        String seen = value("""
                found = []
                for path in %s:
                    try:
                        found.append((path, open(path).read()[:20]))
                    except OSError:
                        pass
                return found""".formatted(Json.write(List.of(
                "/etc/shadow",
                data.resolve("mneme.key").toString(),
                "/root/.bashrc",
                "/root/.ssh/id_rsa",
                "/proc/2/environ",
                "/proc/1/mem",
                "/proc/kcore",
                "/dev/sda",
                "/dev/vda",
                "/run/mneme/call.sock",
                "/var/log/dpkg.log"))));

        assertThat(seen).isEqualTo("[]");
        assertThat(
                        value(
                                "return sorted(each.partition('=')[0] for each in open('/proc/1/environ').read().split('\\0') if each)"))
                .as("the first process that it sees is itself, and the jail's environment is ours")
                .isEqualTo("['HOME', 'LANG', 'MALLOC_ARENA_MAX', 'PWD']");
        assertThat(value("return [os.path.exists(p) for p in ('%s', '/home', '/work', '/var')]".formatted(data)))
                .isEqualTo("[False, False, False, False]");
        assertThat(value("return os.listdir('/run/mneme')")).isEqualTo("[]");
    }

    @Test
    void writingOutsideTheOwnFolder() {
        assertThat(value("""
                        written = []
                        for folder in ("/", "/usr", "/usr/bin", "/etc", "/dev", "/run", "/run/mneme", "/mneme/programs", "/proc", "/proc/sys/kernel", os.path.dirname(os.__file__)):
                            try:
                                open(folder + "/written", "w").close(); written.append(folder)
                            except OSError:
                                pass
                        return written""")).isEqualTo("[]");
        assertThat(error("open('/tmp/big', 'wb').write(b'x' * (100 << 20))")).startsWith("OSError");
        assertThat(value("open('/tmp/small', 'w').write('x'); return os.listdir('/tmp')"))
                .isEqualTo("['small']");
    }

    @Test
    void theServersEnvironment() {
        assertThat(System.getenv("PATH")).isNotBlank();
        assertThat(value("return [name for name in os.environ if name in %s]"
                        .formatted(Json.write(System.getenv().keySet().stream()
                                .filter(name -> !List.of(
                                                "PATH",
                                                "HOME",
                                                "LANG",
                                                "TMPDIR",
                                                "HTTP_PROXY",
                                                "HTTPS_PROXY",
                                                "http_proxy",
                                                "https_proxy",
                                                "SSL_CERT_FILE",
                                                "REQUESTS_CA_BUNDLE")
                                        .contains(name))
                                .toList()))))
                .isEqualTo("[]");
    }

    @Test
    void otherProcesses() {
        assertThat(value("""
                        import ctypes, signal
                        libc = ctypes.CDLL(None)
                        reached = []
                        for pid in range(1, 300):
                            if pid in (os.getpid(), os.getppid(), int(os.readlink("/proc/self"))): continue
                            if libc.ptrace(16, pid, 0, 0) == 0: reached.append(("ptrace", pid))
                            try:
                                os.kill(pid, 0); reached.append(("kill", pid))
                            except OSError:
                                pass
                            try:
                                open("/proc/%d/mem" % pid, "rb"); reached.append(("mem", pid))
                            except OSError:
                                pass
                        return reached""")).isEqualTo("[]");
    }

    @Test
    void morePower() {
        assertThat(value("""
                        import ctypes
                        libc = ctypes.CDLL(None)
                        tries = [libc.unshare(0x10000000), libc.unshare(0x20000), libc.mount(b"t", b"/tmp", b"tmpfs", 0, None),
                                 libc.chroot(b"/tmp"), libc.setuid(0), libc.syscall(321, 0, 0, 0), libc.syscall(425, 1, 0)]
                        status = open("/proc/self/status").read()
                        return [tries, "CapEff:\\t0000000000000000" in status, "NoNewPrivs:\\t1" in status, os.getuid() != 0]""")).isEqualTo("[[-1, -1, -1, -1, -1, -1, -1], True, True, True]");
    }

    @Test
    void childrenThatStay() {
        assertThat(value("""
                        import subprocess
                        subprocess.Popen(["sleep", "1000"], start_new_session=True)
                        os.system("(setsid sleep 1000 &) ; nohup sleep 1000 > /dev/null 2>&1 &")
                        open("/dev/shm/left", "w").write("x"); open("/tmp/left", "w").write("x")
                        return 1""")).isEqualTo("1");
    }

    @Test
    void patchesOfTheLastCall() {
        value(
                "import json, os\nos.getcwd = None; json.loads = lambda _: 'patched'; sys.modules['requests'] = 7; return 1");

        assertThat(
                        value(
                                "import json\nreturn [json.loads('1'), os.getcwd(), 'requests' in sys.modules and sys.modules['requests'] == 7]"))
                .isEqualTo("[1, '/tmp', False]");
    }
}
