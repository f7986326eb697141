"""What reading costs with many agents: lists, single rows and searches. Standard library only.

python3 bench/many.py [--agents 10000] [--messages 100] [--samples 200] [--folder FOLDER]

The agents are made through the door, their messages stored in the file of the stopped server, and the index follows before anything is
measured. A folder that is given keeps the data for the next run. Never run as a test.
"""
import argparse
import os
import pathlib
import random
import sqlite3
import tempfile
import threading
import time

from server import Bench, add_history, call, harness, memory_mb, provider, show, timed

WORDS = "river lantern copper walnut harbour meadow violin thunder saffron glacier pepper orchard marble falcon velvet anchor".split()
SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi xo yu zar".split()
VOCABULARY = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
"""Made-up words; the first ones stand in most messages, the last ones in hardly any, as in a language."""
THREADS = 4
TAGS = 20


class Many(Bench):
    def fill(self, count):
        """So many agents; each twentieth has the same tag."""
        left = list(range(count))[::-1]

        def work():
            while True:
                try:
                    i = left.pop()
                except IndexError:
                    return
                call(self.server.url, "POST", "/v1/agents/", {
                    "name": f"agent-{i:05d}", "model": "openai/gpt-4o", "tags": [f"tag-{i % TAGS}"], "include_base_tools": False,
                    "description": f"keeps the {WORDS[i % len(WORDS)]}", "memory_blocks": [{"label": "human", "value": f"number {i}"}]})

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def measure(self, database, messages, samples):
        with sqlite3.connect(database) as db:
            agents = [row[0] for row in db.execute("select id from agent order by id")]
        chosen = random.Random(7)

        def some():
            return chosen.choice(agents)

        def get(path):
            return call(self.server.url, "GET", path)

        def search(body):
            found = call(self.server.url, "POST", "/v1/messages/search", body)
            if not found and "agent_id" not in body:
                raise RuntimeError(f"nothing found: {body}")
            return found

        def words():
            return " ".join(chosen.sample(text(chosen.randrange(len(agents) * messages)).split(), 2))

        pages = {
            "list of 50 agents": lambda: get("/v1/agents/?limit=50"),
            "list of 50 agents, after one in the middle": lambda: get(f"/v1/agents/?limit=50&after={some()}"),
            "list of agents by name": lambda: get(f"/v1/agents/?name=agent-{chosen.randrange(len(agents)):05d}"),
            "list of 50 agents by a tag": lambda: get(f"/v1/agents/?limit=50&tags=tag-{chosen.randrange(TAGS)}"),
            "list of 50 agents by a part of the name": lambda: get(f"/v1/agents/?limit=50&query_text={chosen.randrange(1000):03d}"),
            "list of 50 agents by last activity": lambda: get("/v1/agents/?limit=50&sort_by=last_run_completion"),
            "count of agents": lambda: get("/v1/agents/count"),
            "one agent": lambda: get(f"/v1/agents/{some()}"),
            "its newest 100 messages": lambda: get(f"/v1/agents/{some()}/messages?limit=100"),
            "its core memory": lambda: get(f"/v1/agents/{some()}/core-memory/blocks"),
            "50 blocks": lambda: get("/v1/blocks/?limit=50"),
            "50 blocks by a part of the value": lambda: get(f"/v1/blocks/?limit=50&value_search={chosen.randrange(1000)}"),
            "50 runs": lambda: get("/v1/runs/?limit=50"),
            "50 messages of all agents": lambda: get("/v1/messages/?limit=50"),
            "search of one agent's messages": lambda: search({"query": words(), "agent_id": some(), "limit": 10}),
            "search of all messages, by words": lambda: search({"query": words(), "search_mode": "fts", "limit": 10}),
            "search of all messages, hybrid": lambda: search({"query": words(), "limit": 10}),
        }
        for name, page in pages.items():
            for _ in range(20):
                page()
            show(name, [timed(page) for _ in range(samples)])
        print(f"memory {memory_mb(self.server.process.pid):.0f} MB, file {os.path.getsize(database) >> 20} MB", flush=True)


def text(i):
    chosen = random.Random(i)
    return " ".join(VOCABULARY[int(chosen.random() ** 3 * len(VOCABULARY))] for _ in range(12))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--agents", type=int, default=10_000)
    options.add_argument("--messages", type=int, default=100)
    options.add_argument("--samples", type=int, default=200)
    options.add_argument("--folder")
    chosen = options.parse_args()
    model = provider.Provider()
    with tempfile.TemporaryDirectory() as other:
        folder = pathlib.Path(chosen.folder or other)
        folder.mkdir(exist_ok=True)
        database = folder / "data" / "mneme.db"
        server = harness.Server(folder, **model.environment())
        bench = Many(server, model)
        if not database.exists():
            server.start()
            took = timed(lambda: bench.fill(chosen.agents))
            print(f"{chosen.agents} agents made, {took / chosen.agents:.2f} ms each", flush=True)
            server.stop()
            with sqlite3.connect(database) as db:
                agents = [row[0] for row in db.execute("select id from agent")]
            for n, agent in enumerate(agents):
                add_history(database, agent, chosen.messages, lambda i, n=n: text(n * chosen.messages + i))
        server.start()
        try:
            begun = time.perf_counter()
            bench.await_index()
            print(f"index caught up after {time.perf_counter() - begun:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
            bench.measure(database, chosen.messages, chosen.samples)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
