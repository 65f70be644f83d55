"""Workers as processes, and the processes that their jobs leave."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queuectl_store import Store
from tests.waiting import eventually

PROGRAM = Path(__file__).with_name("run_worker.py")


class Program:
    """One worker process; what it printed is in *out*."""

    def __init__(self, store: Store | str, out: Path, *options: str) -> None:
        where = store if isinstance(store, str) else str(store.path)
        self.out = out
        with out.open("wb") as file:
            self.child = subprocess.Popen(
                [sys.executable, str(PROGRAM), where, *options],
                stdout=file,
                stderr=subprocess.STDOUT,
                # Not the tests' own group: a signal to the group is one of the tests.
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """All that it printed so far."""
        return self.out.read_text()

    def says(self, words: str, *, within: float = 20) -> None:
        """Wait until it has printed *words*."""
        eventually(lambda: words in self.said, within=within, what=f"{words!r} from the worker")

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.child.send_signal(number)

    def ended(self, *, within: float) -> int:
        """Wait for its end and return its exit code."""
        return self.child.wait(within)


@contextmanager
def program(store: Store | str, out: Path, *options: str) -> Iterator[Program]:
    """Run a worker process beside the block; it has joined when the block begins."""
    live = Program(store, out, *options)
    try:
        live.says("joined")
        yield live
    finally:
        if live.child.poll() is None:
            live.signal(signal.SIGCONT)
            live.child.kill()
        live.child.wait()


def carriers(mark: str) -> list[int]:
    """Return the living processes with *mark* in their arguments or environment."""
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _has(pid, mark)]


def _has(pid: int, mark: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        texts = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    except OSError:
        return False
    return state != "Z" and any(mark.encode() in text for text in texts)
