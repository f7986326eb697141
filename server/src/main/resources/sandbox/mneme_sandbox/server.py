"""The warm server: waits on a Unix socket and forks a keeper for each connection. It never sees a job and never runs foreign code.

The one argument is JSON: socket (path to listen on), proxy (path of the guard's socket, null: no network), paths (folders for sys.path), late (more of them,
for workers only),
walls ("nested": own namespaces for each call, "single": this server serves one call and ends, "process": none), uid (to become when
root), preload (names of modules to import while nothing else is to do), limits (see call.py). It prints one JSON line when it listens.
"""
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys

from . import call, forward, walls

PRELOAD_AFTER = 0.1
"""Seconds of quiet before the next module is loaded ahead."""


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
    port = _forwarder(config["proxy"])
    config["port"] = port
    print(json.dumps({"walls": config["walls"], "port": port, "python": sys.version.split()[0]}), flush=True)
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
                os._exit(0)
            os._exit(os.waitpid(second, 0)[1])
        except OSError:
            os._exit(1)
    return "nested" if os.waitpid(child, 0)[1] == 0 else "single"


def _forwarder(path):
    if path is None:
        return None
    listener, port = forward.start(path)
    if os.fork() == 0:
        try:
            walls.die_with_parent()
            os.close(0)
            forward.serve(listener, path)
        finally:
            os._exit(1)
    listener.close()
    return port


def _serve(listener, config):
    """Until standard input ends, which is when the Java side is gone."""
    ahead = list(config["preload"])
    gc.disable()
    wake_reader, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    keepers = set()
    while True:
        ready = select.select([0, listener, wake_reader], [], [], PRELOAD_AFTER if ahead else None)[0]
        if wake_reader in ready:
            os.read(wake_reader, 4096)
        _reap(keepers, ahead)
        if 0 in ready and not os.read(0, 4096):
            os._exit(0)
        if listener in ready:
            _take(listener, config, keepers, (wake_reader, wake_writer))
        elif not ready and ahead:
            _load(ahead.pop(0))
        if config["walls"] == "single" and keepers:
            os.waitpid(keepers.pop(), 0)
            os._exit(0)


def _load(name):
    try:
        importlib.import_module(name)
    except Exception:  # a package that cannot be loaded is the importing tool's affair
        pass
    gc.freeze()


def _take(listener, config, keepers, wake):
    try:
        connection, _ = listener.accept()
    except OSError:
        return  # whoever knocked has left
    child = os.fork()
    if child == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            os.close(wake[0])
            os.close(wake[1])
            call.keep(connection.detach(), config)
        finally:
            os._exit(1)
    keepers.add(child)
    connection.close()


def _reap(keepers, ahead):
    while keepers:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        keepers.discard(child)
        if status == call.HAD_CLIENT << 8 and call.CLIENT_PACKAGE not in sys.modules and call.CLIENT_PACKAGE not in ahead:
            ahead.append(call.CLIENT_PACKAGE)
