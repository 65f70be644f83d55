"""Ends of sockets, sent by a socket with a path: descriptors travel beside a byte (unix(7))."""

import socket
from collections.abc import Sequence


def hand(ends: Sequence[socket.socket], by: socket.socket) -> None:
    """Give *ends* to whoever has the other end of *by*; nothing happens when that is gone."""
    try:
        socket.send_fds(by, [b"\0"], [end.fileno() for end in ends])
    except OSError:
        return


def handed(by: socket.socket, *, count: int) -> list[socket.socket]:
    """Wait for so many ends that `hand` sends.

    Raises:
        ConnectionError: The other end is gone.
    """
    _, descriptors, _, _ = socket.recv_fds(by, 1, count)
    ends = [socket.socket(fileno=each) for each in descriptors]
    for end in ends:
        end.set_inheritable(False)
    if len(ends) != count:
        raise ConnectionError("nothing was handed over")
    return ends
