"""The live socket, spoken to byte by byte: no client library stands between."""

import base64
import json
import os
import select
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from threading import enumerate as all_threads
from typing import Any, BinaryIO

import pytest
import simple_websocket.ws

from queuectl_dashboard.broadcast import KEPT, MOST_EVENTS, Broadcaster, Writing
from queuectl_store import Finish, NewJob, RunFacts, Shell, Store, Succeeded, connect
from tests.dashboard.site import BEARER, Site, serving
from tests.dashboard.stories import claim_all, finish, write_log
from tests.waiting import eventually

UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}


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
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8))
        return kind & 0x0F, self._take(length)

    def of_type(self, *types: str) -> Any:
        """Read on to the next message of one of *types*."""
        while True:
            message = self.message()
            if message["type"] in types:
                return message

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
        hello = page.message()
        other.enqueue([NewJob(work=Shell(script="true"), name="n")])
        told = page.of_type("events")

    assert hello["type"] == "hello"
    assert [(event["job"], event["verb"]) for event in told["events"]] == [(1, "enqueue")]
    assert [(job["id"], job["name"], job["state"]) for job in told["jobs"]] == [(1, "n", "pending")]
    assert told["cursor"] != hello["cursor"]


def test_a_page_that_comes_back_is_told_what_it_missed(store: Store, site: Site) -> None:
    with opened(site, BEARER) as page:
        cursor = page.message()["cursor"]
    store.enqueue([NewJob(work=Shell(script="true"))])

    with opened(site, BEARER, path=f"/ws?cursor={cursor}") as page:
        hello, missed = page.message(), page.of_type("events")

    assert [event["job"] for event in missed["events"]] == [1]
    assert missed["cursor"] == hello["cursor"]


@pytest.mark.parametrize("cursor", ["0.0", "99999999.99999999", "nonsense", "1.1.1"])
def test_a_page_that_cannot_be_told_what_it_missed_looks_again(
    store: Store, site: Site, cursor: str
) -> None:
    for _ in range(2):
        store.enqueue([NewJob(work=Shell(script="true")) for _ in range(MOST_EVENTS)])

    with opened(site, BEARER, path=f"/ws?cursor={cursor}") as page:
        page.message()

        assert page.of_type("resync", "events")["type"] == "resync"


@pytest.mark.parametrize("path", ["/ws?cursor=", "/ws?cursor=" + "1" * 61])
def test_what_is_no_cursor_opens_no_socket(site: Site, path: str) -> None:
    assert status(site, BEARER, path=path) == 400


def test_changes_that_are_no_events_are_told_too(store: Store, site: Site) -> None:
    with opened(site, BEARER) as page:
        page.of_type("changed")
        store.admin.pause("mail")

        assert page.of_type("changed")


def test_a_follower_that_is_too_slow_is_told_to_look_again(store: Store, site: Site) -> None:
    """Nothing is kept for it alone, however long it does not read."""
    broadcaster = Broadcaster(store, Writing(store, lambda jobs: [], lambda event: {}))
    slow, quick = Event(), Event()
    behind, current = broadcaster.follow(slow), broadcaster.follow(quick)
    taken = 0
    try:
        for number in range(KEPT + 2):
            store.enqueue([NewJob(work=Shell(script="true"), name=f"n{number}")])
            assert quick.wait(20), "no message came"
            quick.clear()
            taken += len(current.take())
        while taken <= KEPT + 1:
            assert quick.wait(20), "no message came"
            quick.clear()
            taken += len(current.take())
        kinds = [json.loads(message.text)["type"] for message in behind.take()]
    finally:
        behind.leave()
        current.leave()

    assert kinds == ["resync"]
    assert behind.take() == []


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


def test_the_answer_to_a_close_comes_before_all_that_the_server_says(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library tells the page's thread of a close before it sends its answer to it."""
    handle = simple_websocket.ws.Base._handle_events

    def late(self: Any) -> Any:
        sock, self.sock = self.sock, LateSocket(self.sock)
        try:
            return handle(self)
        finally:
            self.sock = sock

    monkeypatch.setattr(simple_websocket.ws.Base, "_handle_events", late)
    for content in (struct.pack("!H", 1000), b""):
        with opened(site, BEARER) as page:
            page.message()
            page.send(content, kind=8)

            assert page.frame() == (8, content)


class LateSocket:
    """Sends once the thread of the page has had time to end, and to be answered by the server."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def send(self, content: bytes) -> int:
        select.select([], [], [], 0.2)
        return self._sock.send(content)


def test_pages_beyond_the_cap_are_told_to_come_back_and_a_closed_one_makes_room(
    store: Store,
) -> None:
    with ExitStack() as stack:
        site = stack.enter_context(serving(store, socket_cap=5))
        pages = [stack.enter_context(opened(site, BEARER)) for _ in range(5)]
        for page in pages:
            page.message()

        assert status(site, BEARER) == 503
        assert site.ask("/api/v1/live").status == 503
        assert site.ask("/healthz").status == 200
        pages[0].send(struct.pack("!H", 1000), kind=8)
        eventually(lambda: status(site, BEARER) == 101, within=20, what="room for a page")


def test_the_watching_thread_ends_with_the_last_page(site: Site) -> None:
    with opened(site, BEARER) as page:
        page.message()
        assert "dashboard-live" in {thread.name for thread in all_threads()}
        page.send(struct.pack("!H", 1000), kind=8)

        eventually(
            lambda: "dashboard-live" not in {thread.name for thread in all_threads()},
            within=20,
            what="the thread to end",
        )


def test_the_output_of_a_run_is_followed_to_its_end(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    [claim] = claim_all(store)
    write_log(store, claim, "eins ä\n".encode())

    with opened(site, BEARER, path="/ws/logs/1/1") as page:
        first = page.of_type("output")
        with (Path(site.call("/jobs/1", "GET").json["log"])).open("ab") as log:
            log.write(b"\x1b[31mzwei")
        second = page.of_type("output")
        finish(store, [claim], Finish(claim=claim, outcome=Succeeded()))
        end = page.of_type("end")

        assert page.closing_code() == 1000

    assert (first["text"], first["from"], first["stream"]) == ("eins ä\n", 0, "stdout")
    assert (second["text"], second["from"], second["to"]) == ("\x1b[31mzwei", 8, 17)
    assert end == {"type": "end", "run": 1}


def test_the_output_of_an_ended_run_is_told_from_its_last_lines_on(
    store: Store, site: Site
) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    [claim] = claim_all(store)
    write_log(store, claim, "".join(f"{n}\n" for n in range(1000)).encode())
    facts = RunFacts(started_at=claim.job.started_at)
    finish(store, [claim], Finish(claim=claim, outcome=Succeeded(), facts=facts))

    with opened(site, BEARER, path="/ws/logs/1/1") as page:
        text = page.of_type("output")["text"]

        assert page.of_type("end")

    assert (text.splitlines()[0], text.splitlines()[-1]) == ("600", "999")


@pytest.mark.parametrize("path", ["/ws/logs/9/1", "/ws/logs/1/2", "/ws/logs/1/x", "/ws/logs/0/1"])
def test_output_that_there_is_not_opens_no_socket(store: Store, site: Site, path: str) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    claim_all(store)

    assert status(site, BEARER, path=path) == 404


def test_the_same_comes_as_an_event_stream(store: Store, site: Site) -> None:
    lines = {"Host": site.host, **BEARER}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    request = f"GET /api/v1/live HTTP/1.1\r\n{head}"
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(f"{request}\r\n".encode())
        answer = connection.makefile("rb")
        read_to(answer, b'data: {"type": "hello"')
        store.enqueue([NewJob(work=Shell(script="true"))])
        told = json.loads(read_to(answer, b'data: {"type": "events"')[6:])

    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(f"{request}Last-Event-ID: 0.0\r\n\r\n".encode())
        missed = json.loads(read_to(connection.makefile("rb"), b'data: {"type": "events"')[6:])

    assert [event["job"] for event in told["events"]] == [1]
    assert missed["cursor"] == told["cursor"]


def test_streams_that_were_looked_at_or_left_keep_no_room(store: Store) -> None:
    with serving(store, socket_cap=1) as site:
        heads = [site.ask("/api/v1/live", "HEAD").status for _ in range(3)]
        lines = {"Host": site.host, **BEARER}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            connection.sendall(f"GET /api/v1/live HTTP/1.1\r\n{head}\r\n".encode())
            with connection.makefile("rb") as answer:
                read_to(answer, b"data: ")

        eventually(lambda: status(site, BEARER) == 101, within=30, what="room for a page")

    assert heads == [200] * 3


def read_to(lines: BinaryIO, start: bytes) -> bytes:
    while not (line := lines.readline()).startswith(start):
        assert line, "the stream ended"
    return line
