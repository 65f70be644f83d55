"""Hold open pages on one dashboard and measure how soon each hears of a job that is enqueued.

    python3 scripts/bench sockets [PAGES...]

A real server in a process of its own, and this process as its clients. Prints for each number of
pages: how many were let in, the delay from the enqueue to the message on each (p50, p99, worst of
all pages and rounds), the delay of a plain request meanwhile, and the server's threads and memory.
"""

import base64
import http.client
import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import psutil

from queuectl_store import NewJob, Shell, Store, connect

ROUNDS = 20


def main(counts: Sequence[int]) -> None:
    print(f"{'pages':>6} {'let in':>6} {'p50 ms':>7} {'p99 ms':>7} {'worst':>7} ", end="")
    print(f"{'http ms':>8} {'threads':>7} {'MB':>5}")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder) / "queue.db", count)


def measure(path: Path, count: int) -> None:
    with connect(str(path)) as store, ExitStack() as stack:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "queuectl"),
                *("--db", str(path), "--json", "dashboard", "--port", "0"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(server.wait)
        stack.callback(server.terminate)
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        port, token = int(told["url"].split(":")[2].strip("/")), told["token"]
        pages = [page for page in (open_page(port, token) for _ in range(count)) if page]
        for page in pages:
            stack.callback(page.close)
        delays, requests = rounds(store, pages, port)
        process = psutil.Process(server.pid)
        facts = process.num_threads(), process.memory_info().rss / 1e6
        print(
            f"{count:>6} {len(pages):>6} {median(delays):>7.0f} {quantile(delays, 0.99):>7.0f} "
            f"{max(delays):>7.0f} {median(requests):>8.1f} {facts[0]:>7} {facts[1]:>5.0f}",
            flush=True,
        )


def rounds(store: Store, pages: list[socket.socket], port: int) -> tuple[list[float], list[float]]:
    delays: list[float] = []
    requests: list[float] = []
    for number in range(ROUNDS):
        drain(pages)
        name = f"round-{number}"
        began = time.perf_counter()
        store.enqueue([NewJob(work=Shell(script="true"), name=name)])
        delays += wait_for(pages, name.encode(), began)
        requests.append(plain_request(port))
    return delays, requests


def open_page(port: int, token: str) -> socket.socket | None:
    page = socket.create_connection(("127.0.0.1", port), timeout=20)
    key = base64.b64encode(os.urandom(16)).decode()
    page.sendall(
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    if b" 101 " not in page.recv(4096).split(b"\r\n", 1)[0]:
        page.close()
        return None
    return page


def drain(pages: list[socket.socket]) -> None:
    """Read what is there until all have been silent for a while."""
    with selectors.DefaultSelector() as selector:
        for page in pages:
            selector.register(page, selectors.EVENT_READ)
        while ready := selector.select(timeout=1.2):
            for key, _ in ready:
                key.fileobj.recv(65_536)  # type: ignore[union-attr]


def wait_for(pages: list[socket.socket], mark: bytes, began: float) -> list[float]:
    delays: list[float] = []
    seen: dict[int, bytes] = {}
    with selectors.DefaultSelector() as selector:
        for page in pages:
            selector.register(page, selectors.EVENT_READ)
        while len(delays) < len(pages):
            ready = selector.select(timeout=20)
            assert ready, "a page heard nothing for 20 s"
            for key, _ in ready:
                seen[key.fd] = seen.get(key.fd, b"") + key.fileobj.recv(65_536)  # type: ignore[union-attr]
                if mark in seen[key.fd]:
                    delays.append((time.perf_counter() - began) * 1000)
                    selector.unregister(key.fileobj)
    return delays


def plain_request(port: int) -> float:
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    connection.close()
    return (time.perf_counter() - began) * 1000


def quantile(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1, 100, 500, 520])
