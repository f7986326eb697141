"""How fast and how small the server is, with the small provider of our own tests behind it. Standard library only.

python3 bench/server.py [--seconds 10] [--samples 200] [--history 10,1000,100000]

Prints one line a figure. Think in ratios: the machine's own noise is in every line, which is why each message line has the bare model
call ("floor") of the same run beside it. Never run as a test; ./verify does not call it.
"""
import argparse
import http.client
import json
import pathlib
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402
import provider  # noqa: E402


def call(url, method, path, body=None, lines=None):
    where = urllib.parse.urlparse(url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=120)
    connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if lines:
        for line in answer:
            lines(line)
        connection.close()
        return None
    data = answer.read()
    connection.close()
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]}")
    return json.loads(data)


def timed(work):
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def show(name, samples):
    samples = sorted(samples)
    p95 = samples[min(len(samples) - 1, int(len(samples) * 0.95))]
    print(f"{name:46s} p50 {statistics.median(samples):9.2f} ms   p95 {p95:9.2f} ms   n {len(samples)}", flush=True)
    return statistics.median(samples)


def memory_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


class Bench:
    def __init__(self, server, model):
        self.server, self.model = server, model

    def agent(self):
        wish = {"name": "b" + uuid.uuid4().hex[:8], "model": "openai/gpt-4o", "memory_blocks": [{"label": "human", "value": "x"}]}
        return call(self.server.url, "POST", "/v1/agents/", wish)["id"]

    def send(self, agent, text="hello there"):
        call(self.server.url, "POST", f"/v1/agents/{agent}/messages", {"messages": [{"role": "user", "content": text}]})

    def reset(self, agent):
        call(self.server.url, "PATCH", f"/v1/agents/{agent}/reset-messages", {})

    def floor(self):
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello there"}]}
        call(self.model.url, "POST", "/v1/chat/completions", body)

    def first_token(self, url, path, body, mark):
        begun, first = time.perf_counter(), []
        call(url, "POST", path, body, lambda line: first.append(time.perf_counter()) if mark in line and not first else None)
        return (first[0] - begun) * 1000

    def await_index(self, patience=600):
        """Until nothing is left to index or to link."""
        end = time.monotonic() + patience
        while not call(self.server.url, "GET", "/v1/diagnostics/index")["caught_up"]:
            if time.monotonic() > end:
                print(f"the index was not caught up after {patience} s", flush=True)
                return
            time.sleep(1)

    def together(self, agents, seconds):
        done, failed, lock = [], [], threading.Lock()

        def work(agent):
            end = time.perf_counter() + seconds
            while time.perf_counter() < end:
                try:
                    took = timed(lambda: self.send(agent))
                    with lock:
                        done.append(took)
                except Exception as e:
                    failed.append(str(e)[:200])

        threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
        begun = time.perf_counter()
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return done, failed, time.perf_counter() - begun


OLD = "an old message about nothing in particular"


def add_history(database, agent, count, words=lambda i: OLD):
    """Stores messages outside the context window, straight in the file of a stopped server. words: the text of the i-th."""
    db = sqlite3.connect(database)
    org = db.execute("select organization_id from agent where id = ?", (agent,)).fetchone()[0]
    now = int(time.time() * 1e6) - count - 1_000_000

    def text(i):
        return json.dumps([{"type": "text", "text": words(i), "signature": None}])

    rows = ((f"message-{uuid.uuid4()}", org, agent, "user", text(i), False, now + i, now + i, now + i) for i in range(count))
    db.executemany(
        "insert into message (id, organization_id, agent_id, role, content, is_input, created_at, updated_at, change_seq)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    db.execute("update message_count set messages = messages + ? where agent_id = ?", (count, agent))
    db.commit()
    db.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--history", default="10,1000,100000")
    options = parser.parse_args()
    model = provider.Provider()
    model.url = model.url.removesuffix("/v1")
    environment = {"OPENAI_BASE_URL": model.url + "/v1", "OPENAI_API_KEY": "sk-bench"}
    with tempfile.TemporaryDirectory() as folder:
        server = harness.Server(folder, **environment)
        server.start()
        server.stop()
        begun = time.perf_counter()
        server.start()
        print(f"start to healthy: {time.perf_counter() - begun:.2f} s", flush=True)
        time.sleep(2)
        print(f"memory, idle: {memory_mb(server.process.pid):.0f} MB", flush=True)
        bench = Bench(server, model)
        agent = bench.agent()
        end = time.perf_counter() + options.seconds
        while time.perf_counter() < end:
            bench.send(agent)
        bench.reset(agent)
        floor = show("floor: the model call alone", [timed(bench.floor) for _ in range(options.samples)])
        sent = show("message, blocking", [timed(lambda: bench.send(agent)) for _ in range(options.samples)])
        print(f"overhead of a blocking message: {sent - floor:.2f} ms", flush=True)
        bench.reset(agent)
        said = {"role": "user", "content": "hello there"}
        bare = {"model": "gpt-4o", "stream": True, "messages": [said]}
        samples = max(20, options.samples // 4)
        own = show(
            "floor: first token of the model alone",
            [bench.first_token(model.url, "/v1/chat/completions", bare, b"You said") for _ in range(samples)],
        )
        path = f"/v1/agents/{agent}/messages/stream"
        streamed = show(
            "stream: first token",
            [
                bench.first_token(server.url, path, {"stream_tokens": True, "messages": [said]}, b"assistant_message")
                for _ in range(samples)
            ],
        )
        print(f"first token over the model's own: {streamed - own:.2f} ms", flush=True)
        agents = [bench.agent() for _ in range(16)]
        bench.together(agents, options.seconds)
        done, failed, took = bench.together(agents, options.seconds)
        show("message, 16 agents at once", done)
        print(f"throughput, 16 agents at once: {len(done) / took:.0f} messages/s, {len(failed)} failed {failed[:1]}", flush=True)
        print(f"memory after that: {memory_mb(server.process.pid):.0f} MB", flush=True)
        for count in [int(n) for n in options.history.split(",") if n]:
            old = bench.agent()
            bench.send(old)
            server.stop()
            add_history(pathlib.Path(folder) / "data" / "mneme.db", old, count)
            server.start()
            for _ in range(30):
                bench.send(agent)
            for _ in range(30):
                bench.send(old)
            bench.reset(old)
            bench.await_index()
            show(f"message, {count} stored outside the context", [timed(lambda: bench.send(old)) for _ in range(60)])
        server.stop()


if __name__ == "__main__":
    main()
