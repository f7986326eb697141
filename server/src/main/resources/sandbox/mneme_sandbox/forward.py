"""A proxy address on loopback inside the jail: hands every connection on to the Unix socket behind which the network guard listens."""
import os
import socket
import threading

MOST_CONNECTIONS = 256
"""Open at once in one jail; more wait."""


def start(path):
    """Listens on a free loopback port, serves it in a child of its own and returns the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    port = listener.getsockname()[1]
    return listener, port


def serve(listener, path):
    """Never returns."""
    slots = threading.BoundedSemaphore(MOST_CONNECTIONS)
    threading.stack_size(256 << 10)
    while True:
        slots.acquire()
        near, _ = listener.accept()
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            far.connect(path)
        except OSError:
            near.close()
            slots.release()
            continue
        _Pair(near, far, slots.release)


class _Pair:
    """Two sockets that hear each other; both are closed when both have fallen silent."""

    def __init__(self, near, far, done):
        self.near, self.far, self.done = near, far, done
        self.left = 2
        self.lock = threading.Lock()
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self.pump, args=(source, target), daemon=True).start()

    def pump(self, source, target):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                target.sendall(data)
        except OSError:
            pass  # the other end is gone: nothing is left to hand on
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # closed already
        with self.lock:
            self.left -= 1
            last = self.left == 0
        if last:
            self.near.close()
            self.far.close()
            self.done()
