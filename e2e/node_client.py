"""The official Node client against a running server; run by ./verify node (needs .cache/npm)."""
import os
import subprocess

import pytest
from harness import ROOT

CHECKS = ["health", "send", "stream", "edit a block", "archival memory", "paging ends", "an unknown agent is 404"]
CHECKS += ["tokens and steps", "background and resume", "approve", "deny", "client tool", "cancel"]


@pytest.mark.parametrize("check", CHECKS)
def test_node_client(server, check):
    environment = {**os.environ, "MNEME_URL": server.url, "NODE_CLIENT_FOLDER": str(ROOT / ".cache" / "npm")}
    ran = subprocess.run(
        ["node", str(ROOT / "e2e" / "node_client.mjs"), check], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
