"""What a call of a tool costs through the loop, over the model calls. Standard library only.

python3 bench/tools.py [--samples 100]

Each turn is two model calls with a tool call between them. Beside it, taken in turns with it so that the machine's noise is in both, stands a
turn of two model calls whose call names a tool that the agent does not have: what is left is the tool. Never run as a test.
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile
import threading
import time

from server import Bench, call, harness, provider, show, timed

PYTHON = '''def %s(n: int) -> int:
    """Adds one.

    Args:
        n: A number.
    """
    return n + 1
'''
TYPESCRIPT = "/** Adds one.\n * @param n A number. */\nexport function %s(n: number): number { return n + 1; }\n"
JAVA = "/** Adds one. @param n A number. */\npublic static int %s(int n) { return n + 1; }\n"
SOURCES = {"python": PYTHON, "typescript": TYPESCRIPT, "java": JAVA}
NOTHING = "CALL no_such_tool {}"
PAUSE = 0.4
"""Seconds between calls in TypeScript: a process serves one, and the next is started meanwhile."""


class Tools(Bench):
    def attached(self, language, name):
        body = {"source_code": SOURCES[language] % name, "source_type": language}
        tool = call(self.server.url, "PUT", "/v1/tools/", body)["id"]
        wish = {"name": name, "model": "openai/gpt-4o", "tool_ids": [tool], "include_base_tools": False}
        return call(self.server.url, "POST", "/v1/agents/", wish)["id"]

    def turn(self, agent, text, wanted):
        """One turn, which must end as it should; milliseconds."""
        out = {}
        body = {"messages": [{"role": "user", "content": text}]}
        took = timed(lambda: out.update(call(self.server.url, "POST", f"/v1/agents/{agent}/messages", body)))
        returned = [m for m in out["messages"] if m["message_type"] == "tool_return_message"]
        if [m["status"] for m in returned] != [wanted]:
            raise RuntimeError(json.dumps(out)[:500])
        return took

    def warm(self, language, samples, pause):
        name = f"warm_{language}"
        agent, text = self.attached(language, name), f'CALL {name} {{"n": 1}}'
        for _ in range(5):
            self.turn(agent, text, "success")
            self.turn(agent, NOTHING, "error")
        with_tool, without = [], []
        for _ in range(samples):
            time.sleep(pause)
            without.append(self.turn(agent, NOTHING, "error"))
            with_tool.append(self.turn(agent, text, "success"))
            call(self.server.url, "PATCH", f"/v1/agents/{agent}/reset-messages", {})
        base = show(f"{language}: two model calls, no tool", without)
        whole = show(f"{language}: two model calls and the tool", with_tool)
        print(f"{language}: over the model calls {whole - base:.1f} ms, ratio {whole / base:.2f}", flush=True)

    def cold(self, samples):
        over = []
        for i in range(samples):
            agent = self.attached("python", f"cold_{i}")
            self.turn(agent, NOTHING, "error")
            base = self.turn(agent, NOTHING, "error")
            over.append(self.turn(agent, f'CALL cold_{i} {{"n": 1}}', "success") - base)
        show("python: first call of an agent, over the model", over)

    def together(self, count):
        """So many agents, one call each, at once, in a second round."""
        agents = [self.attached("python", f"many_{i}") for i in range(count)]
        for text in (NOTHING, None):
            took, failed = [], []

            def work(i, text=text, took=took, failed=failed):
                try:
                    wanted = "error" if text else "success"
                    took.append(self.turn(agents[i], text or f'CALL many_{i} {{"n": 1}}', wanted))
                except Exception as e:
                    failed.append(str(e)[:200])

            for _ in range(2):  # the first round warms up
                took.clear()
                threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            show(f"python: {count} turns at once, {'no tool' if text else 'with the tool'}", took)
            print("".join(f"failed: {each}\n" for each in failed[:3]), end="", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--samples", type=int, default=100)
    samples = options.parse_args().samples
    model = provider.Provider()
    with tempfile.TemporaryDirectory() as folder:
        server = harness.Server(pathlib.Path(folder), **model.environment()).start()
        try:
            bench = Tools(server, model)
            print(f"load {os.getloadavg()[0]:.1f}")
            for language in SOURCES:
                bench.warm(language, samples, PAUSE if language == "typescript" else 0)
            bench.cold(max(3, samples // 20))
            for count in (10, 50):
                bench.together(count)
            print(f"load {os.getloadavg()[0]:.1f}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
