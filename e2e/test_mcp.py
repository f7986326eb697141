"""The reference servers of the Model Context Protocol over each transport, called directly and by an agent in its turn.

./verify installs them: two from npm into .cache/mcp, one from PyPI into the tests' environment."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

import pytest
from harness import ROOT, Server, clean_environment, free_port

NPM = ROOT / ".cache" / "mcp" / "node_modules" / "@modelcontextprotocol"
EVERYTHING = NPM / "server-everything" / "dist" / "index.js"
FILES = NPM / "server-filesystem" / "dist" / "index.js"
TIME = pathlib.Path(sys.executable).with_name("mcp-server-time")


@pytest.fixture(scope="module")
def server(provider, tmp_path_factory):
    """Programs of this machine and addresses of this machine are allowed: both are off by default."""
    running = Server(
        tmp_path_factory.mktemp("mcp"),
        MCP_DISABLE_STDIO="false",
        MNEME_ALLOWED_PRIVATE_HOSTS="127.0.0.1",
        **provider.environment(),
    ).start()
    yield running
    running.stop()


@pytest.fixture
def listening(tmp_path):
    """Starts the server that has everything on a port, by one of its transports."""
    started = []

    def start(transport):
        port = free_port()
        program = subprocess.Popen(
            ["node", str(EVERYTHING), transport],
            env=clean_environment(tmp_path, PORT=str(port)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(program)
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return f"http://127.0.0.1:{port}"
            except OSError:
                assert program.poll() is None and time.monotonic() < end, "the reference server did not start"
                time.sleep(0.05)

    yield start
    for program in started:
        program.kill()
        program.wait()


def named(tools, server_name, tool):
    """The tool under its own name, or under the server's and its own if another server's tool has that name already."""
    return next(name for name in (tool, f"{server_name}_{tool}") if name in tools)


def used(server, name, config, tool, arguments, more):
    """Registers a server that also has the tool `more`, runs one of its tools, and has an agent call it; what both gave."""
    made = server.call("POST", "/v1/mcp-servers", {"server_name": name, "config": config})
    assert not made.get("connection_error"), made
    tools = {each["name"]: each["id"] for each in server.call("GET", f"/v1/mcp-servers/{made['id']}/tools")}
    # a name that another server's tool has already carries the server's own before it
    assert named(tools, name, more)
    tool = named(tools, name, tool)
    ran = server.call("POST", f"/v1/mcp-servers/{made['id']}/tools/{tools[tool]}/run", {"args": arguments})
    assert ran["status"] == "success", ran
    agent = server.call("POST", "/v1/agents/", {"model": "demo/mneme-demo", "memory_blocks": [], "tool_ids": [tools[tool]]})
    text = f"Please call {tool} {json.dumps(arguments)}"
    turn = server.call("POST", f"/v1/agents/{agent['id']}/messages", {"messages": [{"role": "user", "content": text}]})
    returns = [each for each in turn["messages"] if each["message_type"] == "tool_return_message"]
    assert [each["status"] for each in returns] == ["success"]
    return ran["func_return"], returns[0]["tool_return"]


def test_everything_over_its_standard_input(server):
    config = {"mcp_server_type": "stdio", "command": "node", "args": [str(EVERYTHING), "stdio"]}
    assert used(server, "everything-stdio", config, "echo", {"message": "hi"}, "get-tiny-image") == ("Echo: hi",) * 2


def test_everything_over_server_sent_events(server, listening):
    config = {"mcp_server_type": "sse", "server_url": listening("sse") + "/sse"}
    assert used(server, "everything-sse", config, "echo", {"message": "ho"}, "get-sum") == ("Echo: ho",) * 2


def test_everything_over_streamable_http(server, listening):
    config = {"mcp_server_type": "streamable_http", "server_url": listening("streamableHttp") + "/mcp"}
    direct, told = used(server, "everything-http", config, "get-sum", {"a": 2, "b": 3}, "echo")
    assert direct == told and "5" in direct


def test_files_of_one_folder(server, tmp_path):
    (tmp_path / "hello.txt").write_text("hello from a file")
    config = {"mcp_server_type": "stdio", "command": "node", "args": [str(FILES), str(tmp_path)]}
    arguments = {"path": str(tmp_path / "hello.txt")}
    assert used(server, "files", config, "read_text_file", arguments, "write_file") == ("hello from a file",) * 2
    made = next(each for each in server.call("GET", "/v1/mcp-servers") if each["server_name"] == "files")
    tools = {each["name"]: each["id"] for each in server.call("GET", f"/v1/mcp-servers/{made['id']}/tools")}
    outside = server.call(
        "POST", f"/v1/mcp-servers/{made['id']}/tools/{tools['read_text_file']}/run", {"args": {"path": os.path.realpath(__file__)}}
    )
    assert outside["status"] == "error" and "denied" in outside["func_return"]


def test_time_from_a_python_server(server):
    config = {"mcp_server_type": "stdio", "command": str(TIME), "args": []}
    for text in used(server, "time", config, "get_current_time", {"timezone": "UTC"}, "convert_time"):
        assert json.loads(text)["timezone"] == "UTC"


def test_a_server_that_died_is_started_again(server):
    """What it keeps is lost with it; a call is not."""
    config = {"mcp_server_type": "stdio", "command": "node", "args": [str(EVERYTHING), "stdio", "mortal"]}
    made = server.call("POST", "/v1/mcp-servers", {"server_name": "mortal", "config": config})
    tools = {each["name"]: each["id"] for each in server.call("GET", f"/v1/mcp-servers/{made['id']}/tools")}
    run = f"/v1/mcp-servers/{made['id']}/tools/{tools[named(tools, 'mortal', 'echo')]}/run"
    assert server.call("POST", run, {"args": {"message": "one"}})["func_return"] == "Echo: one"
    subprocess.run(["pkill", "-9", "-f", f"{EVERYTHING} stdio mortal"], check=True)
    # The signal is sent; until the program is gone it may still be asked, and then the call is lost with it.
    end = time.monotonic() + 10
    while subprocess.run(["pgrep", "-f", f"{EVERYTHING} stdio mortal"], capture_output=True).returncode == 0:
        assert time.monotonic() < end, "the program does not end"
        time.sleep(0.01)
    assert server.call("POST", run, {"args": {"message": "two"}})["func_return"] == "Echo: two"
