"""The warm server: forks keepers, each of which takes one connection from a Unix socket. It never sees a job and never runs foreign code.

The one argument is JSON: socket (path to listen on), proxy (path of the guard's socket, null: no network), paths (folders for
sys.path), late (more of them, for workers only), hidden (folders that workers do not see), home and server (for the environment), walls ("nested": own namespaces for each call, "single": this server serves one call and ends, "process": none), uid (to become when
root), preload (names of modules to import while nothing else is to do), limits (see call.py). It prints one JSON line when it listens.
"""
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import time

from . import call, walls

PRELOAD_AFTER = 0.1
"""Seconds of quiet before modules are loaded ahead."""

SPARES = 2
"""Keepers that wait: one for the next call, one for the call after it while the first is replaced."""

MOST_FAILURES = 20
"""Keepers in a row that end before they get work: then this server cannot work here."""


def main(text):
    config = json.loads(text)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(config["socket"])
    listener.listen(512)
    listener.setblocking(False)
    if config["walls"] != "process":
        walls.become(config["uid"])
    walls.hide_memory()
    config["walls"] = _walls_that_hold(config["walls"])
    sys.path[:] = sys.path[1:] + config["paths"]
    print(json.dumps({"walls": config["walls"], "python": sys.version.split()[0]}), flush=True)
    _serve(listener, config)


def _walls_that_hold(wish):
    """Namespaces in namespaces are forbidden on some systems: then each server serves one call."""
    if wish != "nested":
        return wish
    child = os.fork()
    if child == 0:
        try:
            walls.enter_new_namespaces()
            second = os.fork()
            if second == 0:
                walls.own_folders(4096, [])
                walls.own_proc()
                os._exit(0)
            os._exit(0 if os.waitpid(second, 0)[1] == 0 else 1)
        except OSError:
            os._exit(1)
    return "nested" if os.waitpid(child, 0)[1] == 0 else "single"


class _Spares:
    """Keepers that wait for a connection, walls and worker ready. Each generation ends when its pipe does."""

    def __init__(self, listener, config):
        self.listener, self.config = listener, config
        self.idle, self.busy = set(), set()
        self.failures = 0
        self.notes, self.note = os.pipe()
        self.generation = os.pipe()

    def fill(self):
        wanted = 1 if self.config["walls"] == "single" else SPARES
        while len(self.idle) < wanted:
            child = os.fork()
            if child == 0:
                try:
                    os.close(self.generation[1])
                    os.close(self.notes)
                    call.keep(self.listener, self.generation[0], self.note, self.config)
                finally:
                    os._exit(1)
            self.idle.add(child)

    def renew(self):
        """Those that wait end; the next ones know what has been loaded since."""
        os.close(self.generation[0])
        os.close(self.generation[1])
        self.generation = os.pipe()
        self.idle.clear()

    def taken(self):
        """Hears which keepers have got work."""
        for (child,) in struct.iter_unpack("=i", os.read(self.notes, 4096)):
            self.idle.discard(child)
            self.busy.add(child)
            self.failures = 0

    def reap(self):
        """Whether a call had a client."""
        had_client = False
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return had_client
            if child == 0:
                return had_client
            self.busy.discard(child)
            had_client = had_client or status == call.HAD_CLIENT << 8
            if child in self.idle:
                self.idle.discard(child)
                self.failures += 1
                if self.failures > MOST_FAILURES:
                    os._exit(1)  # what they said is in the log
                time.sleep(0.05)


def _serve(listener, config):
    """Until standard input ends, which is when the Java side is gone."""
    ahead, client_ahead = list(config["preload"]), False
    gc.disable()
    wake_reader, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    spares = _Spares(listener, config)
    spares.fill()
    while True:
        ready = select.select([0, spares.notes, wake_reader], [], [], PRELOAD_AFTER if ahead else None)[0]
        if wake_reader in ready:
            os.read(wake_reader, 4096)
        if 0 in ready and not os.read(0, 4096):
            os._exit(0)
        if spares.notes in ready:
            spares.taken()
        had_client = spares.reap()
        if config["walls"] == "single" and not spares.idle:
            listener.close()
            while spares.busy:
                spares.busy.discard(os.wait()[0])
            os._exit(0)
        if had_client and not client_ahead and not config["late"]:
            client_ahead = True
            ahead += call.CLIENT_PACKAGES
        if not ready and ahead:
            _load(ahead)
            spares.renew()
        spares.fill()


def _load(names):
    while names:
        try:
            importlib.import_module(names.pop(0))
        except Exception:  # a package that cannot be loaded is the importing tool's affair
            pass
    gc.collect()
    gc.freeze()
