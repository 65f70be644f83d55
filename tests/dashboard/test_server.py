"""What a client may take of the server: bytes, time and threads."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from queuectl_dashboard.bodies import BODY_LIMIT
from queuectl_store import Store
from tests.dashboard.site import BEARER, TOKEN, Site, serving
from tests.waiting import eventually


@contextmanager
def half_open(
    site: Site, start: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n"
) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(start)
        yield connection


def seconds_until_dropped(connection: socket.socket) -> float:
    started = time.monotonic()
    while connection.recv(1024):
        pass
    return time.monotonic() - started


def test_a_body_over_the_limit_is_refused_by_its_length(site: Site) -> None:
    head = f"POST /logout HTTP/1.1\r\nHost: {site.host}\r\nAuthorization: Bearer {TOKEN}\r\n"
    request = f"{head}Content-Length: {BODY_LIMIT + 1}\r\n\r\n"

    assert b" 413 " in site.send(request.encode()).splitlines()[0]


def test_a_chunked_body_over_the_limit_is_refused(site: Site) -> None:
    head = f"POST /logout HTTP/1.1\r\nHost: {site.host}\r\nAuthorization: Bearer {TOKEN}\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    with half_open(site, f"{head}Transfer-Encoding: chunked\r\n\r\n".encode()) as connection:
        connection.sendall(chunk * 16 + b"1\r\nx\r\n0\r\n\r\n")
        answer = connection.recv(1024)

    assert b" 413 " in answer.splitlines()[0]


def test_a_small_chunked_body_is_read(site: Site) -> None:
    body = f'{{"token": "{TOKEN}"}}'
    head = f"POST /login HTTP/1.1\r\nHost: {site.host}\r\nContent-Type: application/json\r\n"
    chunks = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"

    answer = site.send(f"{head}Transfer-Encoding: chunked\r\n\r\n{chunks}".encode())

    assert b" 204 " in answer.splitlines()[0]


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: -1",
        "Content-Length: 1e3",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: ٣",
        "Content-Length: 0\r\nTransfer-Encoding: chunked",
    ],
)
def test_a_length_that_is_none_is_refused(site: Site, headers: str) -> None:
    head = f"POST /logout HTTP/1.1\r\nHost: {site.host}\r\nAuthorization: Bearer {TOKEN}\r\n"

    answer = site.send(f"{head}{headers}\r\n\r\n".encode())

    assert b" 400 " in answer.splitlines()[0]


@pytest.mark.parametrize("size", [70_000, 200_000])
def test_a_header_or_address_without_end_is_refused(site: Site, size: int) -> None:
    header = f"GET / HTTP/1.1\r\nHost: {site.host}\r\nX: {'x' * size}\r\n\r\n"
    address = f"GET /?{'x' * size} HTTP/1.1\r\nHost: {site.host}\r\n\r\n"

    for request in (header, address):
        with half_open(site, request.encode()) as connection:
            assert connection.recv(1024).split(b" ")[1] in {b"431", b"414"}


def test_ten_thousand_arguments_are_refused_quickly(site: Site) -> None:
    started = time.monotonic()

    answer = site.ask("/jobs?" + "&".join(f"a{n}=" for n in range(8_000)))

    assert answer.status == 400
    assert time.monotonic() - started < 2


def test_clients_that_never_finish_their_headers_are_dropped(store: Store) -> None:
    with serving(store, header_limit_s=0.5) as site, ExitStack() as stack:
        slow = [stack.enter_context(half_open(site)) for _ in range(50)]

        assert site.ask("/healthz").status == 200
        assert max(map(seconds_until_dropped, slow)) < 10


def test_a_client_that_sends_a_byte_now_and_then_is_dropped_all_the_same(store: Store) -> None:
    """A limit on each read alone would never end this one."""
    with serving(store, header_limit_s=0.5) as site, half_open(site) as connection:

        def refused() -> bool:
            try:
                connection.sendall(b"X")
            except OSError:
                return True
            return False

        eventually(refused, within=20, what="the server to drop the trickle")


def test_a_client_that_never_sends_its_body_is_dropped(store: Store) -> None:
    with serving(store, request_limit_s=0.5) as site:
        head = f"POST /login HTTP/1.1\r\nHost: {site.host}\r\nContent-Type: application/json\r\n"
        with half_open(site, f"{head}Content-Length: 100\r\n\r\n".encode()) as connection:
            assert seconds_until_dropped(connection) < 10


def test_a_client_that_leaves_before_its_body_is_whole_is_no_bug_of_ours(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """What it did is written down, without what it did not say."""
    with serving(store) as site:
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            head = (
                f"POST /api/v1/jobs HTTP/1.1\r\nHost: {site.host}\r\nAuthorization: Bearer {TOKEN}"
            )
            kind = "Content-Type: application/json\r\nContent-Length: 5000"
            connection.sendall(f"{head}\r\n{kind}\r\n\r\n{{".encode())
        eventually(
            lambda: site.call("/audit", "GET").json["actions"], within=20, what="the audit's line"
        )
        [deed] = site.call("/audit", "GET").json["actions"]

    assert (deed["status"], deed["detail"]) == (400, None)
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == []


def test_a_socket_that_was_closed_does_not_keep_its_thread(store: Store) -> None:
    """Though the client goes on holding the connection, and had sent more than was read."""
    head = (
        "GET /ws HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    too_long = b"\x82\xfe\xff\xff" + bytes(4) + bytes(0xFFFF)
    with serving(store, header_limit_s=0.5) as site:
        asked = head.format(host=site.host, token=TOKEN).encode()
        with half_open(site, asked) as connection:
            assert connection.recv(12) == b"HTTP/1.1 101"
            connection.sendall(too_long * 4)

            assert seconds_until_dropped(connection) < 15


def keep_sending(connection: socket.socket, *, for_s: float) -> None:
    """Send without end, until the other side has enough."""
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline:
        connection.sendall(b" " * 1000)


@pytest.mark.parametrize("token", [TOKEN, "wrong"])
def test_a_body_that_is_refused_does_not_keep_its_thread(store: Store, token: str) -> None:
    """Though the client goes on sending."""
    head = (
        "POST /api/v1/jobs HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 5000000\r\n\r\n"
    )
    with serving(store, header_limit_s=0.5) as site:
        asked = head.format(host=site.host, token=token).encode()
        with half_open(site, asked + b" " * 1000) as connection:
            assert connection.recv(12) in (b"HTTP/1.1 413", b"HTTP/1.1 401")

            with pytest.raises(OSError, match=r"reset|pipe|abort"):
                keep_sending(connection, for_s=20)


def test_more_requests_than_threads_are_told_to_come_back(store: Store) -> None:
    with serving(store, request_cap=2) as site, ExitStack() as stack:
        taken = [stack.enter_context(half_open(site)) for _ in range(2)]

        turned_away = eventually(
            lambda: site.ask("/healthz", headers={}).status == 503, within=20, what="a full server"
        )
        for connection in taken:
            connection.close()

        assert turned_away
        eventually(lambda: answers(site), within=20, what="a free thread")


def answers(site: Site) -> bool:
    return site.ask("/healthz", headers={}).status == 200


def test_the_server_does_not_name_what_it_is_made_of(site: Site) -> None:
    headers = site.ask("/", headers=BEARER).headers

    assert headers["server"] == "queuectl"
