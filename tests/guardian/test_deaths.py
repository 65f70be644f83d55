"""Who dies takes everything along: worker, guardian, both at once, or stopped past the fence."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_worker.guardian import Ended, Lost, Started

from . import witness
from .awkward import SHAPES, bomb, forker
from .desk import Desk
from .waiting import eventually

PROMISED_SECONDS = 3.0
PROCESSES = 60


class Victim:
    """A worker in a process of its own, with twenty awkward trees below its guardian."""

    def __init__(self, folder: Path, scripts: list[str], *, fence_ms: int = 0) -> None:
        self.mark = f"victim{os.getpid()}{folder.name}"
        program = str(Path(__file__).with_name("worker.py"))
        arguments = [str(folder), self.mark, str(fence_ms), *scripts]
        self.process = subprocess.Popen(
            [sys.executable, program, *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.guardian = int(self.process.stdout.readline())
        self.keeper = witness.parent_of(self.guardian)

    def others(self) -> list[int]:
        """The marked processes but the worker: its jobs' (the mark is in its arguments too)."""
        return [pid for pid in witness.marked(self.mark) if pid != self.process.pid]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    victim = Victim(tmp_path, list(SHAPES.values()))
    eventually(lambda: len(victim.others()) >= PROCESSES, within=60, what="the trees to stand")
    yield victim
    victim.end()


def all_gone(victim: Victim) -> bool:
    return not victim.others() and not Path(f"/proc/{victim.guardian}").exists()


def test_a_killed_worker_takes_a_hundred_awkward_processes_along(victim: Victim) -> None:
    victim.process.kill()

    eventually(lambda: all_gone(victim), within=PROMISED_SECONDS, what="everything to be gone")


def test_worker_and_guardian_killed_at_once_leave_nothing(victim: Victim) -> None:
    """The keeper sweeps: stopped first, so that neither victim can act in between."""
    for pid in (victim.process.pid, victim.guardian):
        os.kill(pid, signal.SIGSTOP)
    for pid in (victim.process.pid, victim.guardian):
        os.kill(pid, signal.SIGKILL)

    eventually(lambda: all_gone(victim), within=PROMISED_SECONDS, what="everything to be gone")


def test_a_worker_that_dies_beside_a_stopped_guardian_leaves_nothing(victim: Victim) -> None:
    os.kill(victim.guardian, signal.SIGSTOP)

    victim.process.kill()

    eventually(lambda: all_gone(victim), within=PROMISED_SECONDS, what="everything to be gone")


def test_forking_without_end_does_not_outrun_the_workers_death(tmp_path: Path) -> None:
    program, *arguments = (f"'{word}'" for word in forker("$1"))
    bomb = f"exec {program} {' '.join(arguments)}".replace("'$1'", "$1")
    victim = Victim(tmp_path, [*SHAPES.values(), bomb])
    eventually(lambda: len(victim.others()) >= PROCESSES * 3, within=60, what="enough forks")

    victim.process.kill()

    eventually(lambda: all_gone(victim), within=PROMISED_SECONDS, what="everything to be gone")
    victim.end()


@pytest.mark.not_on("darwin")
def test_a_bomb_does_not_outlive_the_worker(tmp_path: Path) -> None:
    """Who reaps while it kills makes room for the forks of those that are left."""
    program, *arguments, _, most = bomb("$1", most=100)
    words = " ".join(f"'{word}'" for word in arguments)
    victim = Victim(tmp_path, [f"exec {program} {words} $1 {most}", *list(SHAPES.values())[:19]])
    eventually(lambda: len(victim.others()) >= PROCESSES + 90, within=60, what="the bomb")

    victim.process.kill()

    eventually(lambda: all_gone(victim), within=20, what="everything to be gone")
    victim.end()


def test_a_dead_worker_leaves_no_spool_file(victim: Victim, tmp_path: Path) -> None:
    victim.process.kill()
    eventually(lambda: all_gone(victim), within=PROMISED_SECONDS, what="everything to be gone")

    eventually(lambda: not os.listdir(tmp_path / "spool"), within=20, what="an empty spool")


def test_a_worker_stopped_past_its_fence_loses_its_trees(tmp_path: Path) -> None:
    victim = Victim(tmp_path, list(SHAPES.values()), fence_ms=2_000)
    eventually(lambda: len(victim.others()) >= PROCESSES, within=60, what="the trees to stand")

    os.kill(victim.process.pid, signal.SIGSTOP)

    eventually(lambda: not victim.others(), within=2 + 1, what="every tree to be gone")
    assert Path(f"/proc/{victim.guardian}").exists()
    victim.end()


def test_a_killed_guardian_is_replaced_and_its_runs_are_lost(desk: Desk) -> None:
    done = desk.run("true")
    keys = [desk.sh(script) for script in SHAPES.values()]
    desk.until(Started, keys[1])
    first = desk.guardian.pid

    os.kill(first, signal.SIGKILL)

    lost = desk.until(Lost)
    assert witness.marked(desk.mark) == []
    assert lost.keys == tuple(keys)
    assert done.key not in lost.keys
    assert desk.guardian.pid != first
    assert desk.run("true").exit_code == 0


def test_a_replaced_guardian_keeps_descriptor_and_fence(desk: Desk) -> None:
    before = desk.guardian.fileno()
    desk.guardian.extend(0)

    os.kill(desk.guardian.pid, signal.SIGKILL)
    desk.until(Lost)
    late = desk.sh("true")

    assert desk.guardian.fileno() == before
    desk.wait_for(
        lambda: next((r for r in desk.reports if getattr(r, "key", None) == late), None),
        within=20,
        what="a recall",
    )
    assert not [r for r in desk.reports if isinstance(r, Started)]


def test_a_killed_guardian_leaves_no_spool_file(desk: Desk) -> None:
    desk.sh("sleep 300")
    desk.until(Started)

    os.kill(desk.guardian.pid, signal.SIGKILL)
    desk.until(Lost)

    assert os.listdir(desk.folder / "spool") == []


def test_closing_ends_guardian_keeper_and_runs(desk: Desk) -> None:
    desk.sh(SHAPES["double fork, term ignored"])
    desk.until(Started)
    guardian = desk.guardian.pid
    keeper = witness.parent_of(guardian)

    desk.guardian.close()

    assert witness.marked(desk.mark) == []
    assert not [pid for pid in (guardian, keeper) if Path(f"/proc/{pid}").exists()]


def test_a_forked_child_of_the_worker_does_not_keep_the_guardian(desk: Desk) -> None:
    """A process pool forks the worker: its copies of the socket must not count as the owner."""
    child = multiprocessing.get_context("fork").Process(target=threading.Event().wait)
    child.start()
    guardian = desk.guardian.pid

    desk.guardian.close()

    assert not Path(f"/proc/{guardian}").exists()
    child.kill()
    child.join()


def test_launching_on_a_stopped_guardian_does_not_block(desk: Desk) -> None:
    os.kill(desk.guardian.pid, signal.SIGSTOP)
    keys = [desk.launch("true", "x" * 100_000) for _ in range(60)]

    os.kill(desk.guardian.pid, signal.SIGCONT)

    assert [desk.until(Ended, key, within=20).exit_code for key in keys] == [0] * 60


def test_the_guardian_stays_small(desk: Desk) -> None:
    for _ in range(200):
        desk.launch("true")
    desk.until(Ended, 200, within=20)

    assert witness.memory_kb(desk.guardian.pid) < 14_000
    assert witness.memory_kb(witness.parent_of(desk.guardian.pid)) < 14_000
