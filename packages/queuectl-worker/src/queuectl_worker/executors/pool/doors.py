"""Where an entrance listens, and how a task process finds it there.

A socket in a private folder, which only its owner reaches; where Python has none (Windows), one of
the loopback, which any user of the host reaches: there the secret of the entrance is the lock.
"""

import os
import shutil
import socket
import sys
import tempfile
from typing import Protocol

# A path, or the host and port of the loopback. JSON carries both.
Address = str | list[str | int]

LOOPBACK = "127.0.0.1"
# As many as may start at once, with some to spare: Windows refuses those that find no place.
_WAITING = 512


class Door(Protocol):
    """A socket that listens.

    Attributes:
        address: What `knock` takes in the other process.
    """

    listener: socket.socket
    address: Address

    def close(self) -> None:
        """Let go of the socket, and of what it left on the disk."""
        ...


class FolderDoor:
    """A socket with a path, in a folder of its owner's alone."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="queuectl-pool-")
        self.address: Address = os.path.join(self._folder, "s")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.address)
        self.listener.listen(_WAITING)

    def close(self) -> None:
        """Let go of the socket and its folder."""
        self.listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class LoopbackDoor:
    """A socket on a port of the loopback that the system chooses."""

    def __init__(self) -> None:
        self.listener = socket.socket(socket.AF_INET)
        # On Windows another program may listen on the same port, unless this says no.
        if sys.platform == "win32":
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        self.listener.bind((LOOPBACK, 0))
        self.listener.listen(_WAITING)
        self.address: Address = list(self.listener.getsockname())

    def close(self) -> None:
        """Let go of the socket."""
        self.listener.close()


def knock(address: Address) -> socket.socket:
    """Return a socket that is connected to the door at *address*.

    Raises:
        OSError: Nobody listens there any more.
    """
    if isinstance(address, str):
        end = socket.socket(socket.AF_UNIX)
        end.connect(address)
        return end
    host, port = address
    end = socket.create_connection((str(host), int(port)))
    send_at_once(end)
    return end


def send_at_once(end: socket.socket) -> None:
    """Keep TCP from holding a short message back until the one before is acknowledged."""
    if end.family == socket.AF_INET:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
