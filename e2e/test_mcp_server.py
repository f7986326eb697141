"""Mneme as an MCP server, asked by the Python SDK of MCP: over HTTP and standard input, by the new protocol and by the handshake before it."""
import asyncio

import pytest
from harness import ROOT, Server, clean_environment

mcp = pytest.importorskip("mcp")

TOOLS = [
    "list_agents",
    "send_message",
    "await_reply",
    "search_archival_memory",
    "insert_archival_memory",
    "list_blocks",
    "read_block",
    "edit_block",
]


@pytest.fixture(scope="module")
def house(provider, tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("mcp"), **provider.environment()).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def agent(house):
    body = {"name": "Ada", "model": "demo/mneme-demo", "memory_blocks": [{"label": "human", "value": "likes tea"}]}
    return house.call("POST", "/v1/agents/", body)["id"]


def target(way, house, key=None):
    """Where a client connects to."""
    if way == "http":
        return house.url + "/mcp"
    extra = {"LETTA_BASE_URL": house.url, **({"LETTA_API_KEY": key} if key else {})}
    return mcp.StdioServerParameters(
        command=str(ROOT / "mneme"), args=["mcp"], env=clean_environment(house.folder, **extra)
    )


async def visit(way, mode, house, agent):
    heard = []

    async def progress(done, total, message):
        heard.append(message)

    async with mcp.Client(target(way, house), mode=mode, read_timeout_seconds=20) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
        found = await client.call_tool("list_agents", {"query": "Ada"})
        assert [one["id"] for one in found.structured_content["agents"]] == [agent]
        reply = await client.call_tool(
            "send_message", {"agent_id": agent, "message": "What do I like?"}, progress_callback=progress
        )
        assert not reply.is_error and reply.content[0].text
        assert heard, "no progress was told"
        await client.call_tool("insert_archival_memory", {"agent_id": agent, "text": f"The {way} boat is {mode}"})
        hits = await client.call_tool("search_archival_memory", {"agent_id": agent, "query": f"{way} boat {mode}"})
        assert hits.structured_content["passages"][0]["text"] == f"The {way} boat is {mode}"
        await client.call_tool("edit_block", {"agent_id": agent, "label": "human", "value": way + mode})
        block = await client.call_tool("read_block", {"agent_id": agent, "label": "human"})
        assert block.structured_content["value"] == way + mode
        refused = await client.call_tool("send_message", {"agent_id": "nobody", "message": "x"})
        assert refused.is_error and "agent_id" in refused.content[0].text


@pytest.mark.parametrize("way", ["http", "stdio"])
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_another_maker_s_client_lists_and_calls(way, mode, house, agent):
    asyncio.run(asyncio.wait_for(visit(way, mode, house, agent), 40))


def test_a_key_limits_what_a_program_sees_on_standard_input(house, agent):
    key = house.call("POST", "/v1/api-keys", {"name": "eyes", "role": "read_only"})["key"]

    async def look():
        async with mcp.Client(target("stdio", house, key), read_timeout_seconds=20) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            answer = await client.call_tool("send_message", {"agent_id": agent, "message": "x"})
            return names, answer.content[0].text

    names, answer = asyncio.run(asyncio.wait_for(look(), 40))
    assert names == [name for name in TOOLS if name not in ("send_message", "insert_archival_memory", "edit_block")]
    assert answer == "This API key is read-only."
