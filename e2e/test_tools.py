"""Tools that people write, through the official client: stored, called in turns, failing clearly."""
import http.server
import inspect
import threading
from typing import List, Literal, Optional

import pytest
from harness import Server
from letta_client import APIStatusError, Letta
from pydantic import BaseModel, Field


def get_weather(city: str) -> str:
    """Get the current weather for a city.

    Args:
        city: The city name to get weather for.

    Returns:
        A string describing the current weather.
    """
    import requests

    resp = requests.get(f"https://wttr.in/{city}?format=3")
    return resp.text


def order_lunch(dish: Literal["soup", "salad"], guests: int = 1, extras: Optional[List[str]] = None) -> dict:
    """Order lunch for some guests.

    Args:
        dish: What everybody eats.
        guests: How many there are.
        extras: What comes along.
    """
    print("ordering")
    return {"dish": dish, "guests": guests, "extras": extras}


def tidy_up(stranger: str) -> dict:
    """Tidy up the memory, and try what is none of our business.

    Args:
        stranger: The id of another agent.
    """
    import os

    mine = os.environ["LETTA_AGENT_ID"]
    before = client.agents.blocks.retrieve("human", agent_id=mine).value  # noqa: F821
    client.agents.blocks.update("human", agent_id=mine, value=before + " Likes tea.")  # noqa: F821
    client.agents.passages.create(mine, text="Ada came by.")  # noqa: F821
    answers = []
    for attempt in (
        lambda: client.agents.retrieve(stranger),  # noqa: F821
        lambda: client.agents.blocks.update("human", agent_id=stranger, value="mine now"),  # noqa: F821
        lambda: client.agents.messages.create(stranger, input="hello"),  # noqa: F821
        lambda: client.agents.delete(stranger),  # noqa: F821
        lambda: client.agents.list().items,  # noqa: F821
        lambda: client.tools.upsert(source_code="def f():\n    'F.'"),  # noqa: F821
    ):
        try:
            answers.append(str(attempt()))
        except Exception as refused:
            answers.append(getattr(refused, "status_code", str(refused)))
    return {"before": before, "answers": answers, "key": os.environ["LETTA_API_KEY"]}


class Address(BaseModel):
    street: str = Field(description="With the number.")


class Parcel(BaseModel):
    to: Address = Field(description="Where it goes.")
    grams: int = Field(default=100, description="Its weight.")


def send_parcel(to: Address, grams: int = 100):
    """Send a parcel."""
    return f"{grams} g to {to.street}"


class Weather(http.server.BaseHTTPRequestHandler):
    """The local stand-in of the weather service."""

    def do_GET(self):
        body = (self.path.split("?")[0].strip("/") + ": sun 21C").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def weather():
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{service.server_address[1]}"
    service.shutdown()


@pytest.fixture(scope="module")
def open_server(provider, tmp_path_factory):
    """A server whose operator lets tools call services on this machine."""
    environment = {**provider.environment(), "MNEME_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
    running = Server(tmp_path_factory.mktemp("open"), None, **environment).start()
    yield running
    running.stop()


def agent_with(client, tool):
    return client.agents.create(
        model="openai/gpt-4o-mini",
        embedding="openai/text-embedding-3-small",
        memory_blocks=[{"label": "human", "value": "Name: Ada."}],
        include_base_tools=False,
        tool_ids=[tool.id],
    )


def returned(client, tool, arguments):
    agent = agent_with(client, tool)
    try:
        answer = client.agents.messages.create(agent.id, input=f"CALL {tool.name} {arguments}")
        return next(m for m in answer.messages if m.message_type == "tool_return_message")
    finally:
        client.agents.delete(agent.id)


def test_a_function_becomes_a_tool_and_is_called(server):
    client = Letta(base_url=server.url)
    tool = client.tools.upsert(source_code=inspect.getsource(order_lunch))
    assert tool.name == "order_lunch" and tool.description == "Order lunch for some guests."
    parameters = tool.json_schema["parameters"]
    assert parameters["required"] == ["dish"]
    assert parameters["properties"]["dish"]["enum"] == ["soup", "salad"]
    back = returned(client, tool, '{"dish": "soup", "guests": 2, "extras": ["bread"]}')
    assert back.status == "success" and '"guests":2' in back.tool_return.replace(" ", "").replace("'", '"')
    assert back.stdout == ["ordering\n"]
    wrong = returned(client, tool, '{"guests": 2}')
    assert wrong.status == "error" and "TypeError" in wrong.tool_return and "dish" in wrong.tool_return


def test_arguments_described_by_a_pydantic_model(server):
    client = Letta(base_url=server.url)
    tool = client.tools.create(
        source_code=inspect.getsource(send_parcel), args_json_schema=Parcel.model_json_schema(), tags=["post"]
    )
    to = tool.json_schema["parameters"]["properties"]["to"]
    assert to["properties"]["street"]["description"] == "With the number."
    back = returned(client, tool, '{"to": {"street": "Elm 1"}, "grams": 5}')
    assert back.tool_return == "5 g to Elm 1", back
    assert [hit.tool.name for hit in client.tools.search(query="parcel", tags=["post"])] == ["send_parcel"]


def test_the_weather_of_a_local_service(open_server, weather):
    client = Letta(base_url=open_server.url)
    tool = client.tools.upsert(source_code=inspect.getsource(get_weather).replace("https://wttr.in", weather))
    assert tool.json_schema["parameters"]["required"] == ["city"]
    back = returned(client, tool, '{"city": "Oslo"}')
    assert (back.status, back.tool_return) == ("success", "Oslo: sun 21C")


def test_the_weather_without_a_network_says_what_failed(server):
    client = Letta(base_url=server.url)
    source = inspect.getsource(get_weather).replace("wttr.in", "weather.invalid")
    tool = client.tools.upsert(source_code=source)
    back = returned(client, tool, '{"city": "Oslo"}')
    assert back.status == "error"
    assert back.tool_return.startswith("Error executing function get_weather: ")
    assert "weather.invalid" in back.tool_return
    assert "Traceback" in back.stderr[0]


def test_an_edit_of_memory_and_a_change_of_source(server):
    client = Letta(base_url=server.url)
    source = (
        "def note(agent_state: 'AgentState', text: str):\n"
        '    """Note a text.\n\n    Args:\n        text: What.\n    """\n'
        "    agent_state.memory.update_block_value(label='human', value=text)\n"
    )
    tool = client.tools.upsert(source_code=source)
    agent = agent_with(client, tool)
    client.agents.messages.create(agent.id, input='CALL note {"text": "Likes tea."}')
    assert client.agents.blocks.retrieve("human", agent_id=agent.id).value == "Likes tea."
    client.tools.update(tool.id, source_code=source.replace("value=text", "value=text.upper()"))
    client.agents.messages.create(agent.id, input='CALL note {"text": "loud"}')
    assert client.agents.blocks.retrieve("human", agent_id=agent.id).value == "LOUD"
    client.tools.delete(tool.id)
    assert [t.name for t in client.agents.tools.list(agent.id)] == []


def test_a_tool_uses_the_client_as_its_own_agent(server):
    client = Letta(base_url=server.url)
    tool = client.tools.upsert(source_code=inspect.getsource(tidy_up))
    agent, stranger = agent_with(client, tool), agent_with(client, tool)
    seen = client.agents.tools.run("tidy_up", agent_id=agent.id, args={"stranger": stranger.id})
    assert seen.status == "success", seen
    assert seen.func_return["before"] == "Name: Ada."
    assert seen.func_return["answers"] == [403] * 6
    assert client.agents.blocks.retrieve("human", agent_id=agent.id).value == "Name: Ada. Likes tea."
    assert client.agents.blocks.retrieve("human", agent_id=stranger.id).value == "Name: Ada."
    assert [passage.text for passage in client.agents.passages.list(agent.id)] == ["Ada came by."]
    late = Letta(base_url=server.url, api_key=seen.func_return["key"])
    with pytest.raises(APIStatusError) as refusal:  # the key ended with the call
        late.agents.retrieve(agent.id)
    assert refusal.value.status_code == 401
    client.agents.messages.create(agent.id, input=f'CALL tidy_up {{"stranger": "{stranger.id}"}}')
    assert client.agents.blocks.retrieve("human", agent_id=agent.id).value == "Name: Ada. Likes tea. Likes tea."
