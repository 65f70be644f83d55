"""The live socket, spoken to byte by byte: no client library stands between."""

import base64
import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from threading import enumerate as all_threads
from typing import Any

import pytest

from queuectl_dashboard.live import SOCKET_CAP
from queuectl_store import NewJob, Shell, Store, connect
from tests.dashboard.site import BEARER, Site
from tests.waiting import eventually

UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
CHANGED = {"type": "changed"}


class Page:
    """The client's side of one socket."""

    def __init__(self, connection: socket.socket, head: bytes) -> None:
        self._connection = connection
        self.head, _, self._rest = head.partition(b"\r\n\r\n")

    @property
    def status(self) -> int:
        return int(self.head.split(b" ")[1])

    def frame(self) -> tuple[int, bytes]:
        """Return the next frame's kind and content; kind 8 closes."""
        kind, length = self._take(2)
        return kind & 0x0F, self._take(length & 0x7F)

    def message(self) -> Any:
        kind, content = self.frame()
        assert kind == 1, (kind, content)
        return json.loads(content)

    def send(self, content: bytes, *, kind: int = 1, rsv: int = 0) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(content))
        short = len(content) < 126
        length = bytes([0x80 | len(content)]) if short else struct.pack("!BH", 0xFE, len(content))
        self._connection.sendall(bytes([0x80 | rsv | kind]) + length + mask + masked)

    def closing_code(self) -> int:
        """Read on until the server closes, and return why."""
        while True:
            kind, content = self.frame()
            if kind == 8:
                return int(struct.unpack("!H", content[:2])[0])

    def _take(self, count: int) -> bytes:
        while len(self._rest) < count:
            block = self._connection.recv(4096)
            if not block:
                raise EOFError("the server hung up")
            self._rest += block
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


@contextmanager
def opened(site: Site, headers: Mapping[str, str], *, path: str = "/ws") -> Iterator[Page]:
    key = {"Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()}
    lines = {"Host": site.host, **UPGRADE, **key, **headers}
    request = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n{request}\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        yield Page(connection, head)


def status(site: Site, headers: Mapping[str, str], *, path: str = "/ws") -> int:
    with opened(site, headers, path=path) as page:
        return page.status


def test_a_page_is_told_of_what_another_process_commits(
    store: Store, site: Site, sqlite_url: str
) -> None:
    with connect(sqlite_url) as other, opened(site, BEARER) as page:
        assert page.message() == CHANGED
        other.enqueue([NewJob(work=Shell(script="true"))])

        assert page.message() == CHANGED


def test_a_browser_needs_its_session_and_the_own_origin(site: Site) -> None:
    cookie = site.cookie()
    origin = {"Origin": site.origin}

    answers = [
        status(site, {**cookie, **origin}),
        status(site, cookie),
        status(site, origin),
        status(site, {}),
        status(site, {**BEARER, **origin}),
        status(site, BEARER),
        status(site, {"Authorization": "Bearer wrong"}),
    ]

    assert answers == [101, 403, 401, 403, 101, 101, 401]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}@evil.example",
        "HTTP://127.0.0.1:{port}",
        "http://127.0.0.1.:{port}",
        "http://127.0.0.1:1",
    ],
)
def test_a_socket_from_another_origin_is_refused_before_it_opens(site: Site, origin: str) -> None:
    headers = {**site.cookie(), "Origin": origin.format(port=site.port)}

    assert status(site, headers) == 403
    assert status(site, {**BEARER, "Origin": origin.format(port=site.port)}) == 403


def test_a_socket_to_another_host_is_refused(site: Site) -> None:
    assert status(site, {**BEARER, "Host": "evil.example"}) == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": ""},
        {"Upgrade": "h2c"},
        {"Upgrade": ""},
        {"Sec-WebSocket-Key": "*" * 24},
    ],
)
def test_a_broken_handshake_is_a_client_error(site: Site, headers: dict[str, str]) -> None:
    assert 400 <= status(site, {**BEARER, **headers}) < 500


def test_only_the_socket_route_upgrades(site: Site) -> None:
    for path in ("/", "/api/v1/jobs", "/metrics", "/ws/", "/wsx"):
        assert 400 <= status(site, BEARER, path=path) < 500


def test_the_socket_takes_no_messages(site: Site) -> None:
    with opened(site, BEARER) as page:
        page.send(b"hello")

        assert page.closing_code() == 1008


def test_a_large_message_closes_the_socket(site: Site) -> None:
    with opened(site, BEARER) as page:
        page.send(b"x" * 4_000)

        assert page.closing_code() in {1008, 1009}


def test_compression_is_not_agreed_to(site: Site) -> None:
    """A small compressed message could grow a thousandfold in memory."""
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    with opened(site, {**BEARER, **offer}) as page:
        page.send(b"\xca\x48\xcd\xc9\xc9\x07\x00", rsv=0x40)

        assert b"xtensions" not in page.head
        assert page.closing_code() == 1002


def test_pages_beyond_the_cap_are_told_to_come_back_and_a_closed_one_makes_room(
    site: Site,
) -> None:
    with ExitStack() as stack:
        pages = [stack.enter_context(opened(site, BEARER)) for _ in range(SOCKET_CAP)]
        for page in pages:
            page.message()

        assert status(site, BEARER) == 503
        assert site.ask("/healthz").status == 200
        pages[0].send(struct.pack("!H", 1000), kind=8)
        eventually(lambda: status(site, BEARER) == 101, within=10, what="room for a page")


def test_the_watching_thread_ends_with_the_last_page(site: Site) -> None:
    with opened(site, BEARER) as page:
        page.message()
        assert "dashboard-live" in {thread.name for thread in all_threads()}
        page.send(struct.pack("!H", 1000), kind=8)

        eventually(
            lambda: "dashboard-live" not in {thread.name for thread in all_threads()},
            within=10,
            what="the thread to end",
        )
