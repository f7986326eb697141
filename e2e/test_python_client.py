"""The official Python client, as its users call it."""
import pytest
from letta_client import Letta, NotFoundError

BLOCKS = [{"label": "human", "value": "Name: Ada."}, {"label": "persona", "value": "You are helpful."}]


@pytest.fixture
def client(server):
    return Letta(base_url=server.url)


@pytest.fixture(params=["demo/mneme-demo", "openai/gpt-4o-mini"])
def agent(client, request):
    made = client.agents.create(
        name="e2e",
        model=request.param,
        embedding="openai/text-embedding-3-small",
        memory_blocks=BLOCKS,
        tools=["archival_memory_insert", "archival_memory_search"],
        tags=["e2e"],
    )
    yield made
    client.agents.delete(made.id)


def say(client, agent, text):
    return client.agents.messages.create(agent.id, messages=[{"role": "user", "content": text}])


def reply(messages):
    return "".join(m.content for m in messages if m.message_type == "assistant_message")


def test_health(client):
    assert client.health().status == "ok"


def test_create_and_retrieve(client, agent):
    assert agent.id.startswith("agent-")
    assert {b.label: b.value for b in agent.blocks} == {"human": "Name: Ada.", "persona": "You are helpful."}
    assert "archival_memory_search" in {t.name for t in agent.tools}
    again = client.agents.retrieve(agent.id, include=["agent.blocks", "agent.tags"])
    assert again.tags == ["e2e"] and len(again.blocks) == 2
    assert client.agents.update(agent.id, description="changed").description == "changed"


def test_send(client, agent):
    answer = say(client, agent, "Hello there")
    assert reply(answer.messages)
    assert answer.stop_reason.stop_reason == "end_turn"
    assert answer.usage.step_count >= 1 and answer.usage.total_tokens > 0


@pytest.mark.parametrize("tokens", [False, True])
def test_stream(client, agent, tokens):
    kinds, text = [], ""
    for event in client.agents.messages.stream(
        agent.id, messages=[{"role": "user", "content": "Hello, stream"}], stream_tokens=tokens
    ):
        kinds.append(event.message_type)
        if event.message_type == "assistant_message":
            text += event.content
    assert text
    assert kinds[0] == "ping" and "stop_reason" in kinds and kinds[-1] == "usage_statistics"


@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("kind", ["memgpt_agent", "memgpt_v2_agent"])
def test_agents_that_work_by_calls(client, kind, tokens):
    agent = client.agents.create(agent_type=kind, model="demo/mneme-demo", memory_blocks=BLOCKS)
    events = list(
        client.agents.messages.stream(
            agent.id, messages=[{"role": "user", "content": "Remember that I like tea."}], stream_tokens=tokens
        )
    )
    kinds = list(dict.fromkeys(e.message_type for e in events))
    assert kinds[:4] == ["ping", "reasoning_message", "tool_call_message", "tool_return_message"]
    assert reply(events) == "I will remember: Likes tea."
    assert "Likes tea" in client.agents.blocks.retrieve("human", agent_id=agent.id).value
    raw = client.agents.messages.create(agent.id, input="What do I like?", use_assistant_message=False).messages
    assert raw[-2].tool_call.name == "send_message" and raw[-1].message_type == "tool_return_message"
    client.agents.delete(agent.id)


def test_streaming_by_the_same_call(client, agent):
    events = client.agents.messages.create(
        agent.id, messages=[{"role": "user", "content": "Hello again"}], streaming=True, stream_tokens=True
    )
    assert "assistant_message" in [e.message_type for e in events]


def test_a_block_edited_by_rest_is_in_the_next_prompt(client, server, provider):
    agent = client.agents.create(model="openai/gpt-4o-mini", memory_blocks=BLOCKS)
    changed = client.agents.blocks.update("human", agent_id=agent.id, value="Name: Grace Hopper.")
    assert changed.value == "Name: Grace Hopper."
    assert client.agents.blocks.retrieve("human", agent_id=agent.id).value == "Name: Grace Hopper."
    say(client, agent, "Who am I?")
    sent = provider.requests[-1][1]["messages"]
    assert "Grace Hopper" in sent[0]["content"]
    assert "human" in {b.label for b in client.agents.blocks.list(agent.id)}
    client.agents.delete(agent.id)


def test_the_agent_edits_its_own_memory(client, agent):
    if agent.model.startswith("demo/"):
        answer = say(client, agent, "My favourite colour is teal.")
    else:
        answer = say(client, agent, 'CALL memory_insert {"label": "human", "new_string": "Likes teal."}')
    kinds = [m.message_type for m in answer.messages]
    assert "tool_call_message" in kinds and "tool_return_message" in kinds
    assert all(m.status == "success" for m in answer.messages if m.message_type == "tool_return_message")
    assert "teal" in client.agents.blocks.retrieve("human", agent_id=agent.id).value


def test_a_tool_that_fails_is_told_to_the_model(client):
    agent = client.agents.create(model="openai/gpt-4o-mini", memory_blocks=BLOCKS)
    answer = say(client, agent, 'CALL memory_insert {"label": "nowhere", "new_string": "x"}')
    assert [m.status for m in answer.messages if m.message_type == "tool_return_message"] == ["error"]
    assert reply(answer.messages) == "Done."
    client.agents.delete(agent.id)


def test_archival_memory(client, agent):
    texts = ["Ada works at Acme as a data scientist.", "The cat is called Turing.", "Tea is drunk at four."]
    made = [client.agents.passages.create(agent.id, text=t, tags=["fact"])[0] for t in texts]
    found = client.agents.passages.search(agent.id, query="What is the cat called?", top_k=2)
    assert found.results and "Turing" in found.results[0].content
    assert len(client.agents.passages.list(agent.id, limit=10)) == 3
    client.agents.passages.delete(made[0].id, agent_id=agent.id)
    assert len(client.agents.passages.list(agent.id, limit=10)) == 2


def test_messages_are_listed_whole_by_paging(client, agent):
    for i in range(4):
        say(client, agent, f"message number {i}")
    rows = list(client.agents.messages.list(agent.id, limit=3, order="asc"))
    ids = [(r.id, r.message_type) for r in rows]
    assert len(ids) == len(set(ids))
    said = [r.content for r in rows if r.message_type == "user_message"]
    assert [t for t in said if "message number" in t] == [f"message number {i}" for i in range(4)]


def test_agents_are_listed_whole_by_paging(client):
    made = {client.agents.create(model="demo/mneme-demo", tags=["paging"]).id for _ in range(5)}
    assert {a.id for a in client.agents.list(tags=["paging"], limit=2)} == made
    for one in made:
        client.agents.delete(one)
    with pytest.raises(NotFoundError):
        client.agents.retrieve(next(iter(made)))


def test_shared_blocks(client):
    block = client.blocks.create(label="team", value="Project: Mneme.")
    agents = [client.agents.create(model="demo/mneme-demo", block_ids=[block.id]) for _ in range(2)]
    client.blocks.update(block.id, value="Project: Atlas.")
    for agent in agents:
        assert client.agents.blocks.retrieve("team", agent_id=agent.id).value == "Project: Atlas."
        client.agents.delete(agent.id)
    assert client.blocks.retrieve(block.id).value == "Project: Atlas."


def test_models(client):
    handles = {m.handle for m in client.models.list()}
    assert "demo/mneme-demo" in handles
    assert any(h.endswith("/gpt-4o-mini") for h in handles)


def test_export(client, agent):
    exported = client.agents.export_file(agent.id)
    assert '"agents"' in exported
