"""Every method of the official Python client, found by introspection, against a running server: none is missing, refused with 405 or
answered with 500 or 501, and an unknown id is a 404 that names it."""
import inspect
import io
import time

import httpx
import letta_client
import pytest
from letta_client import Letta
from letta_client._resource import SyncAPIResource

METHODS_OF_1_12_1 = 129

# How the names of methods begin whose parts have not landed yet; empty when all have.
NOT_YET: tuple[str, ...] = ()

NOBODY = "00000000-0000-4000-8000-00000000dead"
USER = {"role": "user", "content": "Hello"}
TOOL = 'def add_{0}(a: int, b: int) -> int:\n    """Adds.\n\n    Args:\n        a (int): one\n        b (int): other\n    """\n    return a + b\n'
TOOL_SCHEMA = {
    "name": "add_{0}",
    "description": "Adds.",
    "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]},
}
MCP = {"mcp_server_type": "streamable_http", "server_url": "https://mcp.example.invalid/mcp"}

# Live things that are refused all the same: nothing runs, nothing is planned, nobody is connected, the server of tools is out of reach and
# has no such tool (contract 11 §2).
REFUSED = {
    "conversations.cancel": 409,
    "agents.messages.cancel": 409,
    "conversations.messages.stream": 400,
    "conversations.messages.compact": 400,
    "agents.messages.compact": 400,
    "environments.send_message": 409,
    "mcp_servers.refresh": 404,
    "mcp_servers.tools.retrieve": 404,
    "mcp_servers.tools.run": 404,
}

# Unknown ids that are no 404 (contract 03, 07, 12): empty lists, nothing to take away, null.
NOT_404 = {
    "agents.list",
    "agents.messages.cancel",
    "agents.messages.list",
    "conversations.messages.list",
    "mcp_servers.tools.list",
    "messages.list",
    "runs.list",
    "runs.messages.list",
    "runs.steps.list",
    "steps.list",
    "steps.messages.list",
    "steps.trace.retrieve",
    "archives.list",
    "conversations.list",
    "folders.files.list",
}

# Unknown ids that the contract refuses otherwise (05).
UNKNOWN = {"conversations.messages.stream": 400, "tools.delete": 400}


def methods(client):
    """Every public method of every resource, by its dotted name."""

    def walk(resource, path):
        kind = type(resource)
        for name in sorted(dir(kind)):
            if name.startswith(("_", "with_")):
                continue
            if inspect.isfunction(inspect.getattr_static(kind, name)):
                if path:
                    yield ".".join([*path, name]), getattr(resource, name)
            elif isinstance(found := getattr(resource, name), SyncAPIResource):
                yield from walk(found, [*path, name])

    return {"health": client.health, **dict(walk(client, []))}


NAMES = sorted(methods(Letta(base_url="http://nowhere", api_key="none")))


class World:
    """Makes what a method needs to be called on."""

    def __init__(self, url):
        self.statuses = []
        self.client = Letta(base_url=url, api_key="none", max_retries=0, timeout=60)
        self.client._client.event_hooks["response"] = [lambda answer: self.statuses.append(answer.status_code)]
        self.serial = 0

    def next(self):
        self.serial += 1
        return f"{self.serial}_{time.time_ns()}"

    def agent_id(self):
        return self.client.agents.create(
            name="walk", model="demo/mneme-demo", memory_blocks=[{"label": "human", "value": "Name: Ada."}], tags=["walk"]
        ).id

    def block_id(self):
        return self.client.blocks.create(label="notes", value="x").id

    def archive_id(self):
        return self.client.archives.create(name="a").id

    def folder_id(self):
        return self.client.folders.create(name="f" + self.next()).id

    def file(self):
        return ("walk.txt", io.BytesIO(b"Some text to be found."), "text/plain")

    def file_id(self, folder):
        """A file that has been read: only such a one can be opened."""
        file = self.client.folders.files.upload(folder, file=self.file()).id
        end = time.monotonic() + 30
        while {each.id: each.processing_status for each in self.client.folders.files.list(folder)}[file] != "completed":
            assert time.monotonic() < end, "the file was not read in 30 s"
            time.sleep(0.02)
        return file

    def tool_id(self):
        name = self.next()
        return self.client.tools.create(source_code=TOOL.format(name)).id

    def conversation_id(self):
        return self.client.conversations.create(agent_id=self.agent_id()).id

    def run(self, **more):
        return self.client.agents.messages.create_async(self.agent_id(), messages=[USER], **more)

    def run_id(self):
        run = self.run()
        while self.client.runs.retrieve(run.id).status not in ("completed", "failed"):
            time.sleep(0.02)
        return run.id

    def step_id(self):
        return self.client.runs.steps.list(self.run_id()).items[0].id

    def message_id(self):
        return self.client.agents.messages.list(self.agent_id()).items[0].id

    def mcp_server_id(self):
        return self.client.mcp_servers.create(server_name="s" + self.next(), config=MCP).id

    def identity_id(self):
        return self.client.post(
            "/v1/identities/", cast_to=object, body={"identifier_key": self.next(), "name": "Ann", "identity_type": "user"}
        )["id"]

    def template(self):
        return self.client.templates.create(type="agent", agent_id=self.agent_id(), name="t" + self.next()).name

    def token(self):
        return self.tokens()[1].token

    def tokens(self):
        agent = self.agent_id()
        policy = [{"type": "agent", "id": agent, "access": ["read_agent"]}]
        return agent, self.client.access_tokens.create(hostname="http://localhost", policy=policy)

    def environment(self):
        body = {"deviceId": "d" + self.next(), "connectionName": "laptop"}
        return body["deviceId"], self.client.post("/v1/environments/register", cast_to=object, body=body)["connectionId"]

    def planned(self):
        agent = self.agent_id()
        soon = {"type": "one-time", "scheduled_at": (time.time() + 3600) * 1000}
        return agent, self.client.agents.schedule.create(agent, messages=[USER], schedule=soon).id

    def remembered(self):
        agent = self.agent_id()
        return agent, self.client.agents.passages.create(agent, text="tea")[0].id

    def agent_file(self):
        return self.client.get(f"/v1/agents/{self.agent_id()}/export", cast_to=object)


def pair(first, second):
    return lambda made: dict(zip((first, second), made, strict=True))


def with_folder(w):
    folder = w.folder_id()
    return {"folder_id": folder, "file_id": w.file_id(folder)}


def attached(w, attach, **what):
    agent = w.agent_id()
    attach(*what.values(), agent_id=agent)
    return {**what, "agent_id": agent}


def with_open_file(w):
    made = with_folder(w)
    agent = w.agent_id()
    w.client.agents.folders.attach(made["folder_id"], agent_id=agent)
    return {"file_id": made["file_id"], "agent_id": agent}


def opened(w, held):
    w.client.agents.files.open(**held)
    return held


def with_passage(w):
    archive = w.archive_id()
    return {"archive_id": archive, "passage_id": w.client.archives.passages.create(archive, text="tea").id}


# What a method needs beyond one live thing for each parameter that it requires.
WISHES = {
    "access_tokens.create": lambda w: {"hostname": "http://localhost", "policy": [{"type": "agent", "id": w.agent_id(), "access": ["read_agent"]}]},
    "agents.archives.detach": lambda w: attached(w, w.client.agents.archives.attach, archive_id=w.archive_id()),
    "agents.blocks.detach": lambda w: attached(w, w.client.agents.blocks.attach, block_id=w.block_id()),
    "agents.blocks.update": lambda w: {"block_label": "human", "agent_id": w.agent_id(), "value": "Name: Bo."},
    "agents.create": lambda w: {"model": "demo/mneme-demo"},
    "agents.files.close": lambda w: opened(w, with_open_file(w)),
    "agents.files.open": with_open_file,
    "agents.folders.detach": lambda w: attached(w, w.client.agents.folders.attach, folder_id=w.folder_id()),
    "agents.import_file": lambda w: {"file": ("a.af", io.BytesIO(__import__("json").dumps(w.agent_file()).encode()), "application/json")},
    "agents.messages.create": lambda w: {"agent_id": w.agent_id(), "messages": [USER]},
    "agents.messages.create_async": lambda w: {"agent_id": w.agent_id(), "messages": [USER]},
    "agents.messages.stream": lambda w: {"agent_id": w.agent_id(), "messages": [USER]},
    "agents.passages.delete": lambda w: pair("agent_id", "memory_id")(w.remembered()),
    "agents.schedule.create": lambda w: {
        "agent_id": w.agent_id(),
        "messages": [USER],
        "schedule": {"type": "recurring", "cron_expression": "0 9 * * *"},
    },
    "agents.schedule.delete": lambda w: pair("agent_id", "scheduled_message_id")(w.planned()),
    "agents.schedule.retrieve": lambda w: pair("agent_id", "scheduled_message_id")(w.planned()),
    "agents.tools.run": lambda w: {"tool_name": "conversation_search", "agent_id": w.agent_id(), "args": {"query": "tea"}},
    "agents.tools.update_approval": lambda w: {"tool_name": "memory_insert", "agent_id": w.agent_id(), "body_requires_approval": True},
    "agents.update": lambda w: {"agent_id": w.agent_id(), "name": "renamed"},
    "archives.passages.create_many": lambda w: {"archive_id": w.archive_id(), "passages": [{"text": "tea"}]},
    "archives.passages.delete": with_passage,
    "conversations.messages.create": lambda w: {"conversation_id": w.conversation_id(), "messages": [USER]},
    "environments.retrieve": lambda w: {"device_id": w.environment()[0]},
    "environments.send_message": lambda w: {
        "connection_id": w.environment()[1],
        "messages": [{"role": "user", "content": "x", "client_message_id": "1"}],
    },
    "folders.files.delete": with_folder,
    "folders.files.retrieve": with_folder,
    "mcp_servers.create": lambda w: {"server_name": "s" + w.next(), "config": MCP},
    "mcp_servers.tools.retrieve": lambda w: {"mcp_server_id": w.mcp_server_id(), "tool_id": w.tool_id()},
    "mcp_servers.tools.run": lambda w: {"mcp_server_id": w.mcp_server_id(), "tool_id": w.tool_id()},
    "mcp_servers.update": lambda w: {"mcp_server_id": w.mcp_server_id(), "config": MCP},
    "messages.search": lambda w: {"query": "tea"},
    "passages.search": lambda w: {"query": "tea"},
    "runs.messages.stream": lambda w: {"path_run_id": w.run_id()},
    "steps.feedback.create": lambda w: {"step_id": w.step_id(), "feedback": "positive"},
    "templates.agents.create": lambda w: {"template_version": w.template() + ":latest"},
    "templates.create": lambda w: {"type": "agent", "agent_id": w.agent_id()},
    "templates.rollback": lambda w: {"template_name": w.template(), "version": "1"},
    "templates.update": lambda w: {"template_name": w.template(), "agent_file_json": w.agent_file()},
    "tools.create": lambda w: {"source_code": TOOL.format(w.next())},
    "tools.search": lambda w: {"query": "add"},
    "tools.update": lambda w: {"tool_id": w.tool_id(), "description": "Adds two numbers."},
    "tools.upsert": lambda w: {"source_code": TOOL.format(w.next())},
}
FIXED = {"block_label": "human", "text": "tea", "query": "tea", "name": "n", "label": "l", "value": "v"}


def required(method):
    return [p.name for p in inspect.signature(method).parameters.values() if p.default is inspect.Parameter.empty and p.name != "self"]


def arguments(world, name, method):
    if name in WISHES:
        return WISHES[name](world)
    makers = {"template_name": world.template, "token": world.token}
    made = {}
    for parameter in required(method):
        if parameter in FIXED:
            made[parameter] = FIXED[parameter] + (world.next() if parameter == "name" else "")
        else:
            made[parameter] = makers.get(parameter, getattr(world, parameter, None))()
    return made


def called(method, wish):
    """The answer, streams read to their end."""
    answer = method(**wish)
    if isinstance(answer, letta_client.Stream):
        return list(answer)
    return answer


@pytest.fixture(scope="module")
def world(sqlite_server):
    return World(sqlite_server.url)


def test_the_walk_finds_them_all():
    assert len(NAMES) == METHODS_OF_1_12_1
    assert set(WISHES) <= set(NAMES) and set(REFUSED) | set(UNKNOWN) <= set(NAMES) and NOT_404 <= set(NAMES)
    assert all(any(name.startswith(part) for name in NAMES) for part in NOT_YET)


@pytest.mark.parametrize("name", NAMES)
def test_a_live_thing(world, name):
    if name.startswith(NOT_YET):
        pytest.skip("its part has not landed")
    method = methods(world.client)[name]
    wish = arguments(world, name, method)
    world.statuses.clear()
    try:
        called(method, wish)
    except letta_client.APIStatusError as refused:
        allowed = REFUSED.get(name, ())
        assert refused.status_code in (allowed if isinstance(allowed, tuple) else (allowed,)), refused.message
    assert world.statuses and not {405, 500, 501} & set(world.statuses)


def unknown(parameter):
    prefixes = {"conversation_id": "conv", "folder_id": "source", "memory_id": "passage", "path_run_id": "run"}
    if parameter in ("template_name", "template_version", "token", "device_id", "connection_id", "scheduled_message_id"):
        return "nobody-" + NOBODY
    return f"{prefixes.get(parameter, parameter.removesuffix('_id'))}-{NOBODY}"


IDS = {"template_name", "template_version", "token"}
WITH_ID = [
    name
    for name, method in sorted(methods(Letta(base_url="http://nowhere", api_key="none")).items())
    if any(p.endswith("_id") or p in IDS for p in required(method))
]


@pytest.mark.parametrize("name", WITH_ID)
def test_an_unknown_thing(world, name):
    if name.startswith(NOT_YET):
        pytest.skip("its part has not landed")
    method = methods(world.client)[name]
    wish = arguments(world, name, method)
    ids = [p for p in wish if p.endswith("_id") or p in IDS]
    wish.update({p: unknown(p) for p in ids})
    try:
        called(method, wish)
    except letta_client.NotFoundError as missing:
        assert NOBODY in missing.message or "Agent not found" in missing.message, missing.message
        return
    except letta_client.APIStatusError as refused:
        if refused.status_code == UNKNOWN.get(name):
            return
        raise AssertionError(f"{refused.status_code} {refused.message}") from refused
    except httpx.HTTPError as broken:
        raise AssertionError(f"{name} broke off: {broken}") from broken
    assert name in NOT_404
