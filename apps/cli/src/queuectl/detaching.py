"""A worker in the background: started in a session of its own, told to be there once it is."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from queuectl.exits import CommandError, Exit
from queuectl_store import WorkerId
from queuectl_store.values import dataclass

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Store

_REGISTERED_WITHIN_S = 20.0
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Detached:
    """A worker that runs on its own; *log* is where it tells what it does."""

    worker_id: WorkerId
    pid: int
    log: Path


def start_detached(
    store: "Store", *, url: str, options: Sequence[str], log_folder: Path
) -> Detached:
    """Start `queuectl worker start` with *options* in the background.

    Returns once the worker has registered with the store.

    Raises:
        CommandError: It ended without having registered (the message is its own), or did not
            register in time.
    """
    before = {worker.id for worker in store.reader.workers(all=True)}
    log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = log_folder / f"worker-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    child = _spawn(url, options, log)
    deadline = time.monotonic() + _REGISTERED_WITHIN_S
    while time.monotonic() < deadline:
        # Asked first: who finds no work for a burst has registered, and left, between two looks.
        has_ended = child.poll() is not None
        found = _registered(store, before, child.pid, all=has_ended)
        if found is not None:
            return Detached(worker_id=found, pid=child.pid, log=log)
        if has_ended:
            raise _ended_early(child.returncode, log)
        time.sleep(_LOOK_S)
    raise CommandError(
        f"the worker (pid {child.pid}) has not registered in {_REGISTERED_WITHIN_S:g} s\n"
        f"its log is {str(log)!r}"
    )


def _spawn(url: str, options: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    # The address goes by the environment: everybody can read a command line, and it may hold a
    # password.
    environ = {**os.environ, "QUEUECTL_DB": url}
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "queuectl", "worker", "start", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environ,
            start_new_session=True,
            creationflags=_creation_flags(),
        )


def _creation_flags() -> int:
    if sys.platform != "win32":
        return 0
    return subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP


def _registered(
    store: "Store",
    before: set[WorkerId],
    pid: int,
    *,
    all: bool,  # noqa: A002 (as the reader has it)
) -> WorkerId | None:
    host = socket.gethostname()
    for worker in store.reader.workers(all=all):
        if worker.id in before or worker.host != host:
            continue
        # On Windows the interpreter of a virtual environment is the child of a launcher.
        if worker.pid == pid or sys.platform == "win32":
            return worker.id
    return None


def _ended_early(code: int, log: Path) -> CommandError:
    said = log.read_text("utf-8", "replace").strip().removeprefix("queuectl: ")
    known = code if code in set(Exit) else Exit.FAILED
    return CommandError(said or f"the worker ended at once with code {code}", code=Exit(known))
