"""The Python snippets of the seed document, in its order and in its words.

The document lost its indentation on the way to us: it is restored here, and nothing else is changed. What a snippet takes for granted
(`agent`, a file) stands in its preamble.
"""
import textwrap

CLIENT = """
from letta import create_client
# Create a client
client = create_client()
# Create an agent
agent_state = client.create_agent(
name="my-assistant",
memory_blocks=[
{"label": "human", "value": "Name: Alice. Preferences: concise answers."},
{"label": "persona", "value": "You are a helpful research assistant."}
],
llm_config={"model": "gpt-4o", "model_endpoint_type": "openai"},
embedding_config={"embedding_endpoint_type": "openai", "embedding_model": "text-embedding-3-small"}
)
# Send a message
response = client.send_message(
agent_id=agent_state.id,
role="user",
message="What do you know about me?"
)
print(response.messages)
# Add to archival memory
client.insert_archival_memory(
agent_id=agent_state.id,
memory="Alice works at Acme Corp as a data scientist."
)
# Search archival memory
results = client.get_archival_memory(
agent_id=agent_state.id,
query="workplace"
)
"""

TOOL = '''
from letta import create_client
client = create_client()
# Define a custom tool
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
# Register the tool
tool = client.create_tool(get_weather)
# Create agent with custom tool
agent = client.create_agent(
name="weather-agent",
tools=[tool.name, "send_message"]
)
'''

MODELS = """
from letta import LLMConfig, EmbeddingConfig
llm_config = LLMConfig(
model="gpt-4o",
model_endpoint_type="openai",
model_endpoint="https://api.openai.com/v1",
context_window=128000
)
embedding_config = EmbeddingConfig(
embedding_endpoint_type="openai",
embedding_model="text-embedding-3-small",
embedding_dim=1536,
embedding_chunk_size=300
)
# Use local models via Ollama
local_llm = LLMConfig(
model="llama3.1:70b",
model_endpoint_type="ollama",
model_endpoint="http://localhost:11434",
context_window=8192
)
"""

AGENTS = """
from letta import create_client
client = create_client()
# Create specialized agents
researcher = client.create_agent(
name="researcher",
memory_blocks=[
{"label": "persona", "value": "You research topics thoroughly."},
{"label": "human", "value": ""}
]
)
writer = client.create_agent(
name="writer",
memory_blocks=[
{"label": "persona", "value": "You write clear summaries."},
{"label": "human", "value": ""}
]
)
# Orchestrate agents
research_result = client.send_message(
agent_id=researcher.id,
role="user",
message="Research the latest trends in RAG systems"
)
summary = client.send_message(
agent_id=writer.id,
role="user",
message=f"Summarize this research: {research_result.messages}"
)
"""

AN_AGENT = """
from letta import create_client
client = create_client()
agent = client.create_agent(name="reader", memory_blocks=[{"label": "human", "value": ""}])
"""

SOURCES = """
# Attach a data source to an agent
source = client.create_source(name="company-docs")
# Load files into source
client.load_file_to_source(
source_id=source.id,
file_path="/path/to/documents/manual.pdf"
)
# Attach source to agent (populates archival memory)
client.attach_source_to_agent(
source_id=source.id,
agent_id=agent.id
)
"""

STREAM = """
# Stream agent responses
stream = client.send_message(
agent_id=agent.id,
role="user",
message="Write a detailed analysis",
stream=True
)
for chunk in stream:
    if hasattr(chunk, 'content'):
        print(chunk.content, end='', flush=True)
"""


def script(*snippets):
    return textwrap.dedent("\n".join(snippets)).strip() + "\n"
