package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.testkit.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same behind walls, and what hostile JavaScript gets there. */
class JailedNodeTest extends NodeContract {
    @Override
    Isolation isolation() {
        return Isolation.JAIL;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fs.readFileSync('/etc/shadow')",
                "fs.readFileSync('/root/.profile')",
                "fs.readdirSync('/work')",
                "fs.readdirSync('/home')",
                "fs.writeFileSync('/usr/x', 'x')",
                "fs.writeFileSync('/x', 'x')",
                "fs.writeFileSync('/mneme/programs/node/tool.mjs', 'x')",
                "fs.writeFileSync('/run/mneme/other', 'x')",
                "(await fetch('http://127.0.0.1:8283/v1/agents/')).text()",
                "(await fetch('http://169.254.169.254/')).text()",
                "(await fetch('https://10.0.0.1/')).text()",
                "await new Promise((ok, no) => net.connect(5432, '10.0.0.1', ok).on('error', no))",
                "await new Promise((ok, no) => http.get('http://192.168.0.1/', ok).on('error', no)).then(r => { if (r.statusCode === 403) throw new Error('refused') })",
                "await new Promise((ok, no) => https.get('https://192.168.0.1/', ok).on('error', no))"
            })
    void nothingIsReached(String expression) {
        String source =
                "import fs from 'node:fs'; import net from 'node:net'; import http from 'node:http'; import https from 'node:https';\n"
                        + "export async function f() { return [await (" + expression + ")]; }";
        SandboxResult result = call(source);
        if (expression.contains("fetch('http:")) {
            assertThat(Code.returned(result).text()).contains("does not call");
        } else {
            assertThat(Code.raised(result).error()).doesNotContain("TimeoutError");
        }
    }

    @Test
    void theGuardsReasonIsTold() {
        assertThat(Code.raised(
                                call(
                                        "export async function f() { return (await fetch('https://169.254.169.254/')).status }"))
                        .error())
                .contains("metadata services are never called");
    }

    @Test
    void nothingOfTheServerIsSeen(@TempDir Path data) throws IOException {
        Path key = Files.writeString(data.resolve("mneme.key"), "the key");
        assertThat(returned("import fs from 'node:fs'; export function f() { const seen = [];"
                                + " for (const path of ['" + key + "', '" + data
                                + "', '/proc/1/root/work', '/dev/sda', '/dev/vda', '/proc/kcore'])"
                                + " { try { fs.readFileSync(path); seen.push(path); } catch {} }"
                                + " return [seen, fs.readdirSync('/proc').filter(n => /^[0-9]+$/.test(n)).length]; }")
                        .text())
                .isEqualTo("[[], 1]");
        assertThat(returned(
                                "import fs from 'node:fs'; export function f() { let all = ''; try { all = fs.readFileSync('/proc/self/environ', 'utf8'); } catch {}"
                                        + " return all.split('\\0').map(each => each.split('=')[0]).filter(each => each !== ''); }")
                        .value())
                .extracting(JsonNode::textValue)
                .isSubsetOf("HOME", "LANG", "NODE_NO_WARNINGS", "PWD", "UV_THREADPOOL_SIZE");
    }

    @Test
    void bytesThatAreNoText() {
        SandboxResult.Returned returned = returned(
                "export function f() { process.stdout.write(Buffer.from([0xff, 0xfe])); return ['a\\ud800', 'b\\u0000']; }");

        assertThat(returned.stdout()).containsExactly("\ufffd\ufffd");
        assertThat(returned.value().toString()).isEqualTo("[\"a\",\"b\"]");
    }

    @Test
    void aForgedResultIsOnlyItsOwn() {
        SandboxResult result = sandbox.run(job(
                "import fs from 'node:fs'; export function f() { for (let fd = 0; fd < 60; fd++) { try { fs.writeSync(fd, Buffer.from([255, 255, 255, 255, 0])); } catch {} }"
                        + " while (true) {} }",
                "f",
                "{}",
                null,
                Duration.ofSeconds(2)));
        assertThat(result).isInstanceOf(SandboxResult.Raised.class);
        assertThat(returned("export function f() { return 1 }").text()).isEqualTo("1");
    }

    @Test
    void aMemoryHogEnds() {
        assertThat(Code.raised(
                                call(
                                        "export function f() { const a = []; while (true) a.push(new Array(100000).fill(1.5)); }"))
                        .error())
                .startsWith("MemoryError");
        assertThat(call("export function f() { const a = []; while (true) a.push(Buffer.alloc(50_000_000, 1)); }"))
                .isInstanceOf(SandboxResult.Raised.class);
        assertThat(returned("export function f() { return 1 }").text()).isEqualTo("1");
    }

    @Test
    void aForkBombEnds() {
        SandboxResult result = sandbox.run(job(
                "import { spawn } from 'node:child_process';\n"
                        + "export async function f() { for (;;) { const c = spawn('/bin/sh', ['-c', 'sleep 60 & sleep 60'], {detached: true});"
                        + " c.on('error', () => {}); await new Promise(r => setTimeout(r, 1)); } }",
                "f",
                "{}",
                null,
                Duration.ofSeconds(3)));
        assertThat(result).isInstanceOf(SandboxResult.Raised.class);
        assertThat(returned("export function f() { return 1 }").text()).isEqualTo("1");
    }

    @Test
    void endlessOutputIsCut() {
        SandboxResult result = sandbox.run(job(
                "export function f() { for (;;) console.log('x'.repeat(1000)); }",
                "f",
                "{}",
                null,
                Duration.ofSeconds(2)));
        assertThat(Code.raised(result).stdout().getFirst().length()).isBetween(1_000_000, 1_001_000);
    }

    @Test
    void aHugeReturnIsRefused() {
        assertThat(Code.raised(call("export function f() { return 'x'.repeat(100_000_000); }"))
                        .error())
                .isEqualTo("ValueError: the return value is too large");
    }

    @Test
    void childrenAreNotLeftBehind() throws Exception {
        returned(
                "import { spawn } from 'node:child_process';\n"
                        + "export function f() { spawn('/bin/sleep', ['31.4159'], {detached: true, stdio: 'ignore'}).unref(); }");
        for (int i = 0; i < 50; i++) {
            if (ProcessHandle.allProcesses()
                    .noneMatch(each -> each.info().commandLine().orElse("").contains("31.4159"))) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("it lives on");
    }
}
