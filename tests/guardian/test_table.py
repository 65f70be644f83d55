"""The ways to read the process table agree, so that the ones other systems need are tested too."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queuectl_worker.guardian import table

from .waiting import eventually


@contextmanager
def grandchild() -> Iterator[None]:
    """Have a child that has a child."""
    with subprocess.Popen(["sh", "-c", "echo; sleep 300; true"], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        listing = Path(f"/proc/{child.pid}/task/{child.pid}/children")
        pid = eventually(listing.read_text, within=20, what="the grandchild")
        yield
        child.kill()
        os.kill(int(pid), signal.SIGKILL)


def pids(rows: list[table.Process]) -> set[int]:
    return {process.pid for process in rows}


def test_all_ways_find_the_same_tree() -> None:
    with grandchild():
        by_children = pids(table.descendants(os.getpid()))
        by_parents = pids(table.below(os.getpid(), table.everything()))
        by_ps = pids(table.below(os.getpid(), table.rows_of_ps()))

    # ps sees itself, too.
    assert len(by_children) >= 2
    assert by_children == by_parents
    assert by_children < by_ps


def test_ps_gives_a_process_the_same_identity_twice() -> None:
    with grandchild():
        first, second = table.rows_of_ps(), table.rows_of_ps()

    ours = {process.identity for process in first if process.ppid == os.getpid()}
    assert ours & {process.identity for process in second}


def test_a_name_with_parentheses_and_spaces_is_no_trap(tmp_path: Path) -> None:
    odd = f"{tmp_path}/a) S 1 1 (b"
    os.symlink("/bin/sleep", odd)

    with subprocess.Popen([odd, "300"]) as child:
        process = table.look_up(child.pid)
        child.kill()

    assert process is not None
    assert process.ppid == os.getpid()
