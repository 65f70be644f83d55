"""The live view: what it shows of a real store, and what its keys do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, RichLog, Static

from queuectl.inprocess import side_worker
from queuectl.top.app import TopApp
from queuectl.top.processors import Processors
from queuectl.top.screens import OutputScreen, QuestionScreen
from queuectl.top.snapshot import COLUMNS, TABS, take
from queuectl_store import Argv, JobFilter, JobState, NewJob, Shell, Store, connect
from queuectl_worker import LogFolder, Worker, log_root
from tests.cli.inprocess import Inside
from tests.cli.program import Program
from tests.cli.terminal import Going
from tests.waiting import eventually

_WITHIN_S = 60

SPIN = "sh -c 'while :; do :; done'; true"

Steps = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with connect(str(tmp_path / "queue.db")) as store:
        yield store


def logs_of(store: Store) -> LogFolder:
    return LogFolder(log_root(store))


def use(store: Store, steps: Steps, *, size: tuple[int, int] = (80, 24)) -> None:
    """Show *store* on a screen that nobody sees, and do *steps*."""

    async def run() -> None:
        async with TopApp(store, logs_of(store)).run_test(size=size) as pilot:
            await steps(pilot)

    asyncio.run(run())


async def until(pilot: Pilot[None], condition: Callable[[], bool], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + _WITHIN_S
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"no {what} within {_WITHIN_S} s"
        await pilot.pause(0.02)


def cells(pilot: Pilot[None], tab: str) -> list[list[str]]:
    table: DataTable[Any] = pilot.app.query_one(f"#{tab}-table", DataTable)
    return [[str(cell) for cell in table.get_row(key)] for key in table.rows]


def states(store: Store) -> list[JobState]:
    return [job.state for job in reversed(store.reader.page(JobFilter()))]


def test_the_tables_follow_the_store(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="first"))])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 1, "job")
        store.enqueue([NewJob(work=Argv(argv=("second",)), queue="mail", hold=True)])
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 2, "other job")
        await until(pilot, lambda: len(cells(pilot, "queues")) == 2, "queue")
        assert [row[-1] for row in cells(pilot, "jobs")] == ["second", "first"]
        assert "1 held" in str(pilot.app.query_one("#summary", Static).content)

    use(store, steps)


def test_stored_text_is_neither_markup_nor_obeyed(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="echo [bold]x[/] \x1b[31m"))])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(cells(pilot, "jobs")), "job")
        assert cells(pilot, "jobs")[0][-1] == "echo [bold]x[/] \\x1b[31m"

    use(store, steps)


def test_a_key_holds_releases_and_cancels_the_chosen_job(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="one")), NewJob(work=Shell(script="two"))])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 2, "jobs")
        await pilot.press("j", "h")
        await until(pilot, lambda: states(store)[0] is JobState.HELD, "hold")
        await pilot.press("u")
        await until(pilot, lambda: states(store)[0] is JobState.PENDING, "release")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuestionScreen), "question")
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(pilot.app.screen, QuestionScreen), "answer")
        assert states(store) == [JobState.PENDING] * 2
        await pilot.press("c", "y")
        await until(pilot, lambda: states(store)[0] is JobState.CANCELLED, "cancel")
        assert states(store)[1] is JobState.PENDING

    use(store, steps)


def test_a_dead_job_is_retried(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="exit 3"), max_retries=0)])
    Worker(store, concurrency=1, burst=True).run()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("4")
        await until(pilot, lambda: bool(cells(pilot, "dead")), "dead job")
        assert cells(pilot, "dead")[0][4] == "exit code 3"
        await pilot.press("r")
        await until(pilot, lambda: states(store) == [JobState.PENDING], "retry")
        await until(pilot, lambda: not cells(pilot, "dead"), "empty table")

    use(store, steps)


def test_a_refusal_is_told_and_nothing_breaks(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(cells(pilot, "jobs")), "job")
        await pilot.press("r")
        await until(pilot, lambda: len(pilot.app._notifications) == 1, "refusal")
        assert states(store) == [JobState.PENDING]

    use(store, steps)


def test_jobs_are_found_by_text(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script=text)) for text in ("ffmpeg a", "gzip b")])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 2, "jobs")
        await pilot.press("slash", *"gzip", "enter")
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 1, "one job")
        assert cells(pilot, "jobs")[0][-1] == "gzip b"

    use(store, steps)


def test_what_is_typed_at_once_is_looked_for_and_escape_ends_it(store: Store) -> None:
    """Over a slow line the keys arrive together; none of them may act on a job."""
    store.enqueue([NewJob(work=Shell(script="call mother")), NewJob(work=Shell(script="rest"))])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 2, "jobs")
        for character in "/call/\r":
            key = {"/": "slash", "\r": "enter"}.get(character, character)
            pilot.app.post_message(events.Key(key, character))
        await until(pilot, lambda: cells(pilot, "jobs") == [], "nothing")
        assert pilot.app.query_one("#search", Input).value == "call/"

        await pilot.press("slash", *"call", "enter")
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 1, "narrowed jobs")
        await pilot.press("slash", "escape")
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 2, "all jobs again")
        assert not pilot.app.query_one("#search", Input).display
        assert isinstance(pilot.app.focused, DataTable)

    use(store, steps)
    assert states(store) == [JobState.PENDING, JobState.PENDING]


def test_over_an_output_the_keys_of_the_tables_do_nothing(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="one"))])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(cells(pilot, "jobs")) == 1, "job")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutputScreen), "output")
        await pilot.press("1", "2", "slash", "j", "k", "c", "h", "r", "u")
        assert isinstance(pilot.app.screen, OutputScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, OutputScreen), "tables")

    use(store, steps)
    assert states(store) == [JobState.PENDING]


def test_output_is_followed_and_left(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="printf 'a\\033[2Jb\\nlast'"))])
    Worker(store, concurrency=1, burst=True).run()

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(cells(pilot, "jobs")), "job")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutputScreen), "screen")
        log = pilot.app.screen.query_one(RichLog)
        await until(pilot, lambda: len(log.lines) == 2, "output")
        assert [line.text.strip() for line in log.lines] == ["ab", "last"]
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, OutputScreen), "way back")

    use(store, steps)


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (20, 6)])
def test_it_lives_in_any_size(store: Store, size: tuple[int, int]) -> None:
    store.enqueue([NewJob(work=Shell(script="x" * 500))])

    async def steps(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(cells(pilot, "jobs")), "job")
        for key in "1234":
            await pilot.press(key)

    use(store, steps, size=size)


def test_what_a_running_job_uses_is_told(store: Store) -> None:
    """Of its whole tree of processes; a job that waits uses nothing."""
    [busy, idle] = store.enqueue([NewJob(work=Shell(script=each)) for each in (SPIN, "sleep 60")])
    processors = Processors()

    def used() -> dict[str, str]:
        rows = take(store, processors=processors).rows["jobs"]
        return {row.key: row.cells[COLUMNS["jobs"].index("CPU")].rstrip("%") for row in rows}

    with side_worker(store, concurrency=2, queues=None):
        eventually(
            lambda: float(used()[str(busy)] or 0) > 1, within=_WITHIN_S, what="processor time"
        )
        eventually(lambda: used()[str(idle)] == "0", within=_WITHIN_S, what="rest")
    assert set(used().values()) == {""}


def test_every_row_has_a_cell_for_each_heading(store: Store) -> None:
    store.enqueue(
        [NewJob(work=Shell(script="exit 3"), max_retries=0), NewJob(work=Shell(script="x"))]
    )
    Worker(store, concurrency=1, burst=True).run()

    rows = take(store).rows

    assert set(rows) == set(TABS) == set(COLUMNS)
    assert all(len(row.cells) == len(COLUMNS[tab]) for tab in TABS for row in rows[tab])


def test_without_a_terminal_it_says_what_else_there_is(inside: Inside) -> None:
    told = inside("top")

    assert told.code == 2
    assert "queuectl status" in told.err


@pytest.mark.not_on("win32")
def test_nothing_is_left_on_the_screen(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    with Going(queuectl, "top") as going:
        going.until_shown(b"true")
        going.press(b"q")
        code = going.ended()

    assert code == 0
    # The other screen is left, and nothing is printed after that but the cursor's return.
    _, left, after = going.shown.rpartition(b"\x1b[?1049l")
    assert left
    assert b"true" not in after
