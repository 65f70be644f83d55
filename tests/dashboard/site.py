"""A dashboard on a loopback port, and the few things that tests ask of it."""

import http.client
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from flask import Flask

from queuectl_dashboard import Access, DashboardServer, Sessions, create_app
from queuectl_dashboard.live import SOCKET_CAP
from queuectl_dashboard.proxies import Network
from queuectl_store import Store

TOKEN = "a-token-that-only-the-tests-know"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PAGE = {"Accept": "text/html,application/xhtml+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    app: Flask
    port: int
    sessions: Sessions

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        headers: Mapping[str, str] = BEARER,
        host: str | None = None,
        body: bytes | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", self.host if host is None else host)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(
                status=answer.status,
                headers={name.lower(): value for name, value in answer.getheaders()},
                body=answer.read(),
            )
        finally:
            connection.close()

    def call(self, path: str, method: str, document: Any = None, **headers: str) -> Answer:
        """Ask the API with a JSON body, or none."""
        body = None if document is None else json.dumps(document).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(f"/api/v1{path}", method, headers={**BEARER, **kind, **said}, body=body)

    def send(self, request: bytes, *, timeout: float = 20) -> bytes:
        """Send bytes as they are, and return all that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(request)
            answer = b""
            while block := connection.recv(65_536):
                answer += block
            return answer

    def log_in(self, secret: Mapping[str, str] | None = None) -> Answer:
        headers = {"Content-Type": "application/json", "Origin": self.origin}
        body = json.dumps(secret or {"token": TOKEN}).encode()
        return self.ask("/login", "POST", headers=headers, body=body)

    def cookie(self) -> dict[str, str]:
        """Log in as a browser does and return what it sends from then on."""
        value = self.log_in().headers["set-cookie"].partition(";")[0]
        return {"Cookie": value}


@contextmanager
def serving(
    store: Store,
    *,
    metrics_public: bool = False,
    hidden: Sequence[str] = (),
    proxies: Sequence[Network] = (),
    socket_cap: int = SOCKET_CAP,
    **limits: Any,
) -> Iterator[Site]:
    """Serve *store* on a free port; *limits* are the server's."""
    with DashboardServer("127.0.0.1", 0, **limits) as server:
        access = Access.on_port(
            server.port,
            token=TOKEN,
            metrics_public=metrics_public,
            hidden=hidden,
            proxies=proxies,
        )
        sessions = Sessions()
        app = create_app(store, access=access, sessions=sessions, socket_cap=socket_cap)
        thread = Thread(target=server.serve, args=(app,))
        thread.start()
        try:
            yield Site(app=app, port=server.port, sessions=sessions)
        finally:
            server.shutdown()
            thread.join()
