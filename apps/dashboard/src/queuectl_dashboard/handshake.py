"""What has to be right before a socket opens, and what the library below it is spared."""

import base64
import binascii
import socket
import struct
import sys
from collections.abc import Mapping
from threading import Event, Thread
from typing import Any, Protocol
from wsgiref.types import WSGIEnvironment

from flask import abort

from queuectl_store import Cursor

SEND_LIMIT_S = 10
ANSWER_S = 2
_LONGEST_CURSOR = 60


class Socket(Protocol):
    """What is used here of simple-websocket's server side.

    Attributes:
        event: Set by the library when a message came or the client left.
        input_buffer: Messages that came.
        sock: The connection.
        thread: Reads what the client sends, and answers its close.
    """

    connected: bool
    thread: Thread
    event: Event
    input_buffer: list[str | bytes]
    sock: Any

    def send(self, data: str) -> None:
        """Send a text message."""

    def close(self, reason: int, message: str) -> None:
        """Say why, and end."""


def check_handshake(environ: WSGIEnvironment) -> None:
    """Refuse what the socket library would answer with an error of its own, as 500."""
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 16 or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        abort(400, "this is no websocket handshake of version 13")


def wanted_cursor(arguments: Mapping[str, str]) -> Cursor | None:
    """Return where a client wants to go on; None is from now on."""
    text = arguments.get("cursor")
    if text is not None and not 1 <= len(text) <= _LONGEST_CURSOR:
        abort(400, "a cursor is what the last message named as such")
    return None if text is None else Cursor(text)


def prepare(environ: WSGIEnvironment) -> None:
    """Leave the library only the headers it needs, and the socket a limit on sending.

    Without the offer of extensions nothing is compressed: a small message cannot grow large.
    """
    needed = {"HTTP_HOST", "HTTP_UPGRADE", "HTTP_SEC_WEBSOCKET_KEY", "HTTP_SEC_WEBSOCKET_VERSION"}
    for name in [name for name in environ if name.startswith("HTTP_") and name not in needed]:
        del environ[name]
    environ["HTTP_CONNECTION"] = "Upgrade"
    environ.get("queuectl.keep_open", _nothing)()
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        # A limit of the kernel's, since one of Python's would end the waiting reads too.
        limit = struct.pack("@ll", SEND_LIMIT_S, 0)
        if sys.platform == "win32":
            limit = struct.pack("@L", SEND_LIMIT_S * 1000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def end_soon(environ: WSGIEnvironment) -> None:
    """Have the server close the connection of what has been answered, whatever is still sent."""
    environ.get("queuectl.end_soon", _nothing)()


def send_whole(ws: Socket) -> None:
    """Let *ws* send each message whole or fail: the library takes a part that was sent for all."""
    ws.sock = _Whole(ws.sock)


class _Whole:
    """A connection whose *send* is the one that goes on to the end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.send = connection.sendall

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _nothing() -> None:
    """Do nothing: a server of another make has no limit to lift."""
