"""The keeper of one call: reads the job, puts walls around a worker, watches it and reports how it ended. Runs no foreign code."""
import json
import os
import select
import shutil
import signal
import struct
import tempfile
import time
import traceback

from . import forward, frames, walls, worker

CLIENT_PACKAGES = ["letta_client", "letta_client.resources.agents"]
"""The second takes as long as the first, and its own first use."""

HAD_CLIENT = 3
"""Exit status of a keeper whose call had a client: worth loading the package ahead of the next one."""

WATCH_EVERY = 0.1
"""Seconds between looks at the memory and the processes of a call."""

MOST_FILES = 1024
"""A keeper has far fewer open."""

CUT = "\n... [the rest of the output was dropped: more than %d bytes]\n"


def keep(listener, generation, note, config):
    """Makes walls and a worker, waits for a connection and serves it to its end; never returns."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)
    kind = config["walls"]
    if kind == "process":
        config["home"] = tempfile.mkdtemp(dir=config["home"])
        walls.adopt_orphans()
    config["own"] = _resident()
    old_proc = _proc_device()
    pipes = [os.pipe() for _ in range(3)]
    job_reader, job_writer = os.pipe()
    if kind == "nested":
        walls.enter_new_namespaces()
    outlet = forward.Outlet(config["proxy"])
    config["port"] = outlet.port
    child = os.fork()
    if child == 0:
        _become_worker(job_reader, config, [writer for _, writer in pipes])
    walls.hide_memory()
    for fd in [job_reader] + [writer for _, writer in pipes]:
        os.close(fd)
    connection = _wait(listener, generation)
    if connection is None:
        _end(child, config)
        os._exit(0)
    os.write(note, struct.pack("=i", os.getpid()))
    _serve(connection, job_writer, _Watch(child, old_proc, [reader for reader, _ in pipes], connection, outlet, config), config)


def _wait(listener, generation):
    """The file descriptor of a connection, or None when this keeper is no longer wanted."""
    while True:
        ready = select.select([listener, generation], [], [])[0]
        if listener in ready:
            try:
                connection = listener.accept()[0].detach()
                os.set_blocking(connection, True)
                listener.close()
                os.close(generation)
                return connection
            except OSError:
                pass  # another keeper was faster
        if generation in ready:
            return None


def _serve(connection, job_writer, watch, config):
    body = frames.read_body(connection)
    if body is None:
        _end(watch.child, config)
        os._exit(0)
    job = json.loads(body)
    watch.begin(job)
    why = None
    try:
        frames.write_all(job_writer, struct.pack(">I", len(body)) + body)
        os.close(job_writer)
    except OSError:
        why = "died"
    why = why or watch.until_end()
    _kill(watch.child)
    if why is not None:
        _end(watch.child, config)
    watch.drain()
    stdout, stderr, result = watch.texts()
    if why is None and result is None:
        why = "died"
    ended = {"why": why, "status": watch.status, "stdout": stdout, "stderr": stderr}
    try:
        frames.write_all(connection, frames.pack(ended) + (result or b"\0\0\0\4null"))
    except OSError:
        pass  # whoever asked has left
    os.close(connection)
    if why is None:
        _end(watch.child, config)
    os._exit(HAD_CLIENT if job["clientKey"] else 0)


def _become_worker(job_reader, config, writers):
    try:
        out, err, result = writers
        os.setsid()
        os.chdir("/")
        os.dup2(out, 1)
        os.dup2(err, 2)
        low, high = sorted((job_reader, result))
        for first, last in ((3, low), (low + 1, high), (high + 1, MOST_FILES)):
            os.closerange(first, last)
        limits = config["limits"]
        if config["walls"] == "nested":
            walls.own_folders(limits["folder"], config["hidden"])
            walls.own_proc()
            walls.forbid_more_users()
        for name in ("CORE", "DATA", "AS", "NPROC", "NOFILE", "FSIZE"):
            walls.limit("RLIMIT_" + name, _limit_of(name, limits))
        if config["walls"] != "process":
            walls.drop_capabilities()
            walls.forbid_system_calls()
        worker.run(job_reader, config, result)
    except BaseException:  # ours, not the tool's: its author's operator needs to see it
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(1)


def _limit_of(name, limits):
    return {
        "CORE": 0,
        "DATA": limits["memory"],
        # address space is more than memory: files that are mapped, reserves of threads
        "AS": 4 * limits["memory"],
        "NPROC": limits["processes"],
        "NOFILE": limits["files"],
        "FSIZE": limits["folder"],
    }[name]


def _end(child, config):
    """Nothing of the call lives on: with a process namespace of its own the kernel sees to that, else we hunt."""
    if config["walls"] == "process":
        for _ in range(100):
            alive = [pid for pid in _family(os.getpid()) if pid != os.getpid()]
            for pid in alive:
                _kill(pid)
            _reap_all()
            if not alive:
                break
            _kill(-child)
            time.sleep(0.002)
        shutil.rmtree(config["home"], ignore_errors=True)
        return
    _kill(child)
    try:
        os.waitpid(child, 0)
    except ChildProcessError:
        pass  # the watch has seen its end already


def _kill(pid):
    """A negative number: the whole group."""
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass  # it ended by itself


def _reap_all():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass  # none is left


def _processes():
    """(process, parent, resident bytes) of every process that this /proc shows."""
    page = os.sysconf("SC_PAGE_SIZE")
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if not name.isdigit():
            continue
        try:
            with open("/proc/" + name + "/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue  # it ended between the two looks
        yield int(name), int(fields[1]), int(fields[21]) * page


def _resident():
    """Resident bytes of this process, before any foreign code: forked processes share them."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0  # no /proc, no watch


def _proc_device():
    """Tells one mount of /proc from another."""
    try:
        return os.stat("/proc").st_dev
    except OSError:
        return None


def _family(root, table=None):
    """The process and all that descend from it."""
    children = {}
    for pid, parent, _ in table if table is not None else _processes():
        children.setdefault(parent, []).append(pid)
    found, open_ends = set(), [root]
    while open_ends:
        pid = open_ends.pop()
        if pid not in found:
            found.add(pid)
            open_ends += children.get(pid, [])
    return found


class _Watch:
    """Gathers what a worker says until it has ended, or must."""

    def __init__(self, child, old_proc, readers, connection, outlet, config):
        self.child, self.old_proc, self.connection, self.outlet = child, old_proc, connection, outlet
        self.limits, self.own = config["limits"], config["own"]
        self.deadline = 0.0
        self.result = readers[2]
        most = self.limits["output"]
        self.said = {readers[0]: [], readers[1]: [], readers[2]: []}
        self.room = {readers[0]: most, readers[1]: most, readers[2]: self.limits["result"] + 4}
        self.cut = set()
        self.status = None
        self.readers = readers
        for reader in readers:
            os.set_blocking(reader, False)

    def begin(self, job):
        self.deadline = time.monotonic() + job["seconds"]

    def until_end(self):
        """None, or why the call must end: timeout, gone, memory, processes, result."""
        end = self._process_end()
        open_readers = set(self.readers)
        look = time.monotonic() + WATCH_EVERY
        while True:
            now = time.monotonic()
            if now >= self.deadline:
                return "timeout"
            if now >= look:
                look = now + WATCH_EVERY
                why = self._excess()
                if why:
                    return why
            patience = min(self.deadline, look) - now
            wanted = [*open_readers, *end, self.connection, *self.outlet.readers()]
            ready, writable, _ = select.select(wanted, self.outlet.writers(), [], max(0, patience))
            self.outlet.turn(set(ready), set(writable))
            if self.connection in ready:
                return "gone"
            for reader in ready:
                if reader in open_readers and not self._read(reader):
                    open_readers.discard(reader)
            if self._complete():
                return None
            if self.result in self.cut:
                return "result"
            if self._over():
                return None

    def _process_end(self):
        opener = getattr(os, "pidfd_open", None)
        try:
            return [opener(self.child)] if opener else []
        except OSError:
            return []  # an old kernel: the looks every tenth of a second see it

    def _over(self):
        if self.status is None:
            try:
                pid, status = os.waitpid(self.child, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid:
                self.status = status
        return self.status is not None

    def _excess(self):
        table = list(_processes())
        family = _family(self.child, table)
        if _proc_device() != self.old_proc:
            family = {pid for pid, _, _ in table}  # this /proc is the call's own
        if sum(max(0, size - self.own) for pid, _, size in table if pid in family) > self.limits["memory"] * 5 // 4:
            return "memory"
        return "processes" if len(family) > 2 * self.limits["processes"] else None

    def _read(self, reader):
        try:
            data = os.read(reader, 1 << 16)
        except BlockingIOError:
            return True
        if not data:
            return False
        room = self.room[reader]
        if len(data) > room:
            self.cut.add(reader)
            data = data[:room]
        self.room[reader] = room - len(data)
        if data:
            self.said[reader].append(data)
        return True

    def _complete(self):
        size = self.limits["result"] + 4 - self.room[self.result]
        if size < 4:
            return False
        whole = b"".join(self.said[self.result])
        self.said[self.result] = [whole]
        return len(whole) >= 4 + int.from_bytes(whole[:4], "big")

    def drain(self):
        """What was said before the end; nobody is left who could say more."""
        for reader in self.readers:
            while self._read(reader) and select.select([reader], [], [], 0)[0]:
                pass
        self._over()

    def texts(self):
        """(stdout, stderr, result): texts, and the worker's frame or None."""
        texts = []
        for reader in self.readers[:2]:
            text = b"".join(self.said[reader]).decode("utf-8", "replace")
            texts.append(text + CUT % self.limits["output"] if reader in self.cut else text)
        return texts[0], texts[1], b"".join(self.said[self.result]) if self._complete() else None
