"""Several servers on one PostgreSQL database: either serves every agent, and what one leaves behind when it dies the others end."""
import concurrent.futures
import contextlib
import signal
import threading
import time

import pytest
from harness import Server, new_postgres_database

# The lease (DeskOptions) and the round in which others look for dead ones.
TAKE_OVER_SECONDS = 30 + 5
PATIENCE_SECONDS = TAKE_OVER_SECONDS + 25


@pytest.fixture(scope="module")
def servers(provider, tmp_path_factory):
    """Three on one database, each with a data folder of its own and one key for what is sealed."""
    database = new_postgres_database()
    shared = {"LETTA_ENCRYPTION_KEY": "one key for all of them, long enough", "MNEME_ALLOWED_PRIVATE_HOSTS": "127.0.0.1", **provider.environment()}
    running = []
    for name in ("first", "second", "third"):
        running.append(Server(tmp_path_factory.mktemp(name), database, **shared).start())
    yield running
    for server in running:
        with contextlib.suppress(ProcessLookupError):
            server.process.send_signal(signal.SIGCONT)
        server.stop()


def agent_on(server, **more):
    wish = {"model": "openai/gpt-4o-mini", "embedding": "openai/text-embedding-3-small", **more}
    return server.call("POST", "/v1/agents/", {"memory_blocks": [{"label": "human", "value": "Name: Ada."}], **wish})["id"]


def begin(server, agent, text):
    """A turn in the background; its run."""
    return server.call("POST", f"/v1/agents/{agent}/messages/async", {"messages": [{"role": "user", "content": text}]})["id"]


def status(server, run):
    return server.call("GET", f"/v1/runs/{run}")["status"]


def until(truth, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if truth():
            return
        time.sleep(0.1)
    raise AssertionError(what)


def test_each_serves_every_agent(servers):
    first, second, third = servers
    agent = agent_on(first)
    assert second.say(agent, "hello") == "You said: hello"
    third.say(agent, 'CALL memory_insert {"label": "human", "new_string": "likes tea"}')
    for server in servers:
        assert "likes tea" in server.call("GET", f"/v1/agents/{agent}/core-memory/blocks/human")["value"]
        assert server.said(agent)[0] == "hello"
    second.call("POST", f"/v1/agents/{agent}/archival-memory", {"text": "the lighthouse of Alexandria"})
    for server in servers:
        found = server.call("GET", f"/v1/agents/{agent}/archival-memory/search?query=lighthouse")
        assert found["count"] == 1, server.log.read_text()


def test_what_one_seals_another_opens(servers, provider):
    first, second, _ = servers
    own = {"name": "mine", "provider_type": "openai", "api_key": "sk-sealed", "base_url": provider.url}
    first.call("POST", "/v1/providers", own)
    agent = agent_on(first, model="mine/gpt-4o-mini")
    assert second.say(agent, "by my own key") == "You said: by my own key"
    assert provider.keys[-1] == "Bearer sk-sealed"


def test_everybody_talks_to_one_agent_at_once(servers):
    agent = agent_on(servers[0])
    asked = [f"message {n}" for n in range(12)]
    with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
        heard = list(pool.map(lambda n: servers[n % 3].say(agent, asked[n]), range(len(asked))))
    assert heard == [f"You said: {text}" for text in asked]
    assert sorted(servers[1].said(agent)) == sorted(asked)
    runs = servers[2].call("GET", f"/v1/runs/?agent_id={agent}&limit=100")
    assert [run["status"] for run in runs] == ["completed"] * len(asked)


def test_a_stream_is_read_and_stopped_through_another(servers):
    first, second, third = servers
    agent = agent_on(first)
    run = begin(first, agent, "SLOW 400")
    heard = []
    reader = threading.Thread(
        target=lambda: heard.append(second.raw("POST", f"/v1/runs/{run}/stream", {"starting_after": 0})), daemon=True
    )
    reader.start()
    until(lambda: status(third, run) == "running", "the run never began")
    third.call("POST", f"/v1/agents/{agent}/messages/cancel", {"run_ids": [run]})
    until(lambda: status(second, run) == "cancelled", "the run was not stopped")
    reader.join(20)
    assert heard and heard[0].rstrip().endswith("data: [DONE]")
    assert third.say(agent, "and now?") == "You said: and now?"


@pytest.mark.timeout(240)
def test_one_is_killed_and_one_is_frozen(servers):
    first, second, third = servers
    killed, frozen = agent_on(first), agent_on(first)
    long, runs = "SLOW 1500", {}
    for agent, server in ((killed, second), (frozen, third)):
        runs[agent] = begin(server, agent, long)
    for agent, run in runs.items():
        until(lambda run=run: status(first, run) == "running", f"{run} never began")
        begin(first, agent, "in line")
    second.kill()
    third.process.send_signal(signal.SIGSTOP)
    for agent, run in runs.items():
        until(lambda run=run: status(first, run) == "failed", f"{run} was not ended: {status(first, run)}", PATIENCE_SECONDS)
        assert first.say(agent, "still there?") == "You said: still there?"
        assert first.said(agent) == [long, "in line", "still there?"]
    before = first.messages(frozen)
    # It goes on where it stood, in the middle of an answer, and must not write what nobody waits for any more.
    third.process.send_signal(signal.SIGCONT)
    assert third.say(frozen, "awake?") == "You said: awake?"
    time.sleep(10)
    after = first.messages(frozen)
    assert after[: len(before)] == before
    assert [row["content"] for row in after if row["message_type"] == "user_message"][-1] == "awake?"
    assert [row.get("content") for row in after if row["message_type"] == "assistant_message"][-1] == "You said: awake?"
    assert status(first, runs[frozen]) == "failed"
    second.start()
    for agent in runs:
        assert second.say(agent, "back again") == "You said: back again"
