"""Every example of the README and of the pages in docs/ runs as it stands, one after the other, with the demo model.

The README's run on both databases, the others on SQLite.
"""
import json
import os
import pathlib
import re
import subprocess
import urllib.parse

import pytest
from harness import ROOT, clean_environment

ADDRESS = "http://127.0.0.1:8283"
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))


def examples(page):
    return re.findall(r"```(python|sh)\n(.*?)```", page.read_text(), re.S)


@pytest.fixture(scope="module")
def names():
    """What earlier examples of a page defined."""
    return {page: {} for page in [README, *PAGES]}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with mneme and letta on the path, as ./mneme install leaves it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "bin").mkdir()
    for name in ("mneme", "letta"):
        (folder / "bin" / name).symlink_to(ROOT / "mneme")
    return folder


def title(value):
    return value.stem if isinstance(value, pathlib.Path) else re.sub(r"\W+", "-", value)[:40]


def test_there_are_examples():
    assert len([language for language, _ in examples(README) if language == "python"]) >= 9
    for page in ("quickstart", "concepts", "providers", "tools", "memory", "production", "troubleshooting", "from-letta"):
        assert examples(ROOT / "docs" / f"{page}.md"), page


def shown(server, names, home, language, text, capsys):
    text = text.replace(ADDRESS, server.url)
    if language == "python":
        exec(compile(text, "example", "exec"), names)  # noqa: S102 it is our own page
        printed = capsys.readouterr().out
        assert "print(" not in text or printed.strip()
    else:
        environment = clean_environment(home, LETTA_BASE_URL=server.url)
        environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment['PATH']}"
        # -f: an HTTP error is a failure of the example
        told = text.replace("curl -s", "curl -sf")
        ran = subprocess.run(["bash", "-euo", "pipefail", "-c", told], capture_output=True, text=True, timeout=60, env=environment, cwd=home)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert ran.stdout.strip()
        if "/chat/completions" in text:
            assert json.loads(ran.stdout)["choices"][0]["message"]["content"]


@pytest.mark.parametrize("language,text", examples(README), ids=title)
def test_readme(server, names, home, language, text, capsys):
    shown(server, names[README], home, language, text, capsys)


@pytest.mark.parametrize("page,language,text", [(page, *each) for page in PAGES for each in examples(page)], ids=title)
def test_page(sqlite_server, names, home, page, language, text, capsys):
    shown(sqlite_server, names[page], home, language, text, capsys)


def test_what_they_showed(names):
    readme = names[README]
    client, careful, reply = readme["client"], readme["careful"], readme["reply"]
    assert "Grace" in client.agents.blocks.retrieve("human", agent_id=careful.id).value
    assert reply.usage.run_ids, "the sleeping companion was not woken"


def anchors(page):
    """The anchors of a page's headings, as the hosts of repositories make them."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", page.read_text(), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")], ids=title)
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if urllib.parse.urlparse(target).scheme:
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name}: {target}"
        assert not anchor or found.suffix != ".md" or anchor in anchors(found), f"{page.name}: no heading {target}"
