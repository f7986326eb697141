"""Starts the warm server for Python code. Its one argument is a JSON object: see mneme_sandbox/server.py."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from mneme_sandbox import server  # noqa: E402

server.main(sys.argv[1])
