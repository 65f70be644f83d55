"""A receiver of webhooks on loopback that keeps what it gets and answers what it is told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Got = tuple[dict[str, str], bytes]


class Receiver:
    """Listens; *answers* are given in order, the last one again and again."""

    def __init__(self, *answers: int, headers: dict[str, str] | None = None) -> None:
        self.answers = list(answers or (204,))
        self.headers = headers or {}
        self.got: list[Got] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                several = len(receiver.answers) > 1
                self.send_response(receiver.answers.pop(0) if several else receiver.answers[0])
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?token=t0ken"


@contextmanager
def receiving(*answers: int, headers: dict[str, str] | None = None) -> Iterator[Receiver]:
    """Receive beside the block."""
    receiver = Receiver(*answers, headers=headers)
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


@contextmanager
def canary() -> Iterator[tuple[int, list[bool]]]:
    """Listen on loopback, and note whether anybody comes: a port, and the visits."""
    visits: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def watch() -> None:
            while not over.is_set():
                try:
                    end, _ = server.accept()
                except TimeoutError:
                    continue
                end.close()
                visits.append(True)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield server.getsockname()[1], visits
        finally:
            over.set()
            thread.join()
