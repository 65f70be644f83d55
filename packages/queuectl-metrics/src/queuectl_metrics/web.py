"""`/metrics` over HTTP: a WSGI application to mount anywhere, and a small server of its own."""

import hmac
import socket
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from queuectl_metrics.address import is_own
from queuectl_metrics.exposition import Exporter
from queuectl_store import Store

_PLAIN = ("Content-Type", "text/plain; charset=utf-8")

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def make_wsgi_app(store: Store, *, token: str | None) -> WsgiApp:
    """Return an application that answers at whatever path it is mounted.

    Args:
        token: What callers must send as `Authorization: Bearer TOKEN`; None lets everybody in.
    """
    exporter = Exporter(store)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start_response("405 Method Not Allowed", [_PLAIN, ("Allow", "GET, HEAD")])
            return [b"GET it\n"]
        if token is not None and not _is_allowed(environ.get("HTTP_AUTHORIZATION", ""), token):
            start_response("401 Unauthorized", [_PLAIN, ("WWW-Authenticate", "Bearer")])
            return [b"send the token: Authorization: Bearer TOKEN\n"]
        accept, encoding = environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_ENCODING", "")
        exposition = exporter.expose(accept, encoding)
        start_response("200 OK", exposition.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [exposition.body]

    return app


@contextmanager
def serving(
    store: Store, *, host: str, port: int, token: str | None, names: Collection[str] = ()
) -> Iterator[int]:
    """Serve `/metrics` and `/healthz` on a thread while the block runs; give the port.

    It answers those who reach it by an address, as `localhost`, or by this computer's name.

    Args:
        port: 0 takes a free one.
        names: What it may be called besides, by those who scrape it.

    Raises:
        OSError: The address cannot be had.
    """
    site = _site(make_wsgi_app(store, token=token), (socket.gethostname(), host, *names))
    kind = _V6Server if ":" in host else _Server
    with make_server(host, port, site, server_class=kind, handler_class=_Handler) as server:
        Thread(target=server.serve_forever, name="queuectl-metrics", daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def _site(metrics: WsgiApp, names: Collection[str]) -> WsgiApp:
    def site(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not is_own(environ.get("HTTP_HOST", ""), names=names):
            start_response("400 Bad Request", [_PLAIN])
            return [b"this is not what the server is called; allow it with --allow-host NAME\n"]
        if environ["PATH_INFO"] == "/metrics":
            return metrics(environ, start_response)
        is_known = environ["PATH_INFO"] == "/healthz"
        start_response("200 OK" if is_known else "404 Not Found", [_PLAIN])
        return [b"ok\n" if is_known else b"see /metrics\n"]

    return site


def _is_allowed(header: str, token: str) -> bool:
    kind, _, given = header.partition(" ")
    is_right = hmac.compare_digest(given.strip().encode(), token.encode())
    return kind.lower() == "bearer" and is_right


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Take the port. The name of the host is not looked up: that can hang without a network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _V6Server(_Server):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    # Whoever says nothing for so long does not keep a thread.
    timeout = 10

    def log_message(self, *_: object) -> None:
        """Keep quiet: a scrape each few seconds is no news."""
