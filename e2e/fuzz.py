"""Throws what /openapi.json allows, and what it does not, at a server: nothing may be answered with 5xx, and every answer has its
documented shape. fuzz.py SECONDS REPORT, run by ./verify fuzz; FUZZ_SEED repeats a campaign.

Server and campaign live in a network of their own that holds nothing but themselves: whatever address is made up, nobody is there."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import ROOT, Server

INSIDE = "MNEME_FUZZ_INSIDE"
REQUEST_SECONDS = 30  # an answer that takes longer is a failure
CHECKS = "no_failure_of_the_server,response_schema_conformance"
MODEL = "demo/mneme-demo"


def settle(server, name):
    """One of each thing; their ids by the names of parameters."""
    agent = server.call("POST", "/v1/agents/", {"model": MODEL, "memory_blocks": [{"label": "human", "value": "Name: Ada."}]})
    at = f"/v1/agents/{agent['id']}"
    answer = server.call("POST", at + "/messages", {"messages": [{"role": "user", "content": "Hello"}]})
    run = answer["messages"][0]["run_id"]
    archive = server.call("POST", "/v1/archives/", {"name": name})["id"]
    return {
        "agent_id": agent["id"],
        "block_id": agent["memory"]["blocks"][0]["id"],
        "block_label": "human",
        "label": "human",
        "tool_id": agent["tools"][0]["id"],
        "tool_name": agent["tools"][0]["name"],
        "message_id": answer["messages"][-1]["id"],
        "run_id": run,
        "step_id": server.call("GET", f"/v1/runs/{run}/steps")[0]["id"],
        "archive_id": archive,
        "passage_id": server.call("POST", f"/v1/archives/{archive}/passages", {"text": "Tea is drunk at four."})["id"],
        "source_id": server.call("POST", "/v1/folders/", {"name": name})["id"],
        "conversation_id": server.call("POST", f"/v1/conversations/?agent_id={agent['id']}", {})["id"],
        "identity_id": server.call("POST", "/v1/identities/", {"identifier_key": name, "name": name, "identity_type": "user"})["id"],
        "group_id": server.call("POST", "/v1/groups/", {"agent_ids": [agent["id"]], "description": name})["id"],
    }


def campaign(server, seconds, report, seed):
    environment = {
        **os.environ,
        "FUZZ_LIVE": json.dumps(settle(server, "live")),
        "FUZZ_DOOMED": json.dumps(settle(server, "doomed")),
        "SCHEMATHESIS_HOOKS": "fuzz_rules",
        "PYTHONPATH": str(ROOT / "e2e"),
    }
    command = [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", server.url + "/openapi.json"]
    command += ["--phases", "coverage,fuzzing", "--max-time", str(seconds), "--seed", str(seed), "--workers", "1"]
    command += ["--checks", CHECKS, "--no-shrink", "--continue-on-failure", "--request-timeout", str(REQUEST_SECONDS)]
    command += ["--suppress-health-check", "all", "--warnings", "off", "--report", "junit", "--report-junit-path", report]
    with tempfile.TemporaryDirectory() as quiet:
        return subprocess.run(command, env=environment, cwd=quiet).returncode


def main(seconds, report):
    if INSIDE not in os.environ:
        seed = os.environ.get("FUZZ_SEED") or str(random.randrange(10**9))
        print(f"fuzzing for {seconds} s; FUZZ_SEED={seed} ./verify fuzz repeats it", flush=True)
        apart = ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"]
        os.execvpe(apart[0], [*apart, sys.executable, __file__, seconds, report], {**os.environ, INSIDE: seed})
    with tempfile.TemporaryDirectory(prefix="mneme-fuzz-") as folder:
        # The only model is the one inside the server; no program is started as a server of tools.
        server = Server(folder, MCP_DISABLE_STDIO="true", MNEME_TOOL_TIMEOUT="5").start()
        try:
            return campaign(server, seconds, report, os.environ[INSIDE])
        finally:
            server.stop()
            print("\n".join(line for line in server.log.read_text().splitlines() if "SEVERE" in line or "Exception" in line)[:5000])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
