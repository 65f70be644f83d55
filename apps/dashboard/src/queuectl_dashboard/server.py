"""The server: Werkzeug's threaded one with what it lacks to stand in production.

It carries websockets on every platform, has a cap on threads, and drops clients that are slow.
TLS and the public Internet belong to a proxy in front of it.
"""

import logging
import os
import socket
import time
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

# A fifth more than pages may be live: others are answered beside them.
REQUEST_CAP = 640
HEADER_LIMIT_S = 10.0
REQUEST_LIMIT_S = 60.0

log = logging.getLogger(__name__)

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 33\r\n\r\n"
    b"too many requests at once; retry\n"
)


class AddressError(Exception):
    """The address cannot be listened on."""


class Deadlines:
    """When each open connection has to be done; one thread drops those that are not.

    A limit on each read alone lets a client that sends a byte now and then keep a thread for ever.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._ends: dict[socket.socket, float] = {}
        self._stopped = Event()
        self._thread = Thread(target=self._watch, name="dashboard-deadlines", daemon=True)
        self._thread.start()

    def set(self, connection: socket.socket, *, limit_s: float) -> None:
        """Drop *connection* unless it is done in *limit_s* from now."""
        with self._lock:
            self._ends[connection] = time.monotonic() + limit_s

    def clear(self, connection: socket.socket) -> None:
        """Let *connection* live as long as it likes."""
        with self._lock:
            self._ends.pop(connection, None)

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(0.25):
            now = time.monotonic()
            with self._lock:
                late = [connection for connection, end in self._ends.items() if end < now]
                for connection in late:
                    del self._ends[connection]
                    _shut(connection)


class DashboardHandler(WSGIRequestHandler):
    """One request; the connection is closed after it."""

    server: "DashboardServer"
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    @property
    def server_version(self) -> str:  # type: ignore[override]
        """Name the program, not its version: the answer goes to strangers too."""
        return "queuectl"

    def version_string(self) -> str:
        """Return what the Server header says."""
        return self.server_version

    def make_environ(self) -> WSGIEnvironment:
        """Describe the request, whose headers are complete now, and give it its own limit."""
        self.server.deadlines.set(self.connection, limit_s=self.server.request_limit_s)
        environ = super().make_environ()
        # Werkzeug keeps the last of several; joined, they are no number and the gate refuses them.
        environ["CONTENT_LENGTH"] = ",".join(self.headers.get_all("Content-Length", []))
        environ["queuectl.keep_open"] = self._keep_open
        environ["queuectl.end_soon"] = self._end_soon
        return environ

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log the request for those who debug; it is no news to others."""
        facts = {"request": self.requestline, "status": str(code), "bytes": size}
        log.debug("request answered", extra=facts)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Log what is wrong with a request for those who debug; its sender was told."""
        log.debug(message, *args, extra={"kind": type})

    def _keep_open(self) -> None:
        self.server.deadlines.clear(self.connection)

    def _end_soon(self) -> None:
        # What a client sent and nobody took is read to its end: this client may never end.
        self.server.deadlines.set(self.connection, limit_s=self.server.header_limit_s)


class DashboardServer(ThreadedWSGIServer):
    """Serves at most *request_cap* requests at once and answers 503 beyond."""

    daemon_threads = True
    # On Windows the option would let another program listen on the same port.
    allow_reuse_address = os.name != "nt"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        request_cap: int = REQUEST_CAP,
        header_limit_s: float = HEADER_LIMIT_S,
        request_limit_s: float = REQUEST_LIMIT_S,
    ) -> None:
        self.header_limit_s, self.request_limit_s = header_limit_s, request_limit_s
        self._slots = BoundedSemaphore(request_cap)
        super().__init__(host, port, _not_ready, handler=DashboardHandler)
        self.deadlines = Deadlines()

    def serve(self, app: WSGIApplication) -> None:
        """Answer requests with *app* until `shutdown` or Ctrl-C.

        The port is known before the application is made, since the application checks it.
        """
        self.app = app
        self.serve_forever(poll_interval=0.1)

    def server_bind(self) -> None:
        """Take the port. The name of the host is not looked up: that can hang without a network."""
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, self.allow_reuse_address)
            self.socket.bind(self.server_address)
        except OSError as error:
            raise AddressError(error.strerror or str(error)) from error
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.host, self.server_address[1]

    def server_close(self) -> None:
        """Stop listening, and watching."""
        super().server_close()
        if hasattr(self, "deadlines"):
            self.deadlines.stop()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for the request if one is free."""
        if not self._slots.acquire(blocking=False):
            self._turn_away(request)
            return
        self.deadlines.set(request, limit_s=self.header_limit_s)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one request in its own thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.deadlines.clear(request)
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Log what went wrong with a connection; the client is gone already."""
        facts = {"client": str(client_address)}
        log.exception("connection broke", extra=facts)  # noqa: LOG004 - called while handling one

    def _turn_away(self, request: socket.socket) -> None:
        request.settimeout(0.5)
        try:
            request.sendall(_BUSY)
        except OSError:
            log.debug("client left before it was turned away")
        self.shutdown_request(request)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        log.debug("late connection was closed already")


def _not_ready(environ: WSGIEnvironment, start: Any) -> list[bytes]:  # noqa: ARG001
    start("503 Service Unavailable", [("Content-Length", "0")])
    return []
