"""No-op tasks through QueueCTL and through other queues, in turn, each in its own environment.

Run it as `python3 scripts/bench peers [PEER …] [--postgres URL] [--scale F] [--folder PATH]
[--workers N]`. What
runs is in `_peers/`; the versions are pinned here. Before each peer QueueCTL does the same on the
same kind of store in the same minute: trust the ratios alone. A disk that others write to takes ten
times as long for a flush: a folder in memory leaves it out.

Environments and, where none is installed, Debian's Redis are put below `.tools/`, once. Redis keeps
its log with a flush each second, PostgreSQL and SQLite flush each commit.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import bootstrap
from benchmarks._peers.marks import ADDRESS, MARKS, PROCESSES
from benchmarks._peers.redis_server import NoRedis, redis_server
from tests.postgres import PostgresMissing, PostgresServer, private_server

PROGRAMS = Path(__file__).with_name("_peers")
PLACES = bootstrap.TOOLS / "peers"
LONGEST_S = 300.0
Store = Literal["sqlite", "redis", "postgresql"]
Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One queue: what to install, where it keeps its jobs, how many give some seconds of work."""

    packages: tuple[str, ...]
    program: str
    store: Store
    durability: str
    ones: int
    many: int


PEERS = {
    "huey": Peer(
        packages=("huey==3.5.4",),
        program="huey_peer.py",
        store="sqlite",
        durability="FULL; at most once",
        ones=1_000,
        many=4_000,
    ),
    "rq": Peer(
        packages=("rq==3.0.0", "redis==8.1.0"),
        program="rq_peer.py",
        store="redis",
        durability="flush each second",
        ones=500,
        many=1_000,
    ),
    "celery": Peer(
        packages=("celery[redis]==5.7.0",),
        program="celery_peer.py",
        store="redis",
        durability="flush each second; at most once",
        ones=1_000,
        many=2_000,
    ),
    "dramatiq": Peer(
        packages=("dramatiq[redis]==2.2.1",),
        program="dramatiq_peer.py",
        store="redis",
        durability="flush each second",
        ones=1_000,
        many=5_000,
    ),
    "saq": Peer(
        packages=("saq[redis]==0.26.4", "typing-extensions==4.16.0"),
        program="saq_peer.py",
        store="redis",
        durability="flush each second",
        ones=1_000,
        many=4_000,
    ),
    "pgqueuer": Peer(
        packages=("pgqueuer[asyncpg]==1.6.0", "asyncpg==0.32.0", "uvloop==0.23.0"),
        program="pgqueuer_peer.py",
        store="postgresql",
        durability="synchronous_commit",
        ones=1_000,
        many=20_000,
    ),
    "procrastinate": Peer(
        packages=("procrastinate==3.10.0", "psycopg[binary,pool]==3.3.9"),
        program="procrastinate_peer.py",
        store="postgresql",
        durability="synchronous_commit",
        ones=500,
        many=1_000,
    ),
}
OURS = {
    "sqlite": Peer(
        packages=(),
        program="ours.py",
        store="sqlite",
        durability="FULL",
        ones=1_000,
        many=20_000,
    ),
    "postgresql": Peer(
        packages=(),
        program="ours.py",
        store="postgresql",
        durability="synchronous_commit",
        ones=1_000,
        many=20_000,
    ),
}
COLUMNS = ("one", "bulk", "drain", "p50", "p99")
HEADS = ("one by one/s", "in bulk/s", "drained/s", "p50 ms", "p99 ms")


class Unavailable(Exception):
    """A peer cannot be had here; the text says why."""


def main() -> None:
    """Measure each peer after QueueCTL and print a line for both, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="*", metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--postgres", metavar="URL", help="a server to make databases on")
    parser.add_argument("--scale", type=float, default=1.0, help="times as many jobs")
    parser.add_argument("--workers", type=int, help="processes of QueueCTL and Huey on SQLite")
    parser.add_argument("--folder", metavar="PATH", help="where stores of SQLite and Redis lie")
    options = parser.parse_args()
    if unknown := [name for name in options.peers if name not in PEERS]:
        parser.error(f"no peer named {unknown[0]!r}; there are: {', '.join(PEERS)}")
    print(f"{'':<16}" + "".join(f"{head:>14}" for head in HEADS) + f"  {os.cpu_count()} cores")
    with ExitStack() as stack:
        if options.workers:
            os.environ[PROCESSES] = str(options.workers)
        places = Places(stack, options.postgres, options.folder)
        for name in options.peers or PEERS:
            try:
                compare(name, places, options.scale)
            except Unavailable as reason:
                print(f"{name:<16}not measured: {reason}", flush=True)


def compare(name: str, places: "Places", scale: float) -> None:
    """Run QueueCTL and then the peer; what is ahead of the peer has a ratio over 1."""
    peer = PEERS[name]
    python = environment(name, peer)
    own = OURS["postgresql" if peer.store == "postgresql" else "sqlite"]
    ours = run(own, sys.executable, places, scale)
    theirs = run(peer, python, places, scale)
    version = peer.packages[0].partition("==")[2]
    print_line(f"queuectl {own.store}"[:16], ours, own.durability)
    print_line(f"{name} {version}", theirs, f"{peer.store}, {peer.durability}")
    print_line("  ratio", ratios(ours, theirs), "", digits=2)


def ratios(ours: Figures, theirs: Figures) -> Figures:
    """Return how many times as good we are: more a second, or sooner."""
    found: dict[str, float | None] = {}
    for column in COLUMNS:
        our, their = ours[column], theirs[column]
        if our is None or their is None:
            found[column] = None
        else:
            found[column] = their / our if column.startswith("p") else our / their
    return found


def print_line(name: str, figures: Figures, remark: str, *, digits: int | None = None) -> None:
    """Print one line of the table."""
    cells = ""
    for column in COLUMNS:
        value, places = figures[column], digits
        if places is None:
            places = 2 if column.startswith("p") else 0
        cells += f"{'-':>14}" if value is None else f"{value:>14,.{places}f}"
    print(f"{name:<16}{cells}  {remark}".rstrip(), flush=True)


def environment(name: str, peer: Peer) -> str:
    """Give the Python of an environment that holds just *peer*, and make it if it is not there.

    Raises:
        Unavailable: It cannot be installed here.
    """
    folder = PLACES / name
    python = folder / bootstrap.PROGRAMS / f"python{bootstrap.EXE}"
    done = folder / "installed.json"
    if done.exists() and json.loads(done.read_text()) == list(peer.packages):
        return str(python)
    shutil.rmtree(folder, ignore_errors=True)
    uv = bootstrap.find_uv()
    commands = (
        [uv, "venv", "--quiet", str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), *peer.packages],
    )
    for command in commands:
        ended = subprocess.run(
            command, env=bootstrap.environment(), capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise Unavailable(f"uv did not install it: {last_line(ended.stderr)}")
    done.write_text(json.dumps(peer.packages))
    return str(python)


def run(peer: Peer, python: str, places: "Places", scale: float) -> Figures:
    """Let the program of *peer* measure itself on an empty store.

    Raises:
        Unavailable: It did not come to its end, or has no store here.
    """
    ones, many = (max(100, round(count * scale / 100) * 100) for count in (peer.ones, peer.many))
    with places.store(peer.store) as address, tempfile.TemporaryDirectory() as folder:
        settings = {
            **os.environ,
            "PYTHONPATH": str(bootstrap.ROOT),
            MARKS: str(Path(folder, "marks")),
            ADDRESS: address,
        }
        program = str(PROGRAMS / peer.program)
        try:
            ended = subprocess.run(
                [python, program, "measure", str(ones), str(many)],
                env=settings,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"{peer.program} did not end within {LONGEST_S:g} s") from error
    if ended.returncode:
        raise Unavailable(
            f"{peer.program} ended with {ended.returncode}: {last_line(ended.stderr)}"
        )
    figures: Figures = json.loads(ended.stdout.splitlines()[-1])
    return figures


def last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no reason given")


class Places:
    """Empty stores of each kind, on servers that run until the end of the program."""

    def __init__(self, stack: ExitStack, postgres: str | None, folder: str | None) -> None:
        self._stack, self._folder = stack, folder
        self._postgres = PostgresServer(admin_url=postgres) if postgres else None

    @contextmanager
    def store(self, kind: Store) -> Iterator[str]:
        """Give the address of an empty store.

        Raises:
            Unavailable: There is no server of that kind here.
        """
        try:
            match kind:
                case "sqlite":
                    with tempfile.TemporaryDirectory(dir=self._folder) as folder:
                        yield str(Path(folder, "queue.db"))
                case "redis":
                    with redis_server(bootstrap.TOOLS / "redis", home=self._folder) as url:
                        yield url
                case "postgresql":
                    server = self._server()
                    url = server.create_database()
                    yield url
                    server.drop_database(url)
        except (NoRedis, PostgresMissing) as missing:
            raise Unavailable(str(missing)) from missing

    def _server(self) -> PostgresServer:
        if self._postgres is None:
            self._postgres = self._stack.enter_context(private_server(is_durable=True))
        return self._postgres


if __name__ == "__main__":
    main()
