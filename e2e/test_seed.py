"""The curl commands of the seed document, word for word but for the port and the agent's id."""
import json
import re
import shlex
import subprocess

import pytest

CREATE = r"""curl -X POST http://localhost:8283/v1/agents \
-H "Content-Type: application/json" \
-d '{
"name": "research-agent",
"memory_blocks": [
{"label": "human", "value": "User is a software engineer."},
{"label": "persona", "value": "You are a coding assistant."}
],
"llm": "gpt-4o",
"embedding": "text-embedding-3-small"
}'"""
SEND = r"""curl -X POST http://localhost:8283/v1/agents/{agent_id}/messages \
-H "Content-Type: application/json" \
-d '{
"role": "user",
"message": "Help me optimize this SQL query"
}'"""
MEMORY = "curl -X GET http://localhost:8283/v1/agents/{agent_id}/memory"
ARCHIVAL = 'curl -X GET "http://localhost:8283/v1/agents/{agent_id}/archival?query=python&count=5"'
LIST = "curl -X GET http://localhost:8283/v1/agents"
VIEW = "curl http://localhost:8283/v1/agents/{agent_id}"
EXPORT = "curl http://localhost:8283/v1/agents/{agent_id}/export"
HEALTH = "curl http://localhost:8283/v1/health"
DELETE = "curl -X DELETE http://localhost:8283/v1/agents/{agent_id}"


def curl(server, command, agent=""):
    command = command.replace("localhost:8283", f"localhost:{server.port}").replace("{agent_id}", agent)
    words = shlex.split(re.sub(r"\\\n", " ", command))
    ran = subprocess.run([*words, "-s", "-w", "\n%{http_code}"], capture_output=True, text=True, timeout=60)
    body, _, code = ran.stdout.rpartition("\n")
    assert code == "200", f"{code}: {body[:500]} {ran.stderr}"
    return json.loads(body)


@pytest.fixture(scope="module")
def agent(server):
    return curl(server, CREATE)


def test_create(agent):
    assert agent["id"].startswith("agent-") and agent["name"] == "research-agent"
    assert agent["llm_config"]["model"] == "gpt-4o"
    assert {b["label"] for b in agent["memory"]["blocks"]} == {"human", "persona"}


def test_send(server, agent):
    answer = curl(server, SEND, agent["id"])
    assert "Help me optimize this SQL query" in json.dumps(answer["messages"])
    assert answer["usage"]["step_count"] == 1


def test_memory(server, agent):
    assert "software engineer" in json.dumps(curl(server, MEMORY, agent["id"]))


def test_archival_search(server, agent):
    server.call("POST", f"/v1/agents/{agent['id']}/archival-memory", {"text": "She writes python every day."})
    found = curl(server, ARCHIVAL, agent["id"])
    assert "python" in json.dumps(found)


def test_the_rest(server, agent):
    assert curl(server, HEALTH)["status"] == "ok"
    assert agent["id"] in [a["id"] for a in curl(server, LIST)]
    assert curl(server, VIEW, agent["id"])["id"] == agent["id"]
    assert "agents" in curl(server, EXPORT, agent["id"])
    curl(server, DELETE, agent["id"])
    assert agent["id"] not in [a["id"] for a in curl(server, LIST)]
