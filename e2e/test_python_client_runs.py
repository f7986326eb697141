"""The official Python client: runs behind, resuming, approvals, client tools and cancelling."""
import itertools
import time

import pytest
from letta_client import ConflictError, Letta

BLOCKS = [{"label": "human", "value": "Name: Ada."}]
INSERT = 'CALL memory_insert {"label": "human", "new_string": "Likes teal."}'
WEATHER = {
    "name": "weather",
    "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
WORDS = 60
WHOLE = "".join(f"word{i} " for i in range(WORDS)).strip()


@pytest.fixture
def client(server):
    return Letta(base_url=server.url, max_retries=0)


@pytest.fixture
def agent(client):
    made = client.agents.create(
        model="openai/gpt-4o-mini", embedding="openai/text-embedding-3-small", memory_blocks=BLOCKS
    )
    yield made
    client.agents.delete(made.id)


@pytest.fixture
def guarded(client, agent):
    client.agents.tools.update_approval("memory_insert", agent_id=agent.id, body_requires_approval=True)
    return agent


def say(client, agent, *messages, **options):
    messages = [{"role": "user", "content": m} if isinstance(m, str) else m for m in messages]
    return client.agents.messages.create(agent.id, messages=messages, **options)


def behind(client, agent, words=WORDS):
    return client.agents.messages.stream(
        agent.id, messages=[{"role": "user", "content": f"SLOW {words}"}], stream_tokens=True, background=True
    )


def said(events):
    return "".join(e.content for e in events if e.message_type == "assistant_message")


def marks(events):
    return [(e.seq_id, e.message_type) for e in events if e.message_type != "ping" and getattr(e, "seq_id", None)]


def answer_call(request, **answer):
    return {"type": "approval", "approvals": [{"tool_call_id": request.tool_call.tool_call_id, **answer}]}


def human(client, agent):
    return client.agents.blocks.retrieve("human", agent_id=agent.id).value


@pytest.mark.parametrize("tokens", [False, True])
def test_streams_come_in_tokens_or_in_steps(client, agent, tokens):
    events = list(
        client.agents.messages.stream(
            agent.id, messages=[{"role": "user", "content": "SLOW 5"}], stream_tokens=tokens
        )
    )
    pieces = [e for e in events if e.message_type == "assistant_message"]
    assert said(pieces).strip() == "word0 word1 word2 word3 word4"
    assert len(pieces) == (5 if tokens else 1) and len({p.id for p in pieces}) == 1


def test_a_dropped_stream_is_resumed_without_gap_or_repeat(client, agent):
    stream = behind(client, agent)
    first = list(itertools.islice(stream, 8))
    stream.close()
    run = next(e.run_id for e in first if getattr(e, "run_id", None))
    assert client.runs.retrieve(run).status == "running"
    seen = max(seq for seq, _ in marks(first))
    rest = list(client.runs.messages.stream(run, starting_after=seen))
    assert said(first + rest).strip() == WHOLE
    assert said(first) and said(rest)
    numbers = [seq for seq, _ in marks(first) + marks(rest)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert client.runs.retrieve(run).status == "completed"
    again = list(client.runs.messages.stream(run, starting_after=seen))
    assert marks(again) == marks(rest) and said(again) == said(rest)
    whole = list(client.runs.messages.stream(run, starting_after=0))
    assert said(whole).strip() == WHOLE and marks(whole)[-1] == marks(rest)[-1]


def test_an_approved_call_changes_the_memory(client, guarded):
    asked = say(client, guarded, INSERT)
    request = asked.messages[-1]
    assert request.message_type == "approval_request_message" and request.tool_call.name == "memory_insert"
    assert asked.stop_reason.stop_reason == "requires_approval"
    with pytest.raises(ConflictError) as refused:
        say(client, guarded, "And now?")
    assert refused.value.body["detail"]["code"] == "PENDING_APPROVAL"
    assert "teal" not in human(client, guarded)
    done = say(client, guarded, answer_call(request, type="approval", approve=True))
    assert [m.message_type for m in done.messages] == ["tool_return_message", "assistant_message"]
    assert done.messages[0].status == "success" and said(done.messages) == "Done."
    assert "teal" in human(client, guarded)


def test_a_denied_call_is_told_to_the_model(client, guarded):
    request = say(client, guarded, INSERT).messages[-1]
    done = say(client, guarded, answer_call(request, type="approval", approve=False, reason="not that"))
    assert done.messages[0].tool_return == "Error: request to call tool denied. User reason: not that"
    assert done.messages[0].status == "error" and done.stop_reason.stop_reason == "end_turn"
    assert human(client, guarded) == "Name: Ada."


def test_a_client_tool_is_run_by_the_client(client, agent, provider):
    asked = say(client, agent, 'CALL weather {"city": "Oslo"}', client_tools=[WEATHER])
    request = asked.messages[-1]
    assert asked.stop_reason.stop_reason == "requires_approval"
    assert (request.tool_call.name, request.tool_call.arguments) == ("weather", '{"city": "Oslo"}')
    back = answer_call(request, type="tool", status="success", tool_return="Snow, -3 degrees")
    done = say(client, agent, back, client_tools=[WEATHER])
    assert said(done.messages) == "Done." and done.stop_reason.stop_reason == "end_turn"
    assert "Snow, -3 degrees" in str(provider.requests[-1][1]["messages"][-1])


def test_a_run_behind_is_cancelled(client, agent):
    stream = behind(client, agent, words=2000)
    run = next(e.run_id for e in stream if e.message_type == "assistant_message")
    begun = time.monotonic()
    assert client.agents.messages.cancel(agent.id, run_ids=[run]) == {run: "cancelled"}
    rest = list(stream)
    assert time.monotonic() - begun < 15  # the whole answer would take 40 s
    assert "cancelled" in [e.stop_reason for e in rest if e.message_type == "stop_reason"]
    assert client.runs.retrieve(run).status == "cancelled"
    assert said(say(client, agent, "Still there?").messages) == "You said: Still there?"
