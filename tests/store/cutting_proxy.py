"""A TCP proxy before PostgreSQL with two faults: lost replies to COMMIT, and a black hole."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from tests.store.seen_commits import SeenCommits


class Proxy:
    """Forwards everything until told otherwise.

    Attributes:
        cuts: How many of the next replies to a COMMIT are swallowed, with the connection.
        every: Also that of each COMMIT with this number or a multiple of it; 0 is none.
        swallowed: How many were.
        is_black_hole: Keep connections open and forward nothing.
        is_away: Refuse connections, as a server that does not run; `leave` cuts those there are.
        refused: How many were.
    """

    def __init__(self, server: tuple[str, int]) -> None:
        self.cuts = self.every = self.swallowed = 0
        self._commits = 0
        self.refused = 0
        self.is_black_hole = self.is_away = False
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def leave(self) -> None:
        """Be away, as if the server had been stopped."""
        self.is_away = True
        for end in self._ends:
            _shut(end)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(10)
        self._listening.close()
        for end in self._ends:
            _shut(end)
        for thread in self._threads:
            thread.join(10)
        for end in self._ends:
            end.close()

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
                if self.is_away:
                    self.refused += 1
                    client.close()
                    continue
                server = socket.create_connection(self._server)
            except OSError:
                return
            self._ends += [client, server]
            link = _Link(client=client, server=server)
            self._start(self._pump_requests, link)
            self._start(self._pump_replies, link)

    def _pump_requests(self, link: "_Link") -> None:
        commits = SeenCommits()
        for piece in _received(link.client):
            if self.is_black_hole:
                continue
            for _ in range(commits.feed(piece)):
                link.is_cut = link.is_cut or self._take_a_cut()
            if not _sent(link.server, piece):
                break
        link.shut()

    def _pump_replies(self, link: "_Link") -> None:
        for piece in _received(link.server):
            if link.is_cut:
                break  # the server has committed, and nobody will hear of it
            if not self.is_black_hole and not _sent(link.client, piece):
                break
        link.shut()

    def _take_a_cut(self) -> bool:
        with self._lock:
            self._commits += 1
            is_turn = self.every > 0 and self._commits % self.every == 0
            if not (self.cuts or is_turn):
                return False
            self.cuts = max(0, self.cuts - 1)
            self.swallowed += 1
            return True


class _Link:
    def __init__(self, *, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.is_cut = False

    def shut(self) -> None:
        _shut(self.client)
        _shut(self.server)


@contextmanager
def proxy_before(url: str) -> Iterator[tuple[Proxy, str]]:
    """Give a proxy, and the URL that leads through it."""
    parsed = sa.make_url(url)
    assert parsed.host is not None
    proxy = Proxy((parsed.host, parsed.port or 5432))
    try:
        through = parsed.set(host="127.0.0.1", port=proxy.port)
        yield proxy, through.render_as_string(hide_password=False)
    finally:
        proxy.close()


def _received(end: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while piece := end.recv(65_536):
            yield piece


def _sent(end: socket.socket, piece: bytes) -> bool:
    try:
        end.sendall(piece)
    except OSError:
        return False
    return True


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
