"""Finding a running server, or starting one that lives as long as this program."""
import atexit
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from typing import Optional

DEFAULT_URL = "http://127.0.0.1:8283"
# A first start builds the server, which takes minutes where libraries must be fetched.
START_SECONDS = 900
STOP_SECONDS = 30


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url + "/v1/health/", timeout=2) as answer:
            return json.load(answer).get("status") == "ok"
    except (OSError, ValueError):
        return False


def launcher() -> Optional[str]:
    """The path of `mneme`: MNEME_LAUNCHER, the checkout that this was installed from, or the PATH."""
    given = os.environ.get("MNEME_LAUNCHER")
    if given:
        return given
    note = pathlib.Path(__file__).with_name("_checkout.txt")
    if note.is_file():
        found = pathlib.Path(note.read_text(encoding="utf-8").strip()) / "mneme"
        if found.is_file():
            return str(found)
    return shutil.which("mneme")


def no_launcher() -> str:
    return (
        "The launcher 'mneme' was not found. Put it on the PATH, or set MNEME_LAUNCHER to the file 'mneme' of a checkout of the server."
    )


def start(url: str) -> None:
    """Starts a server at url and waits until it answers; it is stopped when this program ends."""
    program = launcher()
    if program is None:
        raise RuntimeError(f"No server answers at {url}, and none could be started. {no_launcher()}")
    port = urllib.parse.urlparse(url).port or 8283
    log = tempfile.NamedTemporaryFile("w", prefix="mneme-", suffix=".log", delete=False)
    with log:
        try:
            process = subprocess.Popen(
                [program, "server", "--port", str(port)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        except OSError as e:
            raise RuntimeError(f"{program} could not be run ({e.strerror}). {no_launcher()}") from e
    atexit.register(_stop, process)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            said = pathlib.Path(log.name).read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"The server that was started for this program ended at once. It said:\n{said}")
        if healthy(url):
            return
        time.sleep(0.1)
    _stop(process)
    raise RuntimeError(f"The server did not answer at {url} within {START_SECONDS} s. Its log: {log.name}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
