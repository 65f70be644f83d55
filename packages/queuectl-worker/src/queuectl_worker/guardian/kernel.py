"""The system calls that Python does not offer, by ctypes. Loaded by the guardian alone."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_CHILD_SUBREAPER = 36
_FALLOC_FL_KEEP_SIZE = 0x01
_FALLOC_FL_PUNCH_HOLE = 0x02
_MASK_WORDS = 128 // ctypes.sizeof(ctypes.c_ulong)  # of a sigset_t in glibc and musl


def become_subreaper() -> bool:
    """Adopt every orphan below this process; False where the kernel has no such thing.

    From then on a process can leave its session and its parents, but not this process's tree.
    """
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def watch_exits() -> int | None:
    """Block SIGCHLD and return a descriptor that is readable when a child has ended (signalfd(2)).

    It spares an exit the handler, the byte in a pipe and the interrupted wait; None where the
    system has no such thing. Whoever forks must unblock the signal in the child.
    """
    if sys.platform != "linux":
        return None
    mask = (ctypes.c_ulong * _MASK_WORDS)(1 << (signal.SIGCHLD - 1))
    fd = int(ctypes.CDLL(None).signalfd(-1, mask, os.O_NONBLOCK | os.O_CLOEXEC))
    if fd < 0:
        return None
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    return fd


def punch_hole(fd: int, start: int, end: int) -> None:
    """Give back the disk blocks of *fd* between two offsets; its size and the rest stay.

    Raises:
        OSError: The file system cannot.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "fallocate"):
        raise OSError("this system cannot make holes in files")
    libc.fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    mode = _FALLOC_FL_PUNCH_HOLE | _FALLOC_FL_KEEP_SIZE
    if libc.fallocate(fd, mode, start, end - start) != 0:
        problem = ctypes.get_errno()
        raise OSError(problem, os.strerror(problem))
