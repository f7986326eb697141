"""What Linux offers to keep a process in: namespaces, mounts, capabilities, limits. Called through libc, no package needed."""
import ctypes
import fcntl
import os
import resource
import socket
import struct
import sys

NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS, NEW_NET = 0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
GET_FLAGS, SET_FLAGS, IS_UP = 0x8913, 0x8914, 1
NO_SUID, NO_DEVICES = 2, 4
DETACH = 2
COVERED = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")
"""What bubblewrap covers when root starts it. While anything is covered, the kernel lets no namespace mount a /proc of its own."""
SET_DUMPABLE, SET_NO_NEW_PRIVILEGES, SET_SUBREAPER, DROP_BOUNDING, SET_SECCOMP = 4, 38, 36, 24, 22

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _call(name, *args):
    if getattr(_libc, name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, name + ": " + os.strerror(number))


def _prctl(option, value):
    """Whether it was done."""
    return _libc is not None and _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) == 0


def hide_memory():
    """Nobody of the same user may look into this process."""
    _prctl(SET_DUMPABLE, 0)


def adopt_orphans():
    """Grandchildren whose parent ends become children of this process."""
    _prctl(SET_SUBREAPER, 1)


def become(uid):
    """Gives up root for a user that owns nothing, and to whom an uncovered /proc is read-only by its permissions."""
    if os.getuid() != 0:
        return
    for path in COVERED:
        _libc.umount2(path.encode(), DETACH)
    os.setgroups([])
    for candidate in (uid, 65534):
        try:
            os.setresgid(candidate, candidate, candidate)
            os.setresuid(candidate, candidate, candidate)
            return
        except OSError:
            if candidate == 65534:
                raise


def mount_memory(path, size, mode="1777"):
    options = "size=%d,mode=%s,nr_inodes=20000" % (size, mode)
    _call("mount", b"tmpfs", path.encode(), b"tmpfs", ctypes.c_ulong(NO_SUID | NO_DEVICES), options.encode())


def enter_new_namespaces():
    """Own users, mounts, IPC and network (nothing but loopback), and own processes for the next child. Raises OSError where the system
    does not let us."""
    uid, gid = os.getuid(), os.getgid()
    _prctl(SET_DUMPABLE, 1)
    _call("unshare", NEW_USER | NEW_PIDS | NEW_MOUNTS | NEW_IPC | NEW_NET)
    for name, text in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (uid, uid)), ("gid_map", "%d %d 1" % (gid, gid))):
        with open("/proc/self/" + name, "w") as file:
            file.write(text)
    _loopback_up()


def _loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.unpack_from("16sh", fcntl.ioctl(any_socket, GET_FLAGS, struct.pack("16s24x", b"lo")))[1]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh22x", b"lo", flags | IS_UP))


def own_folders(size, hidden):
    """Fresh empty folders in memory for what a call may write, terminals of its own, and nothing where it must not see anything."""
    mount_memory("/tmp", size)
    mount_memory("/dev/shm", size)
    if os.path.isdir("/dev/pts"):
        _call("mount", b"devpts", b"/dev/pts", b"devpts", ctypes.c_ulong(NO_SUID), b"newinstance,ptmxmode=0666,mode=0620")
    for path in hidden:
        mount_memory(path, 4096, "0555")


def own_proc():
    """A /proc that shows this call only."""
    _call("mount", b"proc", b"/proc", b"proc", ctypes.c_ulong(14), None)


def forbid_more_users():
    """No user namespaces inside this one: the kernel's richest source of holes."""
    try:
        with open("/proc/sys/user/max_user_namespaces", "w") as file:
            file.write("0")
    except OSError:
        pass  # read-only /proc: the filter of system calls forbids them as well


def drop_capabilities():
    number = 0
    while _prctl(DROP_BOUNDING, number):
        number += 1
    _libc.capset(_CAPABILITY_HEADER, _NO_CAPABILITIES)
    _prctl(SET_NO_NEW_PRIVILEGES, 1)


def limit(name, value):
    """Lowers a limit; one that was lower before stays."""
    number = getattr(resource, name, None)
    if number is None:
        return
    hard = resource.getrlimit(number)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(number, (value, value))
    except (OSError, ValueError):
        pass  # this system knows the limit but does not let it be set


def forbid_system_calls():
    """The system calls that no tool needs and that exploits begin with fail with EPERM (ENOSYS: clone3, so that libc uses clone)."""
    if _FILTER is not None:
        _libc.prctl(SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(_FILTER[0]), 0, 0)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _filter():
    """The program for seccomp (and its memory, which must live), or None for a machine whose numbers are not known."""
    numbers = _FORBIDDEN.get(os.uname().machine)
    if _libc is None or numbers is None:
        return None
    arch, clone, clone3, forbidden = numbers
    allow, refuse, missing = 0x7FFF0000, 0x00050001, 0x00050026
    program = [(0x20, 0, 0, 4), (0x15, 1, 0, arch), (0x06, 0, 0, refuse), (0x20, 0, 0, 0)]
    if os.uname().machine == "x86_64":
        program += [(0x35, 0, 1, 0x40000000), (0x06, 0, 0, refuse)]  # the x32 numbers
    program += [(0x15, 0, 1, clone3), (0x06, 0, 0, missing)]
    for number in forbidden:
        program += [(0x15, 0, 1, number), (0x06, 0, 0, refuse)]
    # clone with any flag that makes a namespace
    program += [(0x15, 0, 3, clone), (0x20, 0, 0, 16), (0x45, 0, 1, 0x7E020080), (0x06, 0, 0, refuse), (0x06, 0, 0, allow)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    return _Program(len(program), ctypes.cast(buffer, ctypes.c_void_p)), buffer


# ptrace, mounts, namespaces, keys, kernel modules, bpf, perf, io_uring, userfaultfd, reading other processes' memory
_FORBIDDEN = {
    "x86_64": (0xC000003E, 56, 435, (
        101, 155, 161, 165, 166, 167, 168, 169, 175, 176, 246, 248, 249, 250, 272, 298, 304, 308, 310, 311, 312, 313, 320,
        321, 323, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442)),
    "aarch64": (0xC00000B7, 220, 435, (
        117, 41, 51, 39, 40, 224, 225, 142, 105, 106, 104, 217, 218, 219, 97, 241, 265, 268, 270, 271, 272, 273, 294,
        280, 282, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442)),
}

_FILTER = _filter()
_CAPABILITY_HEADER = ctypes.create_string_buffer(struct.pack("II", 0x20080522, 0))
_NO_CAPABILITIES = ctypes.create_string_buffer(24)
