"""The command `letta`: hands everything to the launcher `mneme`."""
import os
import sys

from letta._server import launcher, no_launcher


def main() -> None:
    program = launcher()
    if program is None:
        sys.exit(no_launcher())
    try:
        os.execv(program, [program, *sys.argv[1:]])
    except OSError as e:
        sys.exit(f"{program} could not be run: {e.strerror}. Set MNEME_LAUNCHER to the file 'mneme' of a checkout of the server.")
