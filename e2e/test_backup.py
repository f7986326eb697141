"""A server moves to another database by ./mneme backup and restore, and the doctor finds it well. As the README shows it."""
import os

import pytest
from harness import Server, launch, new_postgres_database


@pytest.fixture
def two(tmp_path):
    """A server on SQLite, and an empty one on PostgreSQL where there is one."""
    postgres = new_postgres_database() if "TEST_POSTGRES_URI" in os.environ else None
    servers = Server(tmp_path / "one").start(), Server(tmp_path / "two", postgres=postgres).start()
    yield servers
    for server in servers:
        server.stop()


def test_a_server_moves_and_its_agents_with_it(two, tmp_path):
    old, new = two
    agent = old.call("POST", "/v1/agents/", {"name": "friend", "model": "demo/mneme-demo", "secrets": {"KEY": "hush"}})["id"]
    said = {"messages": [{"role": "user", "content": "My name is Ada."}]}
    old.call("POST", f"/v1/agents/{agent}/messages", said)
    file = tmp_path / "monday.zip"

    def mneme(*words, server, **environment):
        return launch(*words, "--url", server.url, home=tmp_path, **environment)

    phrase = {"MNEME_BACKUP_PASSPHRASE": "correct horse"}
    made = mneme("backup", str(file), server=old, **phrase)
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o077 == 0, "others can read it"
    plain = mneme("backup", str(tmp_path / "plain.zip"), server=old)
    assert "NOT in it" in plain.stdout

    wrong = mneme("restore", str(file), server=new, MNEME_BACKUP_PASSPHRASE="battery staple")
    assert wrong.returncode == 1 and "passphrase does not fit" in wrong.stderr
    done = mneme("restore", str(file), server=new, **phrase)
    assert done.returncode == 0 and "lost" not in done.stdout, done.stderr + done.stdout
    again = mneme("restore", str(file), server=new, **phrase)
    assert again.returncode == 1 and "holds something already" in again.stderr

    messages = f"/v1/agents/{agent}/messages?limit=100"
    assert new.call("GET", messages) == old.call("GET", messages)
    assert new.call("POST", f"/v1/agents/{agent}/messages", said)["messages"]
    well = mneme("doctor", server=new)
    assert (well.returncode, well.stdout) == (0, "all is well\n")

    assert mneme("export", "friend", str(tmp_path / "friend.af"), server=new).returncode == 0
    came = mneme("import", str(tmp_path / "friend.af"), server=old)
    assert came.returncode == 0, came.stderr
    assert old.call("GET", "/v1/agents/" + came.stdout.strip())["name"].startswith("friend")
