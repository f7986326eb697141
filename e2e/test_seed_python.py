"""The package clients/python as people install it: the seed document's snippets, its command, its refusal, its embedded server."""
import os
import pathlib
import socket
import subprocess
import sys
import zipfile

import pytest
import seed_python
from harness import ROOT, clean_environment, free_port

PACKAGE = ROOT / "clients" / "python"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """Built once, from the checkout, as `pip install ./clients/python` would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "-q", "wheel", "--no-deps", "-w", str(folder), str(PACKAGE)], check=True, timeout=300
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory):
    """The wheel's contents, and a command beside them; the official client comes from the environment of the tests."""
    site = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "pip", "-q", "install", "--no-deps", "--target", str(site), str(wheel)], check=True, timeout=300
    )
    return site


def run(installed, program, url=None, folder=None, **extra):
    environment = clean_environment(folder or installed, PYTHONPATH=str(installed), **extra)
    if url:
        environment["LETTA_BASE_URL"] = url
    return subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, timeout=240)


def snippet(installed, server, tmp_path, *parts):
    program = tmp_path / "snippet.py"
    program.write_text(seed_python.script(*parts))
    ran = run(installed, program, server.url)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_an_agent_that_knows_and_remembers(installed, server, tmp_path):
    check = 'assert "Acme Corp" in results[0].content, results\nassert agent_state.llm_config.model == "gpt-4o"\n'
    out = snippet(installed, server, tmp_path, seed_python.CLIENT, check)
    assert "What do you know about me?" in out


def test_a_tool_of_ones_own(installed, server, tmp_path):
    check = """
assert tool.json_schema["parameters"]["required"] == ["city"], tool.json_schema
assert "get_weather" in [t.name for t in client.api.agents.tools.list(agent.id)]
"""
    snippet(installed, server, tmp_path, seed_python.TOOL, check)


def test_models_named_by_config(installed, server, tmp_path):
    check = """
from letta import create_client
made = create_client().create_agent(llm_config=llm_config, embedding_config=embedding_config)
assert made.llm_config.context_window == 128000, made.llm_config
assert made.embedding_config.embedding_chunk_size == 300, made.embedding_config
"""
    snippet(installed, server, tmp_path, seed_python.MODELS, check)


def test_agents_that_work_for_each_other(installed, server, tmp_path):
    check = 'assert "Summarize this research" in str(summary.messages), summary.messages\n'
    snippet(installed, server, tmp_path, seed_python.AGENTS, check)


def manual(path):
    """A PDF of one page, as small as it can be."""
    text = b"BT /F1 18 Tf 40 700 Td (The red lever stops the paper mill at once.) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(out),
    )
    path.write_bytes(out + end)
    return path


def test_documents_in_an_agents_reach(installed, server, tmp_path):
    path = manual(tmp_path / "manual.pdf")
    check = """
found = client.get_archival_memory(agent_id=agent.id, query="what stops the mill")
assert "red lever" in found[0].content, found
"""
    sources = seed_python.SOURCES.replace("/path/to/documents/manual.pdf", str(path))
    snippet(installed, server, tmp_path, seed_python.AN_AGENT, sources, check)


def test_an_answer_as_it_is_made(installed, server, tmp_path):
    assert "Write a detailed analysis" in snippet(installed, server, tmp_path, seed_python.AN_AGENT, seed_python.STREAM)


def test_the_command_is_the_launcher(installed, tmp_path):
    command = installed / "bin" / "letta"
    ran = subprocess.run(
        [sys.executable, str(command), "--version"],
        env=clean_environment(tmp_path, PYTHONPATH=str(installed)),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ran.returncode == 0 and ran.stdout.lower().startswith("mneme"), ran.stdout + ran.stderr


def test_without_a_server_one_is_started_and_stopped_again(installed, provider, tmp_path):
    port = free_port()
    program = tmp_path / "embedded.py"
    program.write_text(
        "from letta import _server, create_client\n"
        f"_server.DEFAULT_URL = 'http://127.0.0.1:{port}'\n"
        "client = create_client()\n"
        "agent = client.create_agent(llm_config={'model': 'gpt-4o'})\n"
        "print(client.send_message(agent_id=agent.id, message='hello there').messages[-1].content)\n"
    )
    ran = run(installed, program, folder=tmp_path, MNEME_DIR=str(tmp_path / "data"), **provider.environment())
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "hello there" in ran.stdout
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=2).close()


def test_where_nothing_can_be_started_it_says_what_to_do(installed, tmp_path):
    program = tmp_path / "nothing.py"
    program.write_text("from letta import _server, create_client\n_server.DEFAULT_URL = 'http://127.0.0.1:9'\ncreate_client()\n")
    ran = run(installed, program, MNEME_LAUNCHER="/nowhere/mneme")
    assert ran.returncode != 0
    assert "/nowhere/mneme" in ran.stderr and "MNEME_LAUNCHER" in ran.stderr, ran.stderr


def test_it_refuses_to_live_beside_the_vendors_package(installed, tmp_path):
    beside = tmp_path / "letta-0.16.7.dist-info"
    beside.mkdir()
    (beside / "METADATA").write_text("Metadata-Version: 2.1\nName: letta\nVersion: 0.16.7\n")
    ran = subprocess.run(
        [sys.executable, "-c", "import letta"],
        env=clean_environment(tmp_path, PYTHONPATH=f"{installed}{os.pathsep}{tmp_path}"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode != 0 and "pip uninstall letta" in ran.stderr, ran.stderr


def test_pip_refuses_too(tmp_path):
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, timeout=120)
    python = environment / "bin" / "python"
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    ).stdout.strip()
    vendors = pathlib.Path(site) / "letta-0.16.7.dist-info"
    vendors.mkdir()
    (vendors / "METADATA").write_text("Metadata-Version: 2.1\nName: letta\nVersion: 0.16.7\n")
    ran = subprocess.run(
        [str(python), "-m", "pip", "install", "--no-deps", str(PACKAGE)], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode != 0
    assert "cannot live beside the package 'letta'" in ran.stdout + ran.stderr, ran.stdout + ran.stderr


def test_the_wheel_holds_the_package_and_the_way_to_the_launcher(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {"letta/__init__.py", "letta/_client.py", "letta/_checkout.txt"} <= set(names), names
