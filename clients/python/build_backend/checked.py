"""Builds with setuptools, but refuses where the vendor's own `letta` is installed: both are imported as `letta`.

It also notes where this checkout lies, so that `letta` and `create_client()` find the launcher.
"""
import pathlib
import sys
import sysconfig

from setuptools import build_meta

from setuptools.build_meta import *  # noqa: F403  the hooks that need no check

HERE = pathlib.Path(__file__).resolve().parent.parent


def _refuse_beside_the_vendors():
    for kind in ("purelib", "platlib"):
        for found in pathlib.Path(sysconfig.get_path(kind)).glob("letta-[0-9]*.dist-info"):
            sys.exit(
                "\nmneme-agents cannot live beside the package 'letta' "
                f"({found.name.removesuffix('.dist-info')} is installed here): both are imported as 'letta'.\n"
                "Remove that one (pip uninstall letta) or install this into an environment of its own "
                "(python3 -m venv new && new/bin/pip install …).\n"
            )


def _prepare():
    _refuse_beside_the_vendors()
    checkout = HERE.parent.parent
    if (checkout / "mneme").is_file():
        (HERE / "letta" / "_checkout.txt").write_text(f"{checkout}\n", encoding="utf-8")


def build_wheel(*arguments, **named):
    _prepare()
    return build_meta.build_wheel(*arguments, **named)


def build_editable(*arguments, **named):
    _prepare()
    return build_meta.build_editable(*arguments, **named)
