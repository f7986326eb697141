"""A disk that is full and a database that somebody else holds: each request is answered, nothing acknowledged is lost, and it goes on."""
import os
import sqlite3
import subprocess
import time

import pytest
from harness import Server

FULL_DISK_MB = 32  # enough for an empty database, its log and its index


def fill(path, leave):
    """Writes a file until so many bytes are left on its disk."""
    with open(path, "wb") as f:
        try:
            while (free := os.statvfs(path).f_bavail * os.statvfs(path).f_frsize) > leave:
                f.write(b"x" * min(free - leave, 1 << 20))
                f.flush()
        except OSError:
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="a disk of its own needs root to mount it")
def test_a_full_disk(tmp_path, provider):
    data = tmp_path / "data"
    data.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={FULL_DISK_MB}m", "tmpfs", str(data)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here: " + mounted.stderr.decode().strip())
    server = Server(tmp_path, **provider.environment())
    try:
        server.start()
        agent = server.call("POST", "/v1/agents/", {"name": "full", "model": "openai/gpt-4o"})["id"]
        kept = []
        server.say(agent, "before")
        kept.append("before")
        fill(data / "filler", 0)
        refused = None
        for i in range(200):
            text = f"m{i} " + "y" * 20_000
            try:
                server.say(agent, text)
                kept.append(text)
            except AssertionError as e:
                refused = str(e)
                break
        assert refused and "507" in refused, refused
        assert server.call("GET", "/v1/health/")["status"] == "ok"
        assert server.said(agent)[: len(kept)] == kept
        (data / "filler").unlink()
        end = time.monotonic() + 30
        while True:
            try:
                server.say(agent, "after")
                break
            except AssertionError as e:
                assert time.monotonic() < end, e
                time.sleep(0.5)
        server.stop()
        server.start()
        told = server.said(agent)
        assert [m for m in told if m in kept] == kept and told[-1] == "after"
    finally:
        server.stop()
        subprocess.run(["umount", "-l", str(data)], check=False)


def test_a_database_that_another_process_holds(tmp_path, provider):
    server = Server(tmp_path, **provider.environment())
    server.start()
    try:
        agent = server.call("POST", "/v1/agents/", {"name": "locked", "model": "openai/gpt-4o"})["id"]
        server.say(agent, "before")
        other = sqlite3.connect(tmp_path / "data" / "mneme.db", isolation_level=None)
        other.execute("begin immediate")
        try:
            with pytest.raises(AssertionError, match="answered 503"):
                server.say(agent, "meanwhile")
            assert server.said(agent) == ["before"]
        finally:
            other.execute("rollback")
            other.close()
        server.say(agent, "after")
        assert server.said(agent)[-1] == "after"
    finally:
        server.stop()
