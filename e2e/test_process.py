"""The process: what it says when it cannot start, and the commands as a person types them."""
import os
import pty
import re
import select
import signal
import socket
import stat
import time

import pytest
from harness import ROOT, Server, clean_environment, free_port, launch


def refused(*arguments, home, **extra):
    """Runs a command that must be refused; returns its one line."""
    ran = launch(*arguments, home=home, **extra)
    lines = ran.stderr.strip().splitlines()
    assert ran.returncode == 2, f"{ran.returncode}: {ran.stdout} {ran.stderr}"
    assert len(lines) == 1 and lines[0].startswith("mneme: "), ran.stderr
    return lines[0]


def test_help_and_version(tmp_path):
    helped = launch("--help", home=tmp_path)
    assert helped.returncode == 0 and "quickstart" in helped.stdout
    assert launch("--version", home=tmp_path).stdout.startswith("mneme ")


def test_port_in_use(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = refused("server", "--port", port, home=tmp_path)
        assert port in line and "--port" in line


def test_unknown_variable_of_ours(tmp_path):
    line = refused("server", home=tmp_path, MNEME_PROT="1")
    assert "MNEME_PROT" in line and "MNEME_PORT" in line


def test_bad_values(tmp_path):
    assert "http" in refused("server", "--port", "http", home=tmp_path)
    assert "LETTA_PG_URI" in refused("server", "--port", "0", home=tmp_path, LETTA_PG_URI="mysql://x/y")
    (tmp_path / "file").write_text("x")
    assert "cannot be written" in refused("server", "--port", "0", home=tmp_path, MNEME_DIR=str(tmp_path / "file"))


def test_a_path_too_long_for_sockets_without_a_folder_for_temporary_files(tmp_path):
    """The data folder's own place for sockets is too deep for them, and there is no other."""
    gone = tmp_path / "gone"
    options = {"MNEME_DIR": str(tmp_path / ("deep" * 20)), "JDK_JAVA_OPTIONS": f"-Djava.io.tmpdir={gone}", "MNEME_JVM_FLAGS": ""}
    ran = launch("server", "--port", "0", home=tmp_path, **options)
    lines = [line for line in ran.stderr.strip().splitlines() if not line.startswith(("NOTE: ", "WARNING: "))]  # Java's own
    assert ran.returncode == 2 and len(lines) == 1, ran.stderr
    assert lines[0].startswith("mneme: ") and "too long" in lines[0] and "shorter path" in lines[0]
    assert str(gone) in lines[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_rights(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert "cannot be written" in refused("server", "--port", "0", home=tmp_path, MNEME_DIR=str(closed))


def test_postgres_out_of_reach(tmp_path):
    address = f"postgresql://u:secret@127.0.0.1:{free_port()}/db"
    line = refused("server", "--port", "0", home=tmp_path, LETTA_PG_URI=address)
    assert "secret" not in line


def test_two_servers_on_one_folder(tmp_path):
    first = Server(tmp_path)
    first.start()
    try:
        line = refused("server", "--port", str(free_port()), home=tmp_path, **first.extra)
        assert str(first.process.pid) in line and "MNEME_DIR" in line
        health = launch("health", "--url", first.url, home=tmp_path)
        assert health.returncode == 0 and "ok" in health.stdout
    finally:
        first.stop()


def test_unknown_variable_of_the_retired_server_only_warns(tmp_path):
    server = Server(tmp_path, LETTA_REDIS_HOST="redis")
    server.start()
    server.stop()
    assert "LETTA_REDIS_HOST" in server.log.read_text()


def test_the_data_folder_is_the_owners_alone(tmp_path):
    server = Server(tmp_path)
    server.start()
    server.stop()
    data = tmp_path / "data"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    for file in data.rglob("*key*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_quickstart_on_a_pipe(tmp_path):
    arguments = ("quickstart", "--exit", "--backend", "demo", "--port", str(free_port()))
    first = launch(*arguments, home=tmp_path, stdin="")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "demo/mneme-demo" in first.stdout
    assert re.search(r"remembers \[human\].*Ada", first.stdout), first.stdout
    second = launch(*arguments, home=tmp_path, stdin="")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "there already" in second.stdout and "Ada" in second.stdout


def test_chat_and_agents(tmp_path):
    server = Server(tmp_path)
    server.start()
    try:
        none = launch("run", "--url", server.url, home=tmp_path, stdin="")
        assert none.returncode == 1 and "no agent yet" in none.stderr
        server.call("POST", "/v1/agents/", {"name": "talker", "model": "demo/mneme-demo"})
        assert "talker" in launch("agents", "--url", server.url, home=tmp_path).stdout
        chat = launch("run", "--agent", "talker", "--url", server.url, home=tmp_path, stdin="Hello!\n/memory\n/quit\n")
        assert chat.returncode == 0 and len(chat.stdout.splitlines()) > 1, chat.stdout + chat.stderr
    finally:
        server.stop()


READY = b"\x1b[?2004h"  # the line editor waits for a line now (it switches bracketed paste on)


def typed(arguments, lines, home, timeout=90):
    """Runs the launcher on a real terminal and types a line whenever it asks for one; gives what the screen showed."""
    pid, screen = pty.fork()
    if pid == 0:
        os.execve(str(ROOT / "mneme"), ["mneme", *arguments], clean_environment(home, TERM="xterm"))
    shown, asked, end = b"", 0, time.monotonic() + timeout
    while time.monotonic() < end:
        ready, _, _ = select.select([screen], [], [], 1)
        if not ready:
            continue
        try:
            piece = os.read(screen, 65536)
        except OSError:
            break  # the terminal is closed: the program has ended
        if not piece:
            break
        shown += piece
        if asked < len(lines) and shown.count(READY) > asked:
            os.write(screen, lines[asked].encode() + b"\r")
            asked += 1
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")


def test_chat_on_a_real_terminal(tmp_path):
    server = Server(tmp_path)
    server.start()
    try:
        server.call("POST", "/v1/agents/", {"name": "talker", "model": "demo/mneme-demo", "memory_blocks": [{"label": "human", "value": ""}]})
        code, shown = typed(
            ("run", "--agent", "talker", "--url", server.url), ["My name is Grace.", "/memory", "/quit"], tmp_path
        )
        assert code == 0, shown
        assert "Grace" in shown.replace("My name is Grace.", "", 1), shown
        assert "Exception" not in shown, shown
        blocks = server.call("GET", "/v1/blocks/?label=human")
        assert "Grace" in blocks[0]["value"]
    finally:
        server.stop()


def test_keys_are_made_listed_and_revoked(sqlite_server, tmp_path):
    def keys(*words, **extra):
        return launch("keys", *words, home=tmp_path, LETTA_BASE_URL=sqlite_server.url, **extra)

    agent = sqlite_server.call("POST", "/v1/agents/", {"name": "keyed", "model": "demo/mneme-demo"})["id"]
    other = sqlite_server.call("POST", "/v1/agents/", {"name": "other", "model": "demo/mneme-demo"})["id"]
    made = keys("create", "for keyed", "--agent", "keyed", "--days", "7")
    assert made.returncode == 0, made.stderr
    secret, identity = made.stdout.strip(), re.search(r"keys revoke (\S+)", made.stderr).group(1)

    def export(wanted):
        to = str(tmp_path / "out.af")
        return launch("export", wanted, to, home=tmp_path, LETTA_BASE_URL=sqlite_server.url, LETTA_API_KEY=secret).returncode

    assert export(agent) == 0 and export(other) == 1
    listed = keys().stdout
    assert "for keyed" in listed and identity in listed and "until 20" in listed and secret not in listed
    assert "opens nothing any more" in keys("revoke", identity).stdout
    assert export(agent) == 1
    assert "revoked 20" in keys().stdout
    unknown = keys("create", "x", "--agent", "nobody")
    assert unknown.returncode == 1 and "There is no agent nobody" in unknown.stderr
    wrong = keys("create", "x", "--role", "king")
    assert wrong.returncode == 1 and "read_only" in wrong.stderr
    held = keys("--offline", "--data", str(sqlite_server.folder / "data"))
    assert held.returncode == 2 and f"Another server (process {sqlite_server.process.pid})" in held.stderr, held.stderr
    late = keys("create", "x", "--days", "0")
    assert late.returncode == 1 and "expires_in_seconds" in late.stderr
