"""A proxy address on the loopback of one call: hands every connection on to the Unix socket behind which the network guard listens.

Without threads: a process that has asked for a process namespace for its children may start none.
"""
import os
import socket

MOST_CONNECTIONS = 256
"""Of one call, open at once; more wait."""

CHUNK = 65536


class Outlet:
    """The way out of a call, served between other things: select on what it waits for, then let it take a turn.

    path: of the guard's socket, None: there is no way out. The walls that are put up later hide that socket, but from its folder, in which
    this process stays, it is still found.
    """

    def __init__(self, path):
        self.port, self.listener, self.ways = None, None, []
        if path is not None:
            folder, self.name = os.path.split(path)
            os.chdir(folder)
            self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.listener.bind(("127.0.0.1", 0))
            self.listener.listen(128)
            self.listener.setblocking(False)
            self.port = self.listener.getsockname()[1]

    def readers(self):
        waiting = [way.source for way in self.ways if not way.ended and not way.data]
        return waiting + [self.listener] if self.listener and len(self.ways) < 2 * MOST_CONNECTIONS else waiting

    def writers(self):
        return [way.target for way in self.ways if way.data]

    def turn(self, readable, writable):
        for way in self.ways:
            if way.target in writable and way.data:
                way.write()
            elif way.source in readable and not way.ended:
                way.read()
        for way in self.ways:
            way.close_if_both_ended()
        self.ways = [way for way in self.ways if way.source.fileno() >= 0]
        if self.listener in readable:
            self._accept()

    def _accept(self):
        far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        near = None
        try:
            near = self.listener.accept()[0]
            for end in (near, far):
                end.setblocking(False)
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far.connect(self.name)
        except OSError:  # it has hung up already, or nobody serves it
            far.close()
            if near is not None:
                near.close()
            return
        there, back = _Way(near, far), _Way(far, near)
        there.other, back.other = back, there
        self.ways += [there, back]


class _Way:
    """One direction of a connection: reads when it has written what it read before."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.data, self.ended = b"", False
        self.other = self

    def read(self):
        try:
            self.data = self.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self.data = b""  # the other end is gone: nothing is left to hand on
        if not self.data:
            self._end()

    def write(self):
        try:
            self.data = self.data[self.target.send(self.data):]
        except BlockingIOError:
            pass  # later
        except OSError:
            self._end()

    def _end(self):
        self.data, self.ended = b"", True
        try:
            self.target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # closed already

    def close_if_both_ended(self):
        if self.ended and self.other.ended:
            self.source.close()
            self.target.close()
