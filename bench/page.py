"""How fast the web page is in headless Chromium: bytes, time until it can be used, tasks that keep the main thread, with a long history.

python3 bench/page.py [--messages 10000] [--rounds 7] [--slower 1]

Wants a jar with the page in it (./mneme builds it), Chromium, and what ./verify ade installs into .cache/ade. Never run as a test. With
Chromium, server and provider on the same cores, what else the machine does is in every line.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from server import add_history, call

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import harness  # noqa: E402
import provider  # noqa: E402

MODULES = HERE.parent / ".cache" / "ade"


def agent(server, name):
    wish = {"name": name, "model": "openai/gpt-4o", "memory_blocks": [{"label": "human", "value": "x"}]}
    return call(server.url, "POST", "/v1/agents/", wish)["id"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slower", type=float, default=1, help="slows the browser's processor down by this, as a weak machine would")
    options = parser.parse_args()
    model = provider.Provider()
    with tempfile.TemporaryDirectory() as folder:
        server = harness.Server(folder, **model.environment())
        server.start()
        long, empty = agent(server, "long"), agent(server, "empty")
        server.stop()
        words = [("a message of some length " * (n % 9 * n % 40 + 1)).strip() for n in range(97)]
        add_history(pathlib.Path(folder) / "data" / "mneme.db", long, options.messages, lambda i: words[i % 97])
        server.start()
        # Modules are looked for beside the script, so it is read from the folder that has them.
        script = MODULES / "page.mjs"
        script.write_text((HERE / "page.mjs").read_text())
        print(f"load {os.getloadavg()[0]:.1f}", flush=True)
        ran = subprocess.run(["node", str(script), server.url, long, empty, str(options.rounds), str(options.slower)], check=False)
        print(f"load {os.getloadavg()[0]:.1f}", flush=True)
        server.stop()
    sys.exit(ran.returncode)


if __name__ == "__main__":
    main()
