"""A small model provider of our own that speaks OpenAI's protocol: chat completions (streamed or not), embeddings, models.

What it answers stands in the last user message:
  CALL name {"argument": …}   calls that tool first, then says "Done."
  CALLS [{"name": …, "arguments": {…}}, …]   calls them all at once, then says "Done."
  SLOW n                      says n words, 20 ms apart
  anything else               says "You said: …"
"""
import hashlib
import http.server
import json
import re
import threading
import time

WORD_SECONDS = 0.02


def embedding(text, size=1536):
    """A bag of words hashed into a vector: texts that share words are near."""
    vector = [0.0] * size
    for word in re.findall(r"\w+", text.lower()):
        at = int.from_bytes(hashlib.sha1(word.encode()).digest()[:4], "big") % size
        vector[at] += 1.0
    length = sum(x * x for x in vector) ** 0.5 or 1.0
    return [x / length for x in vector]


def text_of(message):
    content = message.get("content") or ""
    if isinstance(content, list):
        content = " ".join(part.get("text", "") for part in content)
    try:  # servers of this kind may wrap what the user said
        wrapped = json.loads(content)
        if isinstance(wrapped, dict) and isinstance(wrapped.get("message"), str):
            return wrapped["message"]
    except ValueError:
        pass
    return content


class Provider(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.keys = []
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"

    def environment(self):
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": "sk-test"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: without it each answer waits 40 ms

    def log_message(self, *_):
        pass

    def answer(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        names = ["gpt-4o", "gpt-4o-mini", "text-embedding-3-small"]
        self.answer({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, body))
        self.server.keys.append(self.headers["Authorization"])
        if self.path.endswith("/embeddings"):
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            rows = [{"object": "embedding", "index": i, "embedding": embedding(t)} for i, t in enumerate(texts)]
            self.answer({"object": "list", "data": rows, "model": body["model"], "usage": {"prompt_tokens": 1, "total_tokens": 1}})
        else:
            self.chat(body)

    def chat(self, body):
        last = body["messages"][-1]
        asked = next((text_of(m) for m in reversed(body["messages"]) if m["role"] == "user"), "")
        calls = re.search(r"CALLS (\[.*\])", asked, re.S)
        call = re.search(r"CALL (\w+) (\{.*\})", asked, re.S)
        slow = re.search(r"SLOW (\d+)", asked)
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        if last["role"] == "tool":
            deltas = [{"content": "Done."}]
        elif call:
            function = {"name": call[1], "arguments": call[2]}
            deltas = [{"tool_calls": [{"index": 0, "id": f"call_{len(self.server.requests)}", "type": "function", "function": function}]}]
        elif calls:
            wanted = [{"name": each["name"], "arguments": json.dumps(each["arguments"])} for each in json.loads(calls[1])]
            several = [
                {"index": i, "id": f"call_{len(self.server.requests)}_{i}", "type": "function", "function": function}
                for i, function in enumerate(wanted)
            ]
            deltas = [{"tool_calls": several}]
        elif slow:
            deltas = [{"content": f"word{i} "} for i in range(int(slow[1]))]
        else:
            deltas = [{"content": "You said: "}, {"content": asked}]
        finish = "tool_calls" if "tool_calls" in deltas[0] else "stop"
        base = {"id": "chatcmpl-1", "created": 1, "model": body["model"]}
        if not body.get("stream"):
            time.sleep(WORD_SECONDS * (len(deltas) if slow else 0))
            message = {"role": "assistant", "content": "".join(d.get("content", "") for d in deltas) or None}
            if "tool_calls" in deltas[0]:
                message["tool_calls"] = deltas[0]["tool_calls"]
            self.answer({**base, "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for delta in [{"role": "assistant"}, *deltas]:
                self.event({**base, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
                if slow:
                    time.sleep(WORD_SECONDS)
            self.event({**base, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
            self.event({**base, "object": "chat.completion.chunk", "choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            pass  # the server under test was killed in mid-answer: that is a test's purpose

    def event(self, value):
        self.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")
        self.wfile.flush()
