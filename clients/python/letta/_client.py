"""The client of the old package, on top of the official one (`Client.api`), which can do everything else."""
import inspect
import os
import pathlib
import textwrap
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Union

import letta_client

from letta import _server
from letta._configs import Config, embedding_wish, model_wish

# Between two looks at a file that is being read, and how long that may take, seconds.
_POLL = 0.25
_FILE_SECONDS = 600.0

# What an agent without a wish gets, where the server has no default: the first of these that it lists, else any.
_USUAL_MODELS = ("openai/gpt-4o", "openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5")

_BUSY = ("pending", "parsing", "embedding")


def create_client(base_url: Optional[str] = None, token: Optional[str] = None) -> "Client":
    """A client of the server at base_url (else LETTA_BASE_URL, else this machine).

    Where nothing is given and none runs on this machine, one is started that lives as long as this program.
    token: the server's password or an API key (else LETTA_API_KEY).
    """
    given = base_url or os.environ.get("LETTA_BASE_URL")
    url = (given or _server.DEFAULT_URL).rstrip("/")
    if given is None and not _server.healthy(url):
        _server.start(url)
    return Client(letta_client.Letta(base_url=url, api_key=token or os.environ.get("LETTA_API_KEY") or "none"))


class Client:
    """api: the official `letta_client.Letta`."""

    def __init__(self, api: letta_client.Letta):
        self.api = api

    # agents

    def create_agent(
        self,
        name: Optional[str] = None,
        memory_blocks: Optional[Sequence[Mapping[str, Any]]] = None,
        llm_config: Optional[Config] = None,
        embedding_config: Optional[Config] = None,
        tools: Optional[Sequence[str]] = None,
        **more: Any,
    ) -> Any:
        """more: whatever else `letta_client.agents.create` takes. tools: names, besides the base tools."""
        wish: Dict[str, Any] = {**model_wish(llm_config), **embedding_wish(embedding_config), **more}
        if name is not None:
            wish["name"] = name
        if memory_blocks is not None:
            wish["memory_blocks"] = [dict(block) for block in memory_blocks]
        if tools is not None:
            wish["tools"] = list(tools)
        if "model" not in wish and "llm_config" not in wish:
            return self._create_with_any_model(wish)
        return self.api.agents.create(**wish)

    def _create_with_any_model(self, wish: Dict[str, Any]) -> Any:
        """With the server's default model; where it has none, with one that it lists."""
        try:
            return self.api.agents.create(**wish)
        except letta_client.BadRequestError as refused:
            if "model" not in str(refused):
                raise
            listed = [model.handle for model in self.api.models.list() if model.handle]
            if not listed:
                raise
        known = [handle for handle in _USUAL_MODELS if handle in listed]
        others = [handle for handle in listed if not handle.startswith(("demo/", "letta/"))]
        return self.api.agents.create(model=(known + others + listed)[0], **wish)

    def get_agent(self, agent_id: str) -> Any:
        return self.api.agents.retrieve(agent_id)

    def list_agents(self, **filters: Any) -> List[Any]:
        return list(self.api.agents.list(**filters))

    def delete_agent(self, agent_id: str) -> None:
        self.api.agents.delete(agent_id)

    # messages

    def send_message(
        self, agent_id: str, message: Any, role: str = "user", stream: bool = False, **more: Any
    ) -> Any:
        """The whole answer (`.messages`, `.usage`), or with stream an iterator over its parts as they are made."""
        wish: Dict[str, Any] = {"messages": [{"role": role, "content": message}], **more}
        if stream:
            return self.api.agents.messages.create(agent_id, streaming=True, stream_tokens=True, **wish)
        return self.api.agents.messages.create(agent_id, **wish)

    def get_messages(self, agent_id: str, **filters: Any) -> List[Any]:
        return list(self.api.agents.messages.list(agent_id, **filters))

    # core memory

    def get_core_memory(self, agent_id: str) -> List[Any]:
        """The agent's blocks."""
        return list(self.api.agents.blocks.list(agent_id))

    def update_core_memory(self, agent_id: str, label: str, value: str) -> Any:
        return self.api.agents.blocks.update(label, agent_id=agent_id, value=value)

    # archival memory

    def insert_archival_memory(self, agent_id: str, memory: str, tags: Optional[Sequence[str]] = None) -> Any:
        wish: Dict[str, Any] = {"text": memory}
        if tags:
            wish["tags"] = list(tags)
        return self.api.agents.passages.create(agent_id, **wish)

    def get_archival_memory(self, agent_id: str, query: Optional[str] = None, limit: int = 50) -> List[Any]:
        """The passages found, best first (their words are `content`); without a query all, oldest first (`text`)."""
        if query is None:
            return list(self.api.agents.passages.list(agent_id, limit=limit))
        return list(self.api.agents.passages.search(agent_id, query=query, top_k=limit).results)

    def delete_archival_memory(self, agent_id: str, memory_id: str) -> None:
        self.api.agents.passages.delete(memory_id, agent_id=agent_id)

    # tools

    def create_tool(self, func: Callable[..., Any], **more: Any) -> Any:
        """Registers a function; one of the same name is replaced. Only its own lines are sent, so it imports what it uses itself."""
        try:
            source = textwrap.dedent(inspect.getsource(func))
        except OSError as e:
            raise ValueError(
                f"The source of {func.__name__} is not known here (a function typed into a console has none). "
                "Define it in a file, or use client.api.tools.upsert(source_code=…)."
            ) from e
        return self.api.tools.upsert(source_code=source, source_type="python", **more)

    def list_tools(self, **filters: Any) -> List[Any]:
        return list(self.api.tools.list(**filters))

    def delete_tool(self, tool_id: str) -> None:
        self.api.tools.delete(tool_id)

    # sources

    def create_source(self, name: str, embedding_config: Optional[Config] = None, **more: Any) -> Any:
        return self.api.folders.create(name=name, **embedding_wish(embedding_config), **more)

    def list_sources(self) -> List[Any]:
        return list(self.api.folders.list())

    def delete_source(self, source_id: str) -> None:
        self.api.folders.delete(source_id)

    def load_file_to_source(self, source_id: str, file_path: Union[str, "os.PathLike[str]"], wait: bool = True) -> Any:
        """Uploads a file. Unless wait is False it is ready to be searched afterwards; a file that cannot be read raises ValueError."""
        with pathlib.Path(file_path).open("rb") as content:
            file = self.api.folders.files.upload(source_id, file=content)
        return self._ready(source_id, file) if wait else file

    def _ready(self, source_id: str, file: Any) -> Any:
        end = time.monotonic() + _FILE_SECONDS
        while True:
            state = file.processing_status
            if state == "error":
                raise ValueError(f"{file.original_file_name or file.file_name} could not be read: {file.error_message}")
            if state not in _BUSY:
                return file
            if time.monotonic() > end:
                raise TimeoutError(f"{file.file_name} is still {state} after {_FILE_SECONDS:.0f} s; it goes on without this program.")
            time.sleep(_POLL)
            file = self.api.folders.files.retrieve(file.id, folder_id=source_id)

    def attach_source_to_agent(self, source_id: str, agent_id: str) -> Any:
        return self.api.agents.folders.attach(source_id, agent_id=agent_id)

    def detach_source_from_agent(self, source_id: str, agent_id: str) -> Any:
        return self.api.agents.folders.detach(source_id, agent_id=agent_id)
