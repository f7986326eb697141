"""A Mneme server as a process of its own, on a free port and with data of its own. Standard library only."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
START_SECONDS = 60  # a start takes about one; a busy machine may need more
STOP_SECONDS = 30


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def clean_environment(home, **extra):
    """What a process gets: nothing of this machine's settings but where programs lie."""
    kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "LANG") if name in os.environ}
    kept["MNEME_JVM_FLAGS"] = os.environ.get("TEST_JVM_FLAGS", "")
    # packages that every Python tool may import are installed once, not by each server anew
    return {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(ROOT / ".cache" / "e2e"), **extra}


def launch(*arguments, home, stdin=None, timeout=120, **extra):
    """Runs ./mneme to its end."""
    return subprocess.run(
        [str(ROOT / "mneme"), *arguments],
        env=clean_environment(home, **extra),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def new_postgres_database():
    """An empty database on the PostgreSQL that ./verify started; its URI."""
    base = os.environ["TEST_POSTGRES_URI"]
    name = "e2e_" + uuid.uuid4().hex[:12]
    psql = os.environ.get("TEST_PSQL", "psql")
    subprocess.run([psql, base, "-qc", f"create database {name}"], check=True, capture_output=True)
    return base.rsplit("/", 1)[0] + "/" + name


def wait_until_healthy(process, log, health):
    """health: asks the server how it is, and may fail while nobody answers. Says what the log says when it never is."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        with contextlib.suppress(OSError):
            if health()["status"] == "ok":
                return
        time.sleep(0.05)
    raise AssertionError("the server did not become healthy:\n" + log.read_text()[-3000:])


class Server:
    """Start, stop, kill and start again on the same data."""

    def __init__(self, folder, postgres=None, port=None, **extra):
        self.folder = pathlib.Path(folder)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.extra = {"MNEME_DIR": str(self.folder / "data"), **extra}
        if postgres:
            self.extra["LETTA_PG_URI"] = postgres
        self.log = self.folder / "server.log"
        self.process = None
        self.program = str(ROOT / "mneme")

    def start(self, *flags):
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [self.program, "server", "--port", str(self.port), *flags],
                env=clean_environment(self.folder, **self.extra),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until_healthy(self.process, self.log, lambda: self.call("GET", "/v1/health/", timeout=2))
        return self

    def kill(self):
        """As a power cut would: no warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self):
        """SIGTERM; returns the seconds it took."""
        if self.process is None or self.process.poll() is not None:
            return 0
        begun = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {STOP_SECONDS} s")
        return time.monotonic() - begun

    def say(self, agent, text, timeout=60):
        """A turn; what the agent said."""
        body = {"messages": [{"role": "user", "content": text}]}
        answer = self.call("POST", f"/v1/agents/{agent}/messages", body, timeout)
        return "".join(m.get("content", "") for m in answer["messages"] if m["message_type"] == "assistant_message")

    def messages(self, agent):
        """All messages of an agent, oldest first."""
        return self.call("GET", f"/v1/agents/{agent}/messages?limit=1000&order=asc")

    def said(self, agent):
        """What people said to an agent, oldest first."""
        return [row["content"] for row in self.messages(agent) if row["message_type"] == "user_message"]

    def raw(self, method, path, body=None, timeout=60):
        """One request; JSON in, the whole answer out as text. An HTTP error is raised with its body in the text."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, method=method, data=data, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as e:
            raise AssertionError(f"{method} {path} answered {e.code}: {e.read().decode()[:500]}") from None

    def call(self, method, path, body=None, timeout=60):
        """One request; JSON in and out. An HTTP error is raised with its body in the text."""
        text = self.raw(method, path, body, timeout)
        return json.loads(text) if text else None
