"""A store that is away for longer than a lease, with jobs in flight: nothing is lost or doubled.

A call to SQLite is patient for ten seconds: what is shorter is no outage.

`QUEUECTL_TEST_OUTAGE=60 python3 scripts/test tests/crash/test_outages.py -s` keeps it away for a
whole minute and prints what happened.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from queuectl_store import JobId, JobState, Store, connect
from queuectl_worker import ExitReason
from tests.crash.outages import Away, locked_file, stopped_server
from tests.crash.scale import OUTAGE_S
from tests.waiting import eventually
from tests.worker.program import Program, carriers, program
from tests.worker.story import attempts, enqueue, reaches, shell

pytestmark = pytest.mark.not_on("win", "darwin")

Kind = Callable[[Path], AbstractContextManager[tuple[str, Away]]]

LEASE_S = max(4.0, OUTAGE_S / 4)
BEGINS = "the store did not answer; trying until it does"
ENDS = "the store answers again"
QUICK, LONG = 4, 2


@pytest.fixture(params=[locked_file, stopped_server], ids=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Away]]:
    kind: Kind = request.param
    with kind(tmp_path) as place:
        yield place


class Work:
    """Jobs that end when they are told to, and others that go on and end at their second run."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self.mark = f"long-{folder.name}"
        until_told = f"while [ ! -e {folder}/end ]; do sleep 0.05; done"
        quick = f"{until_told}; echo ran >> {folder}/$QUEUECTL_JOB_ID"
        once = f"{folder}/long$QUEUECTL_JOB_ID"
        long = f"[ -e {once} ] && exit; touch {once}; sleep 900 # {self.mark}\nexit"
        self.quick = enqueue(store, *[shell(quick, max_retries=3)] * QUICK)
        self.long = enqueue(store, *[shell(long, max_retries=3)] * LONG)

    def all_run(self) -> None:
        """Wait until each of them runs."""
        for job_id in (*self.quick, *self.long):
            reaches(self._store, job_id, JobState.RUNNING, within=60)
        eventually(lambda: len(carriers(self.mark)) >= LONG, within=30, what="the long ones")

    def end_quick_ones(self) -> None:
        """Let the quick ones end, and see that they have."""
        (self._folder / "end").touch()
        ran = [self._folder / str(job_id) for job_id in self.quick]
        eventually(lambda: all(each.exists() for each in ran), within=30, what="their ends")

    def runs_of(self, job_id: JobId) -> int:
        """Count how often a quick one came to its end."""
        return len((self._folder / str(job_id)).read_text().splitlines())

    def states_of(self, url: str, jobs: list[JobId]) -> list[list[str]]:
        """Return the ends of all attempts of *jobs*."""
        with connect(url) as store:
            return [[each.state for each in attempts(store, job_id)] for job_id in jobs]

    def succeed(self, url: str) -> None:
        """Wait until all have, by connections that were made after the outage."""
        with connect(url) as store:
            for job_id in (*self.quick, *self.long):
                reaches(store, job_id, JobState.SUCCEEDED, within=60)


def worker(url: str, out: Path, *options: str) -> AbstractContextManager[Program]:
    logs = f"--set=log_dir={out.parent / 'logs'}"
    return program(url, out, f"--set=lease={LEASE_S:g}s", logs, *options)


def told(live: Program, words: str) -> int:
    return live.said.count(words)


def until(moment: float) -> None:
    """Let an outage last as long as it is to: nothing else can be waited for."""
    time.sleep(max(0.0, moment - time.monotonic()))


def test_what_ended_while_the_store_was_away_is_recorded_once_it_is_back(
    place: tuple[str, Away], tmp_path: Path
) -> None:
    url, away = place
    with connect(url) as store, worker(url, tmp_path / "a", "--concurrency=8") as live:
        work = Work(store, tmp_path)
        work.all_run()

        with away():
            began = time.monotonic()
            work.end_quick_ones()
            eventually(lambda: not carriers(work.mark), within=LEASE_S + 5, what="the fence")
            ended_s = time.monotonic() - began
            until(began + OUTAGE_S)
        returned = time.monotonic()
        work.succeed(url)
        recorded_s = time.monotonic() - returned

        eventually(lambda: told(live, ENDS), within=60, what="word of the end")
        assert (told(live, BEGINS), told(live, ENDS)) == (1, 1)
        assert [work.runs_of(each) for each in work.quick] == [1] * QUICK
        assert work.states_of(url, work.quick) == [["succeeded"]] * QUICK
        # Nobody else was there to take them, and they are claimed again only once they may run.
        assert work.states_of(url, work.long) == [["released", "succeeded"]] * LONG
    print(
        f"\naway for {returned - began:.0f} s, lease {LEASE_S:g} s: {QUICK} ends of meanwhile"
        f" recorded as they were; {LONG} that ran on killed {ended_s:.1f} s after the store went,"
        f" and run again; all done {recorded_s:.1f} s after it was back;"
        " told once"
    )


def test_what_another_worker_took_meanwhile_is_refused(
    place: tuple[str, Away], tmp_path: Path
) -> None:
    """It sleeps while the store comes back, so that the other one is first."""
    url, away = place
    with connect(url) as store, worker(url, tmp_path / "a", "--concurrency=8") as late:
        work = Work(store, tmp_path)
        work.all_run()
        with worker(url, tmp_path / "b", "--concurrency=8"):
            with away():
                began = time.monotonic()
                work.end_quick_ones()
                eventually(lambda: not carriers(work.mark), within=LEASE_S + 5, what="the fence")
                late.signal(signal.SIGSTOP)
                until(began + OUTAGE_S)
            returned = time.monotonic()
            work.succeed(url)
            taken_s = time.monotonic() - returned
            late.signal(signal.SIGCONT)
            late.says("the lease was taken", within=30)

            late.signal(signal.SIGTERM)
            code = late.ended(within=60)

        # Which of its threads heard of it first is chance; what counts is that nothing was taken.
        assert code == ExitReason.DRAINED
        assert work.states_of(url, work.quick) == [["crashed", "succeeded"]] * QUICK
        assert [work.runs_of(each) for each in work.quick] == [2] * QUICK
    print(
        f"\naway for {returned - began:.0f} s: another worker had taken and run all"
        f" {QUICK + LONG} jobs {taken_s:.1f} s after it was back; the late ends were refused"
    )


def test_a_folder_that_is_moved_away_ends_the_worker_and_loses_nothing(tmp_path: Path) -> None:
    """Another file might be there by now: it touches none, and another worker goes on later."""
    home, moved = tmp_path / "home", tmp_path / "moved"
    home.mkdir()
    url = str(home / "queue.db")
    with connect(url) as store, worker(url, tmp_path / "a", "--concurrency=8") as live:
        work = Work(store, tmp_path)
        work.all_run()

        home.rename(moved)
        began = time.monotonic()
        live.says("must not be used any more", within=30)
        noticed_s = time.monotonic() - began
        work.end_quick_ones()
        eventually(lambda: not carriers(work.mark), within=LEASE_S + 5, what="the fence")
        code = live.ended(within=30)
        until(began + OUTAGE_S)
        moved.rename(home)

        assert code == ExitReason.DAMAGED
        with worker(url, tmp_path / "b", "--concurrency=8"):
            work.succeed(url)
    print(f"\nmoved for {OUTAGE_S:g} s: noticed after {noticed_s:.1f} s, exit code {code}")
