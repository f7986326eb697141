"""Folders and files with the official Python client, and in the spelling of 2024."""
import io
import json
import time
import urllib.request

import pytest
from letta_client import Letta


@pytest.fixture
def client(server):
    return Letta(base_url=server.url)


def read(client, folder, upload):
    for _ in range(200):
        file = client.folders.files.retrieve(upload.id, folder_id=folder.id)
        if file.processing_status in ("completed", "error"):
            return file
        time.sleep(0.1)
    raise AssertionError("the file is not read")


def test_a_document_reaches_an_agent(client):
    folder = client.folders.create(name=f"handbook-{time.time_ns()}", embedding="openai/text-embedding-3-small")
    upload = client.folders.files.upload(folder.id, file=("policy.md", io.BytesIO(b"# Refunds\n\nRefunds take five days.")))
    assert upload.processing_status == "parsing"
    assert read(client, folder, upload).processing_status == "completed"
    assert [file.file_name for file in client.folders.files.list(folder.id)] == ["policy.md"]
    agent = client.agents.create(model="openai/gpt-4o-mini", embedding="openai/text-embedding-3-small")
    assert client.agents.folders.attach(folder.id, agent_id=agent.id) is None
    assert [tool.name for tool in client.agents.tools.list(agent.id) if tool.name.endswith("_files")]
    seen = list(client.agents.files.list(agent.id))
    assert [(file.file_name, file.is_open) for file in seen] == [(f"{folder.name}/policy.md", True)]
    assert client.agents.files.close_all(agent.id) == [f"{folder.name}/policy.md"]
    assert client.agents.files.open(upload.id, agent_id=agent.id) == []
    found = client.agents.passages.search(agent.id, query="refunds").results
    assert "five days" in found[0].content
    assert list(client.folders.agents.list(folder.id)) == [agent.id]
    client.agents.folders.detach(folder.id, agent_id=agent.id)
    assert not [tool.name for tool in client.agents.tools.list(agent.id) if tool.name.endswith("_files")]
    client.folders.files.delete(upload.id, folder_id=folder.id)
    client.folders.delete(folder.id)
    client.agents.delete(agent.id)


def test_sources_of_2024(server, client):
    """create_source, load_file_into_source, attach_source_to_agent: jobs are polled, and archival search finds the text."""

    def call(method, path, body=None, headers=None):
        request = urllib.request.Request(server.url + path, data=body, method=method, headers=headers or {})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    source = call("POST", "/v1/sources", json.dumps({"name": f"src-{time.time_ns()}"}).encode(), {"Content-Type": "application/json"})
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nTurtles swim.\r\n--x--\r\n'
    upload = call("POST", f"/v1/sources/{source['id']}/upload", body, {"Content-Type": "multipart/form-data; boundary=x"})
    for _ in range(200):
        job = call("GET", f"/v1/jobs/{upload['id']}")
        if job["status"] in ("completed", "failed"):
            break
        time.sleep(0.1)
    assert job["status"] == "completed" and job["metadata"]["num_passages"] == 1
    agent = client.agents.create(model="openai/gpt-4o-mini", embedding="openai/text-embedding-3-small")
    call("POST", f"/v1/sources/{source['id']}/attach?agent_id={agent.id}", b"")
    hits = call("GET", f"/v1/agents/{agent.id}/archival?query=turtles")
    assert hits[0]["text"] == "Turtles swim." and hits[0]["source_id"] == source["id"]
