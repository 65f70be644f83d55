"""A Redis server for one measurement: the system's, or Debian's packages, unpacked only."""

import os
import platform
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Redis itself is in the tools' package; the rest are the libraries that a bare system lacks.
PACKAGES = ("redis-server", "redis-tools", "libjemalloc2", "liblzf1")
START_S = 10.0


class NoRedis(Exception):
    """No Redis server can be had here; the text says why."""


@contextmanager
def redis_server(folder: Path, *, home: str | None = None) -> Iterator[str]:
    """Run a server on the loopback, with a log that is flushed each second, and give its URL.

    Args:
        folder: Where Debian's packages are unpacked, if they have to be.
        home: Where its log lies; None is the system's place for what is temporary.

    Raises:
        NoRedis: There is none, and it cannot be fetched.
    """
    program, libraries = installed() or unpacked(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(dir=home) as place:
        settings = ["--port", str(port), "--bind", "127.0.0.1", "--dir", place, "--save", ""]
        server = subprocess.Popen(
            [program, *settings, "--appendonly", "yes", "--appendfsync", "everysec"],
            env={**os.environ, "LD_LIBRARY_PATH": libraries},
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until_it_answers(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def installed() -> tuple[str, str] | None:
    """Give the system's server."""
    for name in ("redis-server", "valkey-server"):
        if program := shutil.which(name):
            return program, os.environ.get("LD_LIBRARY_PATH", "")
    return None


def unpacked(folder: Path) -> tuple[str, str]:
    """Fetch Debian's packages and unpack them into *folder*, once; nothing is installed.

    Raises:
        NoRedis: This is no Debian, or its packages are out of reach.
    """
    program = folder / "usr/bin/redis-check-rdb"  # the server is another name of it
    if not program.exists():
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            raise NoRedis("no redis-server on the PATH, and this is no Debian to take it from")
        folder.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(
            ["apt-get", "download", *PACKAGES], cwd=folder, capture_output=True, check=False
        )
        if fetched.returncode:
            raise NoRedis("no redis-server on the PATH, and apt-get does not reach its package")
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    libraries = folder / f"usr/lib/{platform.machine()}-linux-gnu"
    return str(folder / "usr/bin/redis-server"), str(libraries)


def wait_until_it_answers(port: int) -> None:
    """Wait for the server to listen.

    Raises:
        NoRedis: It does not.
    """
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise NoRedis(f"redis-server did not answer within {START_S:g} s")
