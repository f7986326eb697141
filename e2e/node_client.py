"""The official Node client against a running server; run by ./verify node (needs .cache/npm)."""
import json
import os
import subprocess

import pytest
from harness import ROOT, Server

CHECKS = ["health", "send", "stream", "edit a block", "archival memory", "paging ends", "an unknown agent is 404"]
CHECKS += ["tokens and steps", "background and resume", "approve", "deny", "client tool", "cancel"]


@pytest.mark.parametrize("check", CHECKS)
def test_node_client(server, check):
    environment = {**os.environ, "MNEME_URL": server.url, "NODE_CLIENT_FOLDER": str(ROOT / ".cache" / "npm")}
    ran = subprocess.run(
        ["node", str(ROOT / "e2e" / "node_client.mjs"), check], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


METHODS_OF_1_12_1 = 129

# Live things that are refused all the same (test_methods.py says why).
REFUSED = {
    "conversations.cancel": 409,
    "agents.messages.cancel": 409,
    "conversations.messages.stream": 400,
    "conversations.messages.compact": 400,
    "agents.messages.compact": 400,
    "environments.sendMessage": 409,
    "mcpServers.refresh": 404,
    "mcpServers.tools.retrieve": 404,
    "mcpServers.tools.run": 404,
}


def test_every_method(tmp_path):
    """The twin of test_methods.py: no method is missing, refused with 405 or answered with 500 or 501, with live ids and with unknown ones."""
    server = Server(tmp_path).start()
    try:
        environment = {**os.environ, "MNEME_URL": server.url, "NODE_CLIENT_FOLDER": str(ROOT / ".cache" / "npm")}
        ran = subprocess.run(
            ["node", str(ROOT / "e2e" / "node_walk.mjs")], env=environment, capture_output=True, text=True, timeout=350
        )
    finally:
        server.stop()
    walked = {line["name"]: line for line in map(json.loads, ran.stdout.splitlines())}
    assert len(walked) == METHODS_OF_1_12_1, ran.stdout[-500:] + ran.stderr[-2000:]
    problems = []
    for name, told in walked.items():
        if "failed" in told:
            problems.append(f"{name} could not be called: {told['failed']}")
            continue
        live, unknown = told["live"], told["unknown"] or {"statuses": [404], "broken": None}
        allowed = REFUSED.get(name)
        if live["broken"] or not live["statuses"] or any(s >= 400 and s != allowed for s in live["statuses"]):
            problems.append(f"{name} with live things: {live}")
        if unknown["broken"] or not unknown["statuses"] or any(s == 405 or s >= 500 for s in unknown["statuses"]):
            problems.append(f"{name} with unknown ids: {unknown}")
    assert not problems, "\n".join(problems)
