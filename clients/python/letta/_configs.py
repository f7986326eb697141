"""How an agent names its models. A plain dict with the same keys does as well."""
from dataclasses import dataclass, fields
from typing import Any, Dict, Mapping, Optional, Union

# Windows that a config without one gets; the server knows the real one of a model it lists.
_WINDOW = 32_000


@dataclass
class LLMConfig:
    """model_endpoint: base URL of the provider, None: as the server is configured. context_window: tokens."""

    model: str
    model_endpoint_type: str = "openai"
    model_endpoint: Optional[str] = None
    context_window: Optional[int] = None
    handle: Optional[str] = None
    temperature: Optional[float] = None
    max_tokens: Optional[int] = None


@dataclass
class EmbeddingConfig:
    """embedding_dim: numbers in a vector, None: as the model has it. embedding_chunk_size: tokens of a piece of a file."""

    embedding_model: str
    embedding_endpoint_type: str = "openai"
    embedding_endpoint: Optional[str] = None
    embedding_dim: Optional[int] = None
    embedding_chunk_size: Optional[int] = None
    handle: Optional[str] = None


Config = Union[LLMConfig, EmbeddingConfig, Mapping[str, Any]]


def _given(config: Config) -> Dict[str, Any]:
    if isinstance(config, Mapping):
        return {key: value for key, value in config.items() if value is not None}
    return {f.name: getattr(config, f.name) for f in fields(config) if getattr(config, f.name) is not None}


def model_wish(config: Optional[Config]) -> Dict[str, Any]:
    """What `agents.create` is told: a handle where the server's own provider is meant, else the whole config."""
    if config is None:
        return {}
    given = _given(config)
    if "handle" not in given and "model_endpoint" in given:
        given.setdefault("model_endpoint_type", "openai")
        given.setdefault("context_window", _WINDOW)
        return {"llm_config": given}
    wish: Dict[str, Any] = {"model": given.get("handle") or f"{given.get('model_endpoint_type', 'openai')}/{given['model']}"}
    if "context_window" in given:
        wish["context_window_limit"] = given["context_window"]
    if "max_tokens" in given:
        wish["max_tokens"] = given["max_tokens"]
    return wish


def embedding_wish(config: Optional[Config]) -> Dict[str, Any]:
    """The same for the model that makes vectors."""
    if config is None:
        return {}
    given = _given(config)
    if "handle" not in given and "embedding_endpoint" in given and "embedding_dim" in given:
        given.setdefault("embedding_endpoint_type", "openai")
        return {"embedding_config": given}
    wish: Dict[str, Any] = {
        "embedding": given.get("handle") or f"{given.get('embedding_endpoint_type', 'openai')}/{given['embedding_model']}"
    }
    if "embedding_chunk_size" in given:
        wish["embedding_chunk_size"] = given["embedding_chunk_size"]
    return wish
