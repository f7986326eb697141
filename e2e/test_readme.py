"""Every example of the README runs as it stands, one after the other, with the demo model."""
import json
import pathlib
import re
import subprocess

import pytest

README = pathlib.Path(__file__).resolve().parent.parent / "README.md"
ADDRESS = "http://127.0.0.1:8283"
EXAMPLES = re.findall(r"```(python|sh)\n(.*?)```", README.read_text(), re.S)


@pytest.fixture(scope="module")
def names():
    """What earlier examples defined."""
    return {}


def title(example):
    return re.sub(r"\W+", "-", example[1])[:40]


def test_there_are_examples():
    assert len([language for language, _ in EXAMPLES if language == "python"]) >= 9


@pytest.mark.parametrize("example", EXAMPLES, ids=title)
def test_example(server, names, example, capsys):
    language, text = example
    text = text.replace(ADDRESS, server.url)
    if language == "python":
        exec(compile(text, "README.md", "exec"), names)  # noqa: S102 it is our own page
        printed = capsys.readouterr().out
        assert "print(" not in text or printed.strip()
    else:
        ran = subprocess.run(["bash", "-euc", text], capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout)["choices"][0]["message"]["content"]


def test_what_they_showed(names):
    client, careful, reply = names["client"], names["careful"], names["reply"]
    assert "Grace" in client.agents.blocks.retrieve("human", agent_id=careful.id).value
    assert reply.usage.run_ids, "the sleeping companion was not woken"
