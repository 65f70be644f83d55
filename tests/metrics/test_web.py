"""`/metrics` over HTTP, by a server of its own and mounted in other programs."""

import asyncio
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry, make_asgi_app
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from queuectl_metrics import StoreCollector, make_wsgi_app, serving
from queuectl_store import NewJob, Shell, Store, connect


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with connect(sqlite_url) as opened:
        opened.enqueue([NewJob(work=Shell(script="true"))])
        yield opened


def ask(url: str, *, headers: Mapping[str, str] = {}) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_server_lets_in_who_has_the_token(store: Store) -> None:
    with serving(store, host="127.0.0.1", port=0, token="secret") as port:
        url = f"http://127.0.0.1:{port}"
        refused, wrong = ask(f"{url}/metrics")[0], {"Authorization": "Bearer other"}
        status, body = ask(f"{url}/metrics", headers={"Authorization": "Bearer secret"})
        others = [ask(f"{url}{path}")[0] for path in ("/healthz", "/", "/metrics/x")]
        assert ask(f"{url}/metrics", headers=wrong)[0] == 401

    assert (refused, status, others) == (401, 200, [200, 404, 404])
    assert b'queuectl_jobs{queue="default",state="pending"} 1.0' in body


def test_without_a_token_everybody_is_let_in(store: Store) -> None:
    with serving(store, host="127.0.0.1", port=0, token=None) as port:
        assert ask(f"http://127.0.0.1:{port}/metrics")[0] == 200


def answer_to(port: int, host: str | None) -> int:
    """The status for a GET of /metrics with this Host, which a library would not let us send."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        header = "" if host is None else f"Host: {host}\r\n"
        connection.sendall(f"GET /metrics HTTP/1.0\r\n{header}\r\n".encode())
        return int(connection.makefile("rb").readline().split()[1])


def test_only_names_of_its_own_are_answered(store: Store) -> None:
    """A page of another site can have its name lead here, and a browser say that as Host."""
    own = (
        "127.0.0.1",
        "localhost:{port}",
        "LOCALHOST",
        "[::1]:{port}",
        "192.0.2.7:80",
        "queue.lan",
    )
    own = (*own, socket.gethostname(), "QUEUE.lan:9809", "[2001:db8::1]:9809")
    others = (
        None,
        "",
        "evil.example",
        "evil.example:{port}",
        "localhost.evil.example",
        "queue.lan.",
    )
    others = (*others, "queue.lan, evil.example", "127.0.0.1.evil.example", "a@127.0.0.1", "::1")

    with serving(store, host="127.0.0.1", port=0, token=None, names=["queue.lan"]) as port:
        let_in = {host: answer_to(port, host.format(port=port)) for host in own}
        refused = {
            host: answer_to(port, None if host is None else host.format(port=port))
            for host in others
        }

    assert let_in == dict.fromkeys(own, 200)
    assert refused == dict.fromkeys(others, 400)


def test_a_host_header_that_comes_twice_is_refused(store: Store) -> None:
    with serving(store, host="127.0.0.1", port=0, token=None) as port:
        assert answer_to(port, "127.0.0.1\r\nHost: evil.example") == 400
        assert answer_to(port, "evil.example\r\nHost: 127.0.0.1") == 400


def test_it_mounts_in_flask(store: Store) -> None:
    app = Flask(__name__)
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {"/metrics": make_wsgi_app(store, token=None)}
    )

    answer = Client(app).get("/metrics")

    assert answer.status_code == 200
    assert b"queuectl_workers 0.0" in answer.data


def test_only_reading_is_allowed(store: Store) -> None:
    client = Client(make_wsgi_app(store, token=None))

    assert client.post("/").status_code == 405
    assert client.head("/").data == b""


def test_it_mounts_in_an_asgi_program(store: Store) -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StoreCollector(store))
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(make_asgi_app(registry)(scope, receive, send))  # type: ignore[no-untyped-call]

    assert sent[0]["status"] == 200
    assert b"queuectl_jobs_enqueued_total" in sent[1]["body"]
