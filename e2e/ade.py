"""The web page in headless Chromium: ./verify ade. The scenes are in ade.mjs."""
import os
import pathlib
import subprocess
import threading
import time

import pytest
from harness import ROOT, Server, clean_environment

HERE = pathlib.Path(__file__).resolve().parent
MODULES = ROOT / ".cache" / "ade"


def play(scene, server, *more, timeout=350):
    # Modules are looked for beside the script, so it is read from the folder that has them.
    script = MODULES / "ade.mjs"
    for each in HERE.glob("ade*.mjs"):
        (MODULES / each.name).write_text(each.read_text())
    extra = {name: os.environ[name] for name in ("ADE_SHOTS", "CHROMIUM") if name in os.environ}
    ran = subprocess.run(
        ["node", str(script), scene, server.url, *map(str, more)],
        env=clean_environment(server.folder, **extra),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert ran.returncode == 0, f"{scene}: {ran.stderr[-3000:]}"


@pytest.fixture
def fresh(provider, tmp_path):
    running = Server(tmp_path, **provider.environment()).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def house(provider, tmp_path_factory):
    """Shared by most scenes. It may reach the MCP server that a scene runs on this machine."""
    running = Server(tmp_path_factory.mktemp("house"), MNEME_ALLOWED_PRIVATE_HOSTS="127.0.0.1", **provider.environment())
    running.start()
    yield running
    running.stop()


def test_someone_who_has_never_seen_it(fresh):
    play("first", fresh)


@pytest.mark.parametrize("scene", ["places", "keyboard", "tabs", "resume", "approval", "handling", "decisions", "workshop", "papers", "sharing", "finding"])
def test_scene(house, scene):
    play(scene, house)


def test_a_server_killed_in_the_middle_of_an_answer(fresh):
    sign = fresh.folder / "sign"

    def killer():
        while not sign.exists():
            time.sleep(0.05)
        fresh.kill()
        fresh.start()
        sign.unlink()

    threading.Thread(target=killer, daemon=True).start()
    play("killed", fresh, sign)


def test_login(provider, tmp_path):
    secret = "correct horse battery staple"
    running = Server(tmp_path, LETTA_SERVER_PASSWORD=secret, **provider.environment())
    running.start("--secure")
    try:
        play("login", running, secret)
    finally:
        running.stop()


def test_a_long_conversation(house):
    words = [{"role": "user", "content": "a needle in it" if n == 300 else f"message {n}"} for n in range(1_000)]
    made = house.call(
        "POST",
        "/v1/agents/",
        {"model": "demo/mneme-demo", "memory_blocks": [], "initial_message_sequence": words},
    )
    play("long", house, made["id"])
