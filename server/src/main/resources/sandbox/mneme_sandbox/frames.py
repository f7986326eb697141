"""How this side and the Java side speak: JSON objects, each behind its length in four big-endian bytes."""
import json
import os
import struct

LONGEST_JOB = 64 << 20
"""Bytes of one job: source and arguments; as much as the longest body of a request."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode  # bound before foreign code can change it


def read_exactly(fd, count):
    """That many bytes of a file descriptor, or None when it ends before."""
    parts = []
    while count:
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_body(fd):
    """The bytes of the next object, or None at the end."""
    head = read_exactly(fd, 4)
    if head is None:
        return None
    (length,) = struct.unpack(">I", head)
    return read_exactly(fd, length) if length <= LONGEST_JOB else None


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def pack(value):
    body = _encode(value).encode("ascii")
    return struct.pack(">I", len(body)) + body
