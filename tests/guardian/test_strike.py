"""The walk that signals each process of a tree as it finds it, and no other."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from queuectl_worker.guardian.strike import strike

from . import witness
from .waiting import eventually

pytestmark = pytest.mark.not_on("win", "darwin")

TREE = "sleep 300 & (sleep 300; true) & setsid sh -c 'sleep 300; true' & wait"


@contextmanager
def tree(script: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sh", "-c", script]) as root:
        try:
            yield root
        finally:
            for pid in (*below(root.pid), root.pid):
                os.kill(pid, signal.SIGKILL)


def below(pid: int) -> list[int]:
    children = witness.children_of(pid)
    return children + [each for child in children for each in below(child)]


def test_every_process_below_is_signalled_once() -> None:
    """By a signal that ends none: what loses its parent here is not ours, as it is a guardian's."""
    with tree(TREE) as root:
        eventually(lambda: len(below(root.pid)) == 5, within=20, what="the whole tree")

        struck = strike([root.pid], signal.SIGCONT)

        assert sorted(pid for pid, _ in struck) == sorted([root.pid, *below(root.pid)])


def test_a_process_that_has_ended_is_not_counted() -> None:
    with tree("exec sleep 300") as root:
        assert len(strike([root.pid], signal.SIGKILL)) == 1
        eventually(lambda: not witness.is_living(root.pid), within=20, what="its end")

        assert strike([root.pid], signal.SIGKILL) == []


def test_who_is_spared_gets_nothing_but_those_below_do() -> None:
    with tree("trap '' TERM; sh -c 'sleep 300; true' & wait; wait; sleep 300") as root:
        eventually(lambda: len(below(root.pid)) == 2, within=20, what="the whole tree")
        whole = strike([root.pid], signal.SIGCONT)

        struck = strike([root.pid], signal.SIGTERM, spared=whole[:1])

        assert struck == whole[1:]
        assert root.poll() is None


def test_a_pid_that_is_no_child_of_ours_any_more_is_left_alone() -> None:
    with tree("sleep 300 & wait") as root:
        (stranger,) = eventually(lambda: below(root.pid), within=20, what="a grandchild")

        assert strike([stranger], signal.SIGKILL) == []

        assert witness.is_living(stranger)
