"""What attackers of dashboards tried: the paths, headers, bodies and floods of known advisories."""

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from queuectl_dashboard import Access, create_app, handshake
from queuectl_dashboard.api import API_PREFIX, ROUTES
from queuectl_dashboard.pacing import Pace
from queuectl_dashboard.private import private_folder
from queuectl_store import NewJob, Shell, Store, connect
from tests.dashboard.site import BEARER, TOKEN, Site, serving
from tests.dashboard.test_live import opened

WRITES = [route for route in ROUTES if route.changes]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        connect(str(tmp_path_factory.mktemp("probes") / "queue.db")) as store,
        serving(store) as site,
    ):
        store.enqueue([NewJob(work=Shell(script="true"))])
        yield site


def concrete(path: str) -> str:
    return API_PREFIX + re.sub("<name:[a-z]+>", "a", re.sub("<id:[a-z_]+>", "1", path))


def ids(route: object) -> str:
    return str(getattr(route, "name", route))


@pytest.mark.parametrize("route", WRITES, ids=ids)
def test_a_write_that_another_site_causes_is_refused_before_anything_is_done(
    door: Site, route: object
) -> None:
    path, method = concrete(route.path), route.method  # type: ignore[attr-defined]
    cookie = door.cookie()
    own = {"Origin": door.origin}
    foreign = [
        {**cookie, "Sec-Fetch-Site": "cross-site"},
        {**cookie, **own, "Sec-Fetch-Site": "same-site"},
        {**cookie, **own, "Sec-Fetch-Site": "none"},
        {**cookie, "Origin": "null"},
        {**cookie, "Origin": "http://evil.example"},
        {**cookie, "Origin": door.origin.upper()},
        {**cookie, "Origin": f"{door.origin}."},
        {**cookie, "Origin": f"{door.origin}.evil.example"},
        {**cookie, "Origin": f"{door.origin}@evil.example"},
        {**cookie, "Origin": door.origin.replace("http:", "https:")},
        {**cookie, "Origin": f"{door.origin} http://evil.example"},
        cookie,
    ]

    answers = [door.ask(path, method, headers=headers).status for headers in foreign]

    assert answers == [403] * len(foreign)


@pytest.mark.parametrize("route", [each for each in WRITES if each.body], ids=ids)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
)
def test_a_body_that_a_form_can_send_is_refused(door: Site, route: object, kind: str) -> None:
    path, method = concrete(route.path), route.method  # type: ignore[attr-defined]

    answer = door.ask(path, method, headers={**BEARER, "Content-Type": kind}, body=b'{"a": 1}')

    assert (answer.status, answer.headers["content-type"]) == (415, "application/problem+json")


@pytest.mark.parametrize(
    "part",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "1%00",
        "%00",
        "C:",
        "CON",
        "NUL.txt",
        "aux%20",
        "a:b",
        "-1",
        "0",
        "01",
        "1.0",
        "9" * 19,
        "9" * 400,
        "%d9%a1",
        "1;2",
        "1%0a",
    ],
)
def test_what_is_no_id_is_no_job_nor_a_file(door: Site, part: str) -> None:
    paths = [
        f"/api/v1/jobs/{part}",
        f"/api/v1/jobs/{part}/logs",
        f"/api/v1/jobs/{part}/logs/download",
        f"/jobs/{part}",
        f"/jobs/1/log/{part}",
        f"/static/{part}",
    ]

    answers = {door.ask(path).status for path in paths}

    assert answers <= {404, 405}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/groups/{}",
        "/api/v1/schedules/{}",
        "/api/v1/schedules/{}/next",
        "/api/v1/hooks/{}/deliveries",
        "/api/v1/settings/{}",
    ],
)
@pytest.mark.parametrize(
    "name", ["%00", "a%00b", "%0a", "%1b%5b2J", "x" * 201, "%ff", "%ed%a0%80", "..", "%e2%80%ae"]
)
def test_a_name_that_nothing_can_have_is_not_found(door: Site, path: str, name: str) -> None:
    assert door.ask(path.format(name)).status == 404


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"a{n}=1" for n in range(5_000)),
        "&".join("state=dead" for _ in range(5_000)),
        "days=1e9",
        "limit=-1",
        "limit=" + "9" * 5_000,
        "search=" + "(a%2B)%2B" * 300,
        "since=" + "9" * 1_000 + "d",
        "tag=" + "%3D" * 2_000,
        "before=null",
        "before=%D9%A1",
    ],
)
def test_a_query_that_is_to_cost_much_is_refused_at_once(door: Site, query: str) -> None:
    answer = door.ask(f"/api/v1/jobs?{query}")

    assert 400 <= answer.status < 500


def test_headers_without_end_are_refused(door: Site) -> None:
    answers = [
        door.ask("/api/v1/jobs", headers={**BEARER, "X-Long": "x" * 70_000}).status,
        door.ask("/api/v1/jobs", headers={**BEARER, **{f"X-{n}": "1" for n in range(200)}}).status,
        door.ask("/" + "x" * 70_000).status,
    ]

    assert {status // 100 for status in answers} == {4}


def test_a_caller_in_a_frenzy_is_slowed_down_alone(store: Store) -> None:
    now = [0.0]
    pace = Pace(per_s=1, burst=3, monotonic=lambda: now[0])

    first = [pace.admits("a") for _ in range(5)]
    other = pace.admits("b")
    now[0] = 1.0
    later = [pace.admits("a") for _ in range(2)]

    assert first == [True, True, True, False, False]
    assert other
    assert later == [True, False]


def test_a_host_that_is_refused_leaves_no_trace(site: Site, store: Store) -> None:
    site.ask("/api/v1/queues/a/pause", "POST", host="evil.example")

    assert store.reader.queues() == []
    assert not (private_folder(store) / "audit.jsonl").exists()


def test_a_page_that_never_reads_is_dropped_and_the_others_hear_as_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshake, "SEND_LIMIT_S", 1)
    with serving(store, socket_cap=3) as site, opened(site, BEARER) as quick:
        with socket.create_connection(("127.0.0.1", site.port)) as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lines = {"Host": site.host, **BEARER, "Upgrade": "websocket", "Connection": "Upgrade"}
            lines |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "=="}
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            deaf.sendall(f"GET /ws HTTP/1.1\r\n{head}\r\n".encode())
            ended = False
            deadline = time.monotonic() + 60
            while not ended and time.monotonic() < deadline:
                work = Shell(script="x" * 60_000)
                store.enqueue([NewJob(work=work) for _ in range(20)])
                assert quick.of_type("events", "resync")
                ended = _is_closed(site, deaf)

        assert ended


def _is_closed(site: Site, page: socket.socket) -> bool:
    """Tell whether the server has given the page's slot to others: two more may come in."""
    with opened(site, BEARER) as one:
        if one.status != 101:
            return False
        with opened(site, BEARER) as two:
            return two.status == 101


def test_the_dashboard_lives_under_a_prefix_of_another_application(tmp_path: Path) -> None:
    def shop(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"shop"]

    with connect(str(tmp_path / "queue.db")) as store:
        access = Access(
            token=TOKEN, origins=frozenset({"http://shop.example"}), cookie="queuectl-shop"
        )
        inner: WSGIApplication = create_app(store, access=access)
        client = Client(DispatcherMiddleware(shop, {"/queue": inner}))
        asked = {"base_url": "http://shop.example", "headers": BEARER}

        made = client.post("/queue/api/v1/jobs", json={"command": "true"}, **asked)
        page = client.get("/queue/jobs", **asked)
        described = client.get("/queue/api/v1/openapi.json", **asked)
        closed = client.get("/queue/api/v1/jobs", base_url="http://shop.example")
        login = client.post("/queue/login", base_url="http://shop.example", json={"token": TOKEN})

    assert made.headers["Location"] == "/queue/api/v1/jobs/1"
    assert 'href="/queue/jobs/1"' in page.text
    assert described.json is not None
    assert described.json["servers"] == [{"url": "/queue/api/v1"}]
    assert (closed.status_code, client.get("/", base_url="http://shop.example").text) == (
        401,
        "shop",
    )
    assert "Path=/queue" in login.headers["Set-Cookie"]


def test_a_document_is_described_for_every_route_that_is_served(door: Site) -> None:
    described = json.loads(door.ask("/api/v1/openapi.json").body)["paths"]

    served = {
        (re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule.removeprefix(API_PREFIX)), method.lower())
        for rule in door.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(API_PREFIX)
    }

    told = {(path, method) for path, methods in described.items() for method in methods}
    assert served - told == {("/openapi.json", "get"), ("/live", "get")}
