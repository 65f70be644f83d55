"""Reading what the kernel tells in files: of processes, of control groups."""

from __future__ import annotations

import os

_PIECE = 1 << 16


def read(path: str | bytes) -> bytes:
    """Read a small file of the kernel's; empty where it is gone, or not ours to look at."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        pieces = []
        while piece := os.read(fd, _PIECE):
            pieces.append(piece)
        return b"".join(pieces)
    except OSError:
        return b""
    finally:
        os.close(fd)
