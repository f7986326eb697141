"""The old `letta` package's face for a Mneme server: `create_client()`, `LLMConfig`, `EmbeddingConfig`."""
import importlib.metadata

try:
    importlib.metadata.distribution("letta")
except importlib.metadata.PackageNotFoundError:
    pass
else:
    raise ImportError(
        "Both 'letta' and 'mneme-agents' are installed, and both are imported as 'letta'. "
        "Remove one: pip uninstall letta (then pip install --force-reinstall mneme-agents), or pip uninstall mneme-agents."
    )

from letta._client import Client, create_client
from letta._configs import EmbeddingConfig, LLMConfig

__all__ = ["Client", "EmbeddingConfig", "LLMConfig", "create_client"]
