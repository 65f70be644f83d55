"""What stands between most tests and the program: a fork must be what a new process is."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.forking import can_fork, run_forked, run_new
from tests.cli.program import Program, hostile_words

pytestmark = pytest.mark.not_on("win32")


@pytest.fixture
def run(queuectl: Program) -> Callable[..., Any]:
    """Give what runs a command by one of the two ways."""

    def run(way: Any, *words: str | bytes, **more: Any) -> Any:
        given = {"stdin": b"", "folder": queuectl.folder, "variables": queuectl.environ}
        return way(queuectl.command(*words), **{**given, "patience_s": 60, **more})

    return run


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["--help"], b""),
        (["list", "--no-such-option"], b""),
        (["enqueue", "--json", "--from", "-"], b'{"argv": 3}\n'),
        (["enqueue", "--dry-run", "--json", "--", *hostile_words()], b""),
        (["config", "list", "--json"], b""),
    ],
)
def test_a_fork_prints_and_ends_as_a_new_process_does(
    run: Callable[..., Any], words: list[str | bytes], stdin: bytes
) -> None:
    forked, new = (run(way, *words, stdin=stdin) for way in (run_forked, run_new))

    assert (forked.returncode, forked.stdout, forked.stderr) == (
        new.returncode,
        new.stdout,
        new.stderr,
    )


def test_a_fork_has_its_own_folder_variables_and_time_zone(
    queuectl: Program, run: Callable[..., Any]
) -> None:
    below = queuectl.folder / "below"
    below.mkdir()
    variables = {**queuectl.environ, "TZ": "Asia/Kathmandu", "QUEUECTL_DB": "other.db"}

    run(run_forked, "enqueue", "--at", "18:00", "true", folder=below, variables=variables)

    assert (below / "other.db").exists()
    shown = run(run_forked, "show", "1", folder=below, variables=variables).stdout
    assert b"18:00:00 +0545" in shown


def test_one_that_does_not_end_is_killed(run: Callable[..., Any]) -> None:
    run(run_new, "enqueue", "true")
    with pytest.raises(subprocess.TimeoutExpired):
        run(run_forked, "wait", "1", patience_s=1)


def test_what_python_reads_at_its_start_needs_a_new_process(queuectl: Program) -> None:
    assert can_fork(queuectl.environ)
    assert not can_fork({**queuectl.environ, "LC_ALL": "C"})
    assert not can_fork({**queuectl.environ, "PYTHONUTF8": "1"})
    without = {name: value for name, value in queuectl.environ.items() if name != "LANG"}
    assert can_fork(without) == ("LANG" not in os.environ)
