"""What schemathesis knows about Mneme beyond its OpenAPI: ids of live things, and which failures are none. Loaded by fuzz.py."""
import json
import os
import zlib

import schemathesis

# Two requests of three go to something that lives, the third to an id that schemathesis made up: nearly always a malformed one.
LIVE_OF = 3
LIVE = json.loads(os.environ["FUZZ_LIVE"])
# What is taken away is something of its own, or the rest of the campaign would find nothing.
DOOMED = json.loads(os.environ["FUZZ_DOOMED"])
DEEPEST = 6  # levels of a body in which ids are looked for

KINDS = {"folder_id": "source_id"}


def lot(value):
    """A number that the same text always draws, so that a failure can be repeated."""
    return zlib.crc32(str(value).encode("utf-8", "surrogatepass")) % LIVE_OF


def alive(name, value, pool, depth=0):
    kind = KINDS.get(name, name)
    if kind in pool and lot(value):
        return pool[kind]
    if depth < DEEPEST and isinstance(value, dict):
        return {key: alive(key, inner, pool, depth + 1) for key, inner in value.items()}
    if depth < DEEPEST and isinstance(value, list):
        one = name[:-1] if isinstance(name, str) and name.endswith("_ids") else None
        return [alive(one, inner, pool, depth + 1) for inner in value]
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    pool = DOOMED if case.method == "DELETE" else LIVE
    if case.path_parameters:
        case.path_parameters = alive(None, dict(case.path_parameters), pool)
    if case.query:
        case.query = alive(None, dict(case.query), pool)
    if isinstance(case.body, (dict, list)):
        case.body = alive(None, case.body, pool)


@schemathesis.check
def no_failure_of_the_server(ctx, response, case):
    status = response.status_code
    if status < 500:
        return
    text = response.content.decode("utf-8", "replace")
    if status == 502 and '"mcp_connection_error"' in text:
        return  # nobody is out there: the campaign has no network
    raise AssertionError(f"status {status}: {text[:500]}")
