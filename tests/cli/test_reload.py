"""`worker start --reload`: the newest code runs, and what ran is given back."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from queuectl.reloading import stamps
from queuectl_worker import Queue
from tests.cli.program import Program
from tests.waiting import eventually

WITHIN_S = 60.0
APP = """
import time
from pathlib import Path
from queuectl_worker import Queue

queue = Queue("{url}")

@queue.task
def version() -> str:
    return "{version}"

@queue.task
def slow() -> str:
    if "{version}" == "one":
        Path("began").touch()
        time.sleep(60)
    return "{version}"
"""


@contextmanager
def reloading(queuectl: Program, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    worker = queuectl.start("worker", "start", "--app", "app:queue", "--reload", *words)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.communicate(timeout=WITHIN_S)


@pytest.fixture
def queuectl(tmp_path: Path, store_url: str) -> Program:
    """The program on either database."""
    return Program(folder=tmp_path, variables={"QUEUECTL_DB": store_url})


@pytest.fixture
def queue(store_url: str) -> Iterator[Queue]:
    queue = Queue(store_url)
    for name in ("version", "slow"):
        queue.task(name=name)(lambda: None)
    yield queue
    queue.close()


def write(queuectl: Program, version: str) -> None:
    """Replace the app at once, as editors do."""
    replace(queuectl, APP.format(version=version, url=queuectl.environ["QUEUECTL_DB"]))


def replace(queuectl: Program, text: str) -> None:
    new = queuectl.folder / "app.new"
    new.write_text(text)
    new.rename(queuectl.folder / "app.py")


def ask(queue: Queue) -> object:
    return queue.tasks.find("version").enqueue().wait(WITHIN_S).result


def test_a_change_is_run_and_what_ran_is_given_back(queuectl: Program, queue: Queue) -> None:
    write(queuectl, "one")
    with reloading(queuectl, "--grace", "0") as worker:
        assert ask(queue) == "one"
        slow = queue.tasks.find("slow").enqueue()
        began = queuectl.folder / "began"
        eventually(began.exists, within=WITHIN_S, what="the slow job")

        write(queuectl, "the second")

        assert slow.wait(WITHIN_S).result == "the second"
        assert ask(queue) == "the second"
    attempts = [each.state for each in queue.store.reader.attempts(slow.id)]
    assert attempts == ["released", "succeeded"]
    assert worker.returncode in (0, 75)


def test_code_that_does_not_load_waits_for_the_next_change(queuectl: Program, queue: Queue) -> None:
    replace(queuectl, "this is no Python")
    with reloading(queuectl) as worker:
        assert worker.stderr is not None
        said = b""
        job = queue.tasks.find("version").enqueue()
        for line in worker.stderr:
            said += line
            if b"after a change" in line:
                break

        write(queuectl, "mended")

        assert job.wait(WITHIN_S).result == "mended"
    assert b"cannot be imported" in said
    assert worker.returncode == 0


def test_it_needs_an_app(first_time: Program) -> None:
    refused = first_time("worker", "start", "--reload")

    assert (refused.code, "--app" in refused.err) == (2, True)


def test_environments_and_hidden_folders_are_not_watched(tmp_path: Path) -> None:
    for name in ("app.py", ".git/a.py", "venv/a.py", "pkg/b.py", "__pycache__/c.py", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "venv/pyvenv.cfg").touch()

    assert sorted(stamps(tmp_path)) == [str(tmp_path / "app.py"), str(tmp_path / "pkg/b.py")]
