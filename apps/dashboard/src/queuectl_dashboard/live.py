"""The socket that tells open pages that something changed; they fetch what it is themselves.

One thread watches the store for all sockets. Each socket's own thread is its only writer, since
wsproto is not thread-safe, and tells only that there is news: a slow client misses some, and
nothing piles up for it.
"""

import base64
import binascii
import json
import logging
import socket
import struct
import sys
from threading import BoundedSemaphore, Condition, Event, Thread, current_thread
from typing import Protocol
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Flask, abort, g, request
from flask_sock import Sock
from werkzeug.exceptions import ServiceUnavailable

from queuectl_store import Store, StoreError

SOCKET_CAP = 64
MESSAGE_LIMIT = 1024
HEARTBEAT_S = 20.0
SEND_LIMIT_S = 10
WATCH_S = 0.1

UNWANTED_MESSAGE = 1008

log = logging.getLogger(__name__)


class Socket(Protocol):
    """What is used here of simple-websocket's server side.

    Attributes:
        event: Set by the library when a message came or the client left.
        input_buffer: Messages that came.
    """

    connected: bool
    event: Event
    input_buffer: list[str | bytes]

    def send(self, data: str) -> None:
        """Send a text message."""

    def close(self, reason: int, message: str) -> None:
        """Say why, and end."""


class Broadcaster:
    """Counts the changes of a store, in a thread that lives while somebody follows.

    Attributes:
        count: Grows with each change that was seen.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = Condition()
        self._followers: set[Event] = set()
        self._thread: Thread | None = None
        self.count = 0

    def follow(self, wake: Event) -> None:
        """Set *wake* after each change from now on."""
        with self._turn:
            self._followers.add(wake)
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="dashboard-live", daemon=True)
                self._thread.start()

    def leave(self, wake: Event) -> None:
        """Leave *wake* alone from now on."""
        with self._turn:
            self._followers.discard(wake)
            self._turn.notify_all()

    def _watch(self) -> None:
        seen: int | None = None
        try:
            while self._is_wanted():
                version = self._version()
                if version not in {seen, None}:
                    seen = version
                    self._tell()
        finally:
            # Should it ever fail, the next page that opens starts another.
            with self._turn:
                if self._thread is current_thread():
                    self._thread = None

    def _version(self) -> int | None:
        try:
            return self._store.reader.version()
        except StoreError as error:
            log.warning("store cannot be followed", extra={"error": str(error)})
            return None

    def _tell(self) -> None:
        with self._turn:
            self.count += 1
            for wake in self._followers:
                wake.set()

    def _is_wanted(self) -> bool:
        with self._turn:
            if self._followers:
                self._turn.wait(WATCH_S)
            if not self._followers:
                self._thread = None
            return bool(self._followers)


def add_live(app: Flask, store: Store, *, socket_cap: int = SOCKET_CAP) -> None:
    """Give *app* the socket `/ws`, for *socket_cap* pages at once."""
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": MESSAGE_LIMIT}
    blueprint = Blueprint("live", __name__)
    broadcaster, slots = Broadcaster(store), BoundedSemaphore(socket_cap)

    @blueprint.before_request
    def admit() -> None:
        _check_handshake(request.environ)
        if not slots.acquire(blocking=False):
            raise ServiceUnavailable("as many pages as possible are live; others poll")
        g.has_slot = True
        _prepare(request.environ)

    @blueprint.teardown_request
    def give_back(_error: BaseException | None) -> None:
        if g.pop("has_slot", False):
            slots.release()

    @Sock().route("/ws", bp=blueprint)  # type: ignore[untyped-decorator]
    def tell(ws: Socket) -> None:
        broadcaster.follow(ws.event)
        try:
            _tell_changes(ws, broadcaster)
        except OSError:
            # The client took nothing for too long, or is gone: a new socket begins afresh.
            log.debug("live page dropped")
        finally:
            broadcaster.leave(ws.event)

    app.register_blueprint(blueprint)


def _tell_changes(ws: Socket, broadcaster: Broadcaster) -> None:
    told = -1
    while ws.connected:
        if ws.input_buffer:
            ws.close(UNWANTED_MESSAGE, "this socket takes no messages")
            return
        count = broadcaster.count
        ws.send(json.dumps({"type": "heartbeat" if count == told else "changed"}))
        told = count
        ws.event.wait(HEARTBEAT_S)
        ws.event.clear()


def _check_handshake(environ: WSGIEnvironment) -> None:
    """Refuse what the socket library would answer with an error of its own, as 500."""
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 16 or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        abort(400, "this is no websocket handshake of version 13")


def _prepare(environ: WSGIEnvironment) -> None:
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


def _nothing() -> None:
    """Do nothing: a server of another make has no limit to lift."""
