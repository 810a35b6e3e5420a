"""Walls around a student's process: what the system can forbid it without a privilege.

On Linux that are limits of resources, Landlock for files and signals, and a filter of system calls.
Elsewhere there are limits alone, or nothing: `holes` tries each wall and says which is missing.
"""

import ctypes
import os
import platform
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

# for x86-64 and for ARM: the machine's number, then system calls that are refused; in the last two
# lines those that change a file's rights, owner, times or attributes, and memory that is a file
CALLS = {
    "x86_64": (
        0xC000003E,
        # shmget, socket, fork, execve, kill, semget, msgget, ptrace, setrlimit, reboot, unshare …
        *(29, 41, 57, 58, 59, 62, 64, 68, 101, 129, 160, 169, 200, 234, 272, 297, 308, 310, 311),
        *(322, 424, 425, 434),
        *(90, 91, 92, 93, 94, 132, 188, 189, 190, 197, 198, 199, 235, 260, 261, 268, 280, 452),
        *(319, 447),
    ),
    "aarch64": (
        0xC00000B7,
        *(97, 117, 129, 130, 131, 138, 142, 164, 186, 190, 194, 198, 221, 240, 268, 270, 271),
        *(281, 424, 425, 434),
        *(5, 6, 7, 14, 15, 16, 52, 53, 54, 55, 88, 452),
        *(279, 447),
    ),
}
CLONE = {"x86_64": (56, 302), "aarch64": (220, 261)}  # and prlimit64
CAPSET = {"x86_64": 126, "aarch64": 91}
CLONE3, CLONE_THREAD, X32 = 435, 0x10000, 0x40000000
ALLOW, REFUSE, UNKNOWN_CALL = 0x7FFF0000, 0x00050001, 0x00050026  # EPERM, ENOSYS

READ, READ_A_FILE = 0b1101, 0b101  # execute, read a file, list a folder
OWN = READ | 1 << 1 | 1 << 5 | 1 << 8 | 1 << 14  # write, remove, make and cut off files; no folders


def limits(seconds: int, memory: int) -> None:
    """Limit the time on the processor, the memory in bytes, and the size of a file."""
    import resource

    most = {"CPU": seconds, "AS": memory, "FSIZE": 2**24, "CORE": 0, "NOFILE": 256}
    if sys.platform != "linux":  # where the filter does that, and leaves threads
        most["NPROC"] = 0
    for name, limit in most.items():
        with suppress(AttributeError, OSError, ValueError):  # one that this system lacks
            what = getattr(resource, f"RLIMIT_{name}")
            _, hard = resource.getrlimit(what)
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(what, (limit, limit))


def build(readable: Iterable[str], own: str, seconds: int, memory: int) -> None:
    """Put up every wall that this system has; one that it lacks is left out.

    Parameters
    ----------
    readable : iterable of str
        The files and folders that may be read.
    own : str
        The folder that may be written.
    seconds, memory : int
        The limits.
    """
    if sys.platform == "win32":
        return
    limits(seconds, memory)
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if platform.machine() in CALLS:  # a superuser is none from here on
        libc.syscall(CAPSET[platform.machine()], struct.pack("Ii", 0x20080522, 0), bytes(24))
    libc.prctl(38, 1, 0, 0, 0)  # no new privileges
    libc.prctl(1, 9, 0, 0, 0)  # killed when the grader ends
    _landlock(libc, readable, own)
    _filter(libc)


def _landlock(libc: Any, readable: Iterable[str], own: str) -> None:
    version = libc.syscall(444, None, 0, 1)
    if version < 1:
        return
    files = (1 << (13, 14, 15, 15, 16)[min(version, 5) - 1]) - 1
    net, scope = 3 * (version >= 4), 3 * (version >= 6)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = libc.syscall(444, struct.pack("QQQ", files, net, scope), size, 0)
    for path, rights in [*((path, READ) for path in readable), (own, OWN), ("/dev/null", 0b110)]:
        try:
            opened = os.open(path, os.O_PATH)
        except OSError:
            continue
        rights &= files if os.path.isdir(path) else READ_A_FILE | 0b10
        libc.syscall(445, rules, 1, struct.pack("=Qi", rights, opened), 0)
        os.close(opened)
    libc.syscall(446, rules, 0)
    os.close(rules)


def _filter(libc: Any) -> None:
    """Refuse the system calls that reach beyond the process; a thread may still be started."""
    machine = platform.machine()
    if machine not in CALLS:
        return
    number, *refused = CALLS[machine]
    clone, prlimit = CLONE[machine]
    load, equal, above, any_bit, end = 0x20, 0x15, 0x35, 0x45, 0x06
    program = [(load, 0, 0, 4), (equal, 1, 0, number), (end, 0, 0, REFUSE), (load, 0, 0, 0)]
    program += [(above, 0, 1, X32), (end, 0, 0, REFUSE)]
    for call in refused:
        program += [(equal, 0, 1, call), (end, 0, 0, REFUSE)]
    program += [(equal, 0, 1, CLONE3), (end, 0, 0, UNKNOWN_CALL)]  # clone is tried then
    program += [(equal, 0, 4, clone), (load, 0, 0, 16), (any_bit, 1, 0, CLONE_THREAD)]
    program += [(end, 0, 0, REFUSE), (end, 0, 0, ALLOW)]
    program += [(equal, 0, 4, prlimit), (load, 0, 0, 32), (equal, 0, 3, 0)]
    program += [(load, 0, 0, 36), (equal, 0, 1, 0)]  # both halves of where new limits stand
    program += [(end, 0, 0, ALLOW), (end, 0, 0, REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc.prctl(22, 2, header, 0, 0)


def holes(hidden: list[str], elsewhere: str, memory: int) -> list[str]:
    """Try what should be refused, in a process with walls, and give what is not.

    Parameters
    ----------
    hidden : list of str
        Files that are not to be read.
    elsewhere : str
        A file to write that is outside.
    memory : int
        The bytes that are too many.
    """
    attempts: dict[str, Callable[[], Any]] = {
        "the network": lambda: socket.socket().close(),
        "writing outside its own folder": lambda: Path(elsewhere).touch(),
        "reading other files, such as another's answers or the solutions": lambda: _read(hidden),
        "changing the rights of other files": lambda: os.chmod(Path(elsewhere).parent, 0o700),
        "starting processes": _start,
        "signals to other processes": lambda: os.kill(os.getppid(), 0),
        f"more than {memory / 2**30:g} GiB of memory": lambda: _take(memory),
    }
    found = []
    for name, attempt in attempts.items():
        try:
            attempt()
            found.append(name)
        except (OSError, MemoryError):
            continue
    return found


def _read(hidden: list[str]) -> None:
    """Read one of some files; an OSError if all of them are refused."""
    read = False
    for path in hidden:
        with suppress(OSError):
            Path(path).read_bytes()
            read = True
    if not read:
        raise PermissionError


def _take(memory: int) -> None:
    """Take too much memory, or as a file, which is not counted; an error if neither goes."""
    with suppress(OSError, AttributeError):  # only Linux has such files
        os.close(os.memfd_create("uncounted"))
        return
    bytearray(memory)


def _start() -> None:
    if not hasattr(os, "fork"):
        return
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)
