"""Runs one piece of foreign code in the process that was made for it, and writes its frame: a value or an error."""
import gc
import json
import os
import sys
import traceback
import typing

from . import arguments, frames, shapes, state, walls

FILE_NAME = "tool.py"
"""What tracebacks call the source."""

CPU_GRACE = 5
"""Seconds of processor time over the call's own time; threads may use several processors for less."""

LONGEST_ERROR = 1000
"""Characters of an error's text (contract 05 §4)."""


def run(job_reader, config, result):
    """Waits for the job and does it; never returns."""
    body = frames.read_body(job_reader)
    if body is None:
        os._exit(0)
    os.close(job_reader)
    job = json.loads(body)
    walls.limit("RLIMIT_CPU", int(job["seconds"]) + CPU_GRACE)
    _prepare(job, config)
    first = os.getpid()
    try:
        answer = _answer(job)
    except SystemExit as end:
        answer = {"error": "SystemExit: " + str(end.code)} if end.code else {"error": "SystemExit: the code left before it returned"}
    except BaseException as error:  # whatever foreign code raises is its result
        _print_trace(error)
        answer = {"error": _error_text(error)}
    _flush()
    if os.getpid() != first:
        os._exit(0)  # a child that foreign code forked and let run on to here
    try:
        frame = frames.pack(answer)
    except (MemoryError, ValueError, RecursionError) as error:
        frame = frames.pack({"error": _error_text(error)})
    most = config["limits"]["result"]
    if len(frame) > most:
        frame = frames.pack({"error": "ValueError: the return value is too large: %d bytes of JSON, %d at most" % (len(frame), most)})
    frames.write_all(result, frame)
    os._exit(0)


def _prepare(job, config):
    gc.enable()
    os.environ.clear()
    os.environ.update({"HOME": config["home"], "TMPDIR": config["home"], "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"})
    if config["port"]:
        address = "http://127.0.0.1:%d" % config["port"]
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            os.environ[name] = address
    if config["authorities"]:
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            os.environ[name] = config["authorities"]
    os.environ.update(job["environment"])
    if job["clientKey"]:
        os.environ.setdefault("LETTA_API_KEY", job["clientKey"])
        os.environ.setdefault("LETTA_BASE_URL", config["server"])
    os.chdir(config["home"])
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = open(number, "w", encoding="utf-8", errors="backslashreplace", buffering=1 << 13, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, "__" + name + "__", stream)
    sys.stdin = open(os.devnull)
    sys.argv = [FILE_NAME]
    sys.path[:0] = config["late"]
    if job["missing"]:
        sys.meta_path.append(_Missing(job["missing"]))


class _Missing:
    """Says why a package of the base environment cannot be imported."""

    def __init__(self, why):
        self.why = why

    def find_spec(self, name, path=None, target=None):
        if name in ("requests", "httpx", "pydantic", "letta_client"):
            raise ModuleNotFoundError("No module named %r: %s" % (name, self.why), name=name)
        return None


def _answer(job):
    module, last = shapes.load(job["source"], FILE_NAME, whole=job["function"] is None, before=lambda scope: _names(scope, job))
    if job["function"] is None:
        return _returned(last, None)
    function = module.get(job["function"])
    if not callable(function):
        raise NameError("name %r is not defined" % job["function"])
    agent = state.AgentState(job["agentState"]) if job["agentState"] is not None else None
    first, named = arguments.prepare(function, module, job, agent)
    value = function(*first, **named)
    if hasattr(value, "__await__") or hasattr(value, "__aiter__"):
        import asyncio

        value = asyncio.run(_awaited(value))
    return _returned(value, agent)


async def _awaited(value):
    """What a coroutine returns, or all that an asynchronous generator yields."""
    return await value if hasattr(value, "__await__") else [each async for each in value]


def _names(scope, job):
    """What the source finds in its own scope besides what it defines."""
    scope["client"] = _LateClient(job["clientKey"]) if job["clientKey"] else None
    scope["agent_state"] = None
    # clients send a function without the imports above it: the names of annotations are there
    scope.update((name, getattr(typing, name)) for name in typing.__all__)
    arguments.define(job["argsSchema"], scope)


def _returned(value, agent):
    plain = shapes.plain(value)
    text = plain if isinstance(plain, str) else shapes.text(value, plain)
    return {"value": shapes.clean(plain), "text": shapes.clean(text), "state": None if agent is None else shapes.clean(shapes.plain(agent))}


class _LateClient:
    """letta_client.Letta for this server, made when it is first used: its package takes a while to load."""

    def __init__(self, key):
        object.__setattr__(self, "_key", key)

    def _real(self):
        real = self.__dict__.get("_made")
        if real is None:
            import ssl

            import letta_client

            # this server speaks plain HTTP here: reading the machine's certificates would cost 20 ms for each of several contexts
            http = letta_client.DefaultHttpxClient(
                trust_env=False, proxy=os.environ.get("http_proxy"), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
            real = letta_client.Letta(api_key=self._key, base_url=os.environ["LETTA_BASE_URL"], http_client=http)
            object.__setattr__(self, "_made", real)
        return real

    def __getattr__(self, name):
        return getattr(self._real(), name)

    def __setattr__(self, name, value):
        setattr(self._real(), name, value)


def _error_text(error):
    try:
        text = str(error)
    except Exception:  # an exception of theirs that cannot even be printed
        text = "<no text>"
    return shapes.clean((type(error).__name__ + ": " + text)[:LONGEST_ERROR])


def _print_trace(error):
    """The trace from the foreign source on: our own lines tell its author nothing."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != FILE_NAME:
        trace = trace.tb_next
    try:
        traceback.print_exception(type(error), error, trace, file=sys.stderr)
    except Exception:  # their __str__ may raise
        print(type(error).__name__, file=sys.stderr)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # they may have replaced or closed it
            pass
