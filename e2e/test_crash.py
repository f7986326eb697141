"""kill -9 in mid-turn: every agent can still be talked to, and nothing that was acknowledged is lost."""
import json
import random
import threading
import time
import urllib.request

import pytest

KILLS = 10  # on each database: twenty in all
ANSWER_SECONDS = 30
LONGEST_TURN_SECONDS = 1.2


def stream_until_cut(server, agent, text, seen):
    """Sends as a stream and notes that the run was announced: from then on the input counts as acknowledged."""
    body = json.dumps({"messages": [{"role": "user", "content": text}], "stream_tokens": True}).encode()
    request = urllib.request.Request(
        f"{server.url}/v1/agents/{agent}/messages/stream", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            for line in answer:
                if b'"run_id"' in line:
                    seen.append(text)
                    break
            answer.read()
    except OSError:
        pass  # the kill cut it
    except Exception as cut:
        assert type(cut).__name__ in ("IncompleteRead", "RemoteDisconnected"), cut


def turn(i):
    """A turn that is long in one place or another."""
    if i % 2:
        return f"turn {i}: SLOW 50"
    return f'turn {i}: CALL memory_insert {{"label": "human", "new_string": "fact {i}"}}'


@pytest.mark.timeout(300)
def test_kill_in_mid_turn(stopped_server):
    server, chance = stopped_server.start(), random.Random(7)
    agents = [
        server.call("POST", "/v1/agents/", {
            "model": "openai/gpt-4o-mini",
            "embedding": "openai/text-embedding-3-small",
            "memory_blocks": [{"label": "human", "value": "Name: Ada."}],
        })["id"]
        for _ in range(2)
    ]
    acknowledged = {agent: [] for agent in agents}
    passages = []
    for i in range(KILLS):
        seen = {agent: [] for agent in agents}
        threads = [
            threading.Thread(target=stream_until_cut, args=(server, agent, turn(i + n), seen[agent]))
            for n, agent in enumerate(agents)
        ]
        for thread in threads:
            thread.start()
        text = f"passage {i}"
        server.call("POST", f"/v1/agents/{agents[0]}/archival-memory", {"text": text})
        passages.append(text)
        time.sleep(chance.random() * LONGEST_TURN_SECONDS)
        server.kill()
        for thread in threads:
            thread.join(30)
        for agent in agents:
            acknowledged[agent] += seen[agent]
        server.start()
        for agent in agents:
            assert server.say(agent, f"after {i}", ANSWER_SECONDS) == f"You said: after {i}"
            acknowledged[agent].append(f"after {i}")
    for agent in agents:
        rows, texts = server.messages(agent), server.said(agent)
        assert [t for t in acknowledged[agent] if t not in texts] == []
        assert len(texts) == len(set(texts)), "an input was stored twice"
        calls = {c["tool_call_id"] for r in rows for c in r.get("tool_calls") or []}
        returns = {c["tool_call_id"] for r in rows for c in r.get("tool_returns") or []}
        assert calls == returns, "a tool call without its return"
        runs = server.call("GET", f"/v1/runs/?agent_id={agent}&limit=100")
        assert {r["status"] for r in runs} <= {"completed", "failed", "cancelled"}
    stored = {p["text"] for p in server.call("GET", f"/v1/agents/{agents[0]}/archival-memory?limit=100")}
    assert set(passages) <= stored
    found = server.call("GET", f"/v1/agents/{agents[0]}/archival-memory/search?query=passage&top_k=50")
    assert found["count"] == KILLS
    server.stop()


def test_sigterm_drains(stopped_server):
    server = stopped_server.start()
    agent = server.call("POST", "/v1/agents/", {"model": "openai/gpt-4o-mini"})["id"]
    seen = []
    thread = threading.Thread(target=stream_until_cut, args=(server, agent, "SLOW 40", seen))
    thread.start()
    while not seen:
        time.sleep(0.01)
    time.sleep(0.2)
    assert server.stop() < 20
    thread.join(30)
    server.start()
    assert server.said(agent) == ["SLOW 40"]
    assert server.say(agent, "still there?", ANSWER_SECONDS) == "You said: still there?"
    server.stop()
