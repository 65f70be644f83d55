"""The guardian of Windows over stand-ins for the calls: what it does, when, and what it reports."""

import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from queuectl_worker.guardian import Ended, Launch, Lost, NotStarted, Recalled, Report, Started
from queuectl_worker.timing import monotonic_ms
from queuectl_worker.windows import WindowsGuardian
from tests.waiting import eventually
from tests.windows.stand_in import TERMINATED, Disk, Process, System, refusal

LONG_MS = 60_000


class Desk:
    """A guardian, the system that it asks, and what it has reported so far."""

    def __init__(self, folder: Path) -> None:
        self.system, self.folder = System(), folder
        self.guardian = WindowsGuardian(slots=2, log_cap=1 << 20, calls=self.system, disk=Disk())
        self.reports: list[Report] = []
        path = {b"PATH": os.fsencode(Path(sys.executable).parent)}
        self._env = self.guardian.define_env(path)

    def launch(self, key: int, **more: Any) -> None:
        given = {
            "key": key,
            "argv": (os.fsencode(Path(sys.executable).name),),
            "cwd": os.fsencode(self.folder),
            "env_ref": self._env,
            "env": {},
            "log": os.fsencode(self.folder / f"{key}.log"),
            "timeout_ms": None,
            "kill_grace_ms": 0,
        }
        launch = Launch(**{**given, **more})
        self.guardian.launch([launch._replace(env={**launch.env, b"KEY": b"%d" % key})])

    def process(self, key: int) -> Process:
        """Wait for the process of a run."""
        found = eventually(lambda: self._process(key), within=30, what=f"the process of {key}")
        assert found is not None
        return found

    def _process(self, key: int) -> Process | None:
        wanted = str(key)
        found = (each for each in self.system.processes if each.start.variables["KEY"] == wanted)
        return next(found, None)

    def last(self, key: int) -> Any:
        """Wait for the last report of a run."""
        return eventually(lambda: self._last(key), within=30, what=f"the last report of {key}")

    def _last(self, key: int) -> Report | None:
        while select.select([self.guardian.fileno()], [], [], 0)[0]:
            self.reports += self.guardian.receive()
        last = [each for each in self.reports if not isinstance(each, Started | Lost)]
        return next((each for each in last if each.key == key), None)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.guardian.close()


def test_a_run_reports_its_start_and_its_end(desk: Desk) -> None:
    desk.launch(7)
    process = desk.process(7)
    os.write(process.start.output, b"printed")
    process.end(3)

    ended = desk.last(7)

    assert desk.reports[0] == Started(7, 1, ended.started_ms)
    assert (ended.exit_code, ended.signal, ended.timed_out, ended.stopped) == (
        3,
        None,
        False,
        False,
    )
    assert (ended.cpu_ms, ended.max_rss, ended.log_bytes) == (20, 4096, 7)
    assert (desk.folder / "7.log").read_bytes() == b"printed"
    assert process.is_closed


def test_a_silent_run_has_no_log(desk: Desk) -> None:
    desk.launch(1)
    desk.process(1).end(0)

    assert desk.last(1).log_bytes == 0
    assert not (desk.folder / "1.log").exists()


def test_what_is_more_than_the_slots_waits_in_order(desk: Desk) -> None:
    for key in (1, 2, 3):
        desk.launch(key)
    first = desk.process(1)
    desk.process(2)
    assert len(desk.system.processes) == 2

    first.end(0)

    desk.process(3)
    assert desk.last(1).exit_code == 0


def test_a_wide_run_waits_for_its_slots_and_nothing_overtakes_it(desk: Desk) -> None:
    desk.launch(1)
    desk.launch(2, slots=2)
    desk.launch(3)
    desk.process(1).end(0)
    wide = desk.process(2)
    assert len(desk.system.processes) == 2

    wide.end(0)

    desk.process(3)


def test_one_that_waits_is_recalled(desk: Desk) -> None:
    for key in (1, 2, 3):
        desk.launch(key)

    desk.guardian.recall([1, 3])

    assert isinstance(desk.last(3), Recalled)
    desk.process(1).end(0)
    assert isinstance(desk.last(1), Ended)


def test_a_stopped_run_is_asked_first(desk: Desk) -> None:
    desk.launch(1)
    process = desk.process(1)

    desk.guardian.stop(1, grace_ms=LONG_MS)

    ended = desk.last(1)
    assert (ended.stopped, process.asked, process.killed) == (True, 1, 0)


def test_one_that_does_not_heed_is_killed_and_a_second_stop_is_impatient(desk: Desk) -> None:
    desk.system.began = lambda process: setattr(process, "heeds", False)
    desk.launch(1)
    process = desk.process(1)
    desk.guardian.stop(1, grace_ms=LONG_MS)
    eventually(lambda: process.asked == 1, within=30, what="it to be asked")

    desk.guardian.stop(1, grace_ms=0)

    ended = desk.last(1)
    assert (ended.stopped, ended.exit_code, process.asked) == (True, TERMINATED, 1)


def test_one_without_a_console_is_killed_at_once(desk: Desk) -> None:
    desk.system.has_console = False
    desk.launch(1)
    desk.process(1)

    desk.guardian.stop(1, grace_ms=LONG_MS)

    assert desk.last(1).exit_code == TERMINATED


def test_a_run_that_reaches_its_limit_timed_out(desk: Desk) -> None:
    desk.launch(1, timeout_ms=1, kill_grace_ms=LONG_MS)

    ended = desk.last(1)

    assert (ended.timed_out, ended.stopped) == (True, False)


def test_a_run_is_warned_once_ahead_of_its_limit(desk: Desk) -> None:
    desk.system.began = lambda process: setattr(process, "heeds", False)
    desk.launch(1, timeout_ms=LONG_MS, warning=(10, LONG_MS))
    process = desk.process(1)

    eventually(lambda: process.asked == 1, within=30, what="the warning")

    desk.guardian.stop(1, grace_ms=0)
    ended = desk.last(1)
    assert (ended.timed_out, process.asked) == (False, 2)


def test_a_run_whose_tree_has_too_much_memory_is_killed(desk: Desk) -> None:
    desk.system.began = lambda process: setattr(process, "peak_bytes", 5_000)
    desk.launch(1, memory=5_000)
    desk.launch(2, memory=4_999)

    assert desk.last(2).over_memory
    desk.process(1).end(0)
    assert not desk.last(1).over_memory


def test_input_and_both_outputs_are_files_of_their_own_if_asked(desk: Desk) -> None:
    desk.launch(1, input=b"in", errors=os.fsencode(desk.folder / "1.err"))
    start = desk.process(1).start

    assert os.read(start.stdin, 10) == b"in"
    os.write(start.output, b"out")
    os.write(start.errors, b"error")
    desk.process(1).end(0)

    assert desk.last(1).log_bytes == 8
    assert (desk.folder / "1.log").read_bytes() == b"out"
    assert (desk.folder / "1.err").read_bytes() == b"error"


def test_past_the_fence_nothing_runs(desk: Desk) -> None:
    desk.system.began = lambda process: setattr(process, "heeds", False)
    for key in (1, 2, 3):
        desk.launch(key)
    desk.process(1)
    desk.process(2)

    desk.guardian.extend(monotonic_ms())

    assert (desk.last(1).stopped, desk.last(2).stopped) == (True, True)
    assert isinstance(desk.last(3), Recalled)


def test_what_a_run_leaves_behind_is_killed(desk: Desk) -> None:
    desk.launch(1)
    process = desk.process(1)
    process.left_behind = 2
    process.end(0)

    assert desk.last(1).exit_code == 0
    assert process.killed == 1


@pytest.mark.parametrize(
    ("winerror", "problem", "words"),
    [
        (2, "not_found", "no program"),
        (3, "no_folder", "no folder"),
        (267, "no_folder", "no folder"),
        (5, "not_executable", "access is denied"),
        (193, "not_executable", "it is not a program"),
        (740, "not_executable", "elevation"),
        (206, "not_executable", "32,766"),
        (8, "resources", "as Windows says it"),
        (1455, "resources", "as Windows says it"),
    ],
)
def test_what_windows_refuses_is_told_in_our_terms(
    desk: Desk, winerror: int, problem: str, words: str
) -> None:
    desk.system.refusals.append(refusal(winerror))
    desk.launch(1)

    told = desk.last(1)

    assert isinstance(told, NotStarted)
    assert told.problem == problem
    assert words in told.message
    desk.launch(2)
    desk.process(2).end(0)
    assert desk.last(2).exit_code == 0


@pytest.mark.parametrize(
    ("more", "problem"),
    [({"argv": (b"no-such-program",)}, "not_found"), ({"cwd": b"/no/such/folder"}, "no_folder")],
)
def test_what_is_missing_is_seen_before_anything_starts(
    desk: Desk, more: dict[str, Any], problem: str
) -> None:
    desk.launch(1, **more)

    assert desk.last(1).problem == problem
    assert desk.system.processes == []


def test_variables_of_the_launch_come_on_top_and_what_programs_need_is_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYSTEMROOT", r"C:\Windows")
    desk.launch(1, env={b"JOB": b"7", b"PATH": os.fsencode(Path(sys.executable).parent)})

    variables = desk.process(1).start.variables
    desk.process(1).end(0)

    assert (variables["JOB"], variables["SYSTEMROOT"]) == ("7", r"C:\Windows")


def test_closing_ends_what_runs(desk: Desk) -> None:
    desk.launch(1)
    process = desk.process(1)

    desk.guardian.close()

    assert process.is_closed
