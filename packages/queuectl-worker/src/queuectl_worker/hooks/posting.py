"""One POST of a webhook: to an address that was checked, within a few seconds, no redirects."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from queuectl_worker.hooks.address import addresses_of

LIMIT_S = 5.0
# What is read of an answer; nobody looks at it, but a connection that is closed on a server
# which still sends looks to that one like a failure.
MOST_READ = 65_536


class Answer(NamedTuple):
    """What the server said; *retry_after_s* where it named a time."""

    status: int
    reason: str
    retry_after_s: int | None


class NoAnswer(Exception):
    """The server could not be reached, or did not answer in time; the text says which."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
    limit_s: float = LIMIT_S,
) -> Answer:
    """Send *body* and return the answer, whatever it is.

    Raises:
        PrivateAddress: The address leads into a private network; nothing was sent.
        NoAnswer: There was none within *limit_s*.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None
    deadline = time.monotonic() + limit_s
    connection = _Connection(parts, allow_private=allow_private, deadline=deadline)
    try:
        with _ended_at(deadline, connection):
            connection.request("POST", _path(parts), body=body, headers=dict(headers))
            response = connection.getresponse()
            with contextlib.suppress(OSError, http.client.HTTPException):
                response.read(MOST_READ)
            return Answer(response.status, response.reason, _seconds(response))
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        late = isinstance(error, TimeoutError) or time.monotonic() >= deadline
        said = f"no answer within {limit_s:g} s" if late else _said(error)
        raise NoAnswer(f"{parts.hostname}: {said}") from error
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to one of the addresses of the URL's host that were judged."""

    def __init__(self, parts: SplitResult, *, allow_private: bool, deadline: float) -> None:
        self._is_secure = parts.scheme == "https"
        self.default_port = 443 if self._is_secure else 80
        super().__init__(parts.hostname or "", parts.port or self.default_port)
        self._allow_private, self._deadline = allow_private, deadline

    def connect(self) -> None:
        """Connect to the first address that answers."""
        plain = self._dial()
        if self._is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
        else:
            self.sock = plain

    def _dial(self) -> socket.socket:
        problem: OSError = OSError("it has no address")
        for address in addresses_of(self.host, self.port, allow_private=self._allow_private):
            try:
                return socket.create_connection((address, self.port), timeout=self._left_s())
            except OSError as error:
                problem = error
        raise problem

    def _left_s(self) -> float:
        return max(0.01, self._deadline - time.monotonic())

    def end(self) -> None:
        """Let every call on the socket fail; for another thread."""
        if (sock := self.sock) is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextmanager
def _ended_at(deadline: float, connection: _Connection) -> Iterator[None]:
    # A time-out of a socket is one for each read: a server that sends a byte a second has for ever.
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), connection.end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, socket.gaierror):
        return "there is no address of that name"
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _seconds(response: http.client.HTTPResponse) -> int | None:
    text = (response.getheader("Retry-After") or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
