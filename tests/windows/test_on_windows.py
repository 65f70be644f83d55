"""Commands on Windows itself, or on what passes for it: real programs in real job objects."""

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from queuectl_worker.guardian import Ended, NotStarted, Started
from queuectl_worker.windows import WindowsGuardian
from queuectl_worker.windows.lines import SHELL
from tests.waiting import eventually
from tests.windows.holder import launch_of, real_guardian

pytestmark = pytest.mark.not_on("linux", "darwin")

# Writes its file again and again, for as long as it lives.
BEATS = """
import sys, time
while True:
    with open(sys.argv[1], "a") as file:
        file.write("x")
    time.sleep(0.02)
"""
LEAVES = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]])
"""
WAITS = "import time; time.sleep(600)"
PATIENCE_S = 60


@pytest.fixture
def held() -> Iterator[tuple[WindowsGuardian, int]]:
    guardian, env = real_guardian()
    yield guardian, env
    guardian.close()


@pytest.fixture
def guardian(held: tuple[WindowsGuardian, int]) -> WindowsGuardian:
    return held[0]


@pytest.fixture
def run(held: tuple[WindowsGuardian, int], tmp_path: Path) -> Callable[..., Any]:
    """Give what runs a command and returns its last report."""
    guardian, env = held

    def run(*argv: str, when_started: Callable[[], object] = lambda: None, **more: Any) -> Any:
        guardian.launch([launch_of(tmp_path, list(argv), env, **more)])
        while select.select([guardian.fileno()], [], [], PATIENCE_S)[0]:
            for report in guardian.receive():
                if not isinstance(report, Started):
                    return report
                when_started()
        raise AssertionError(f"no report in {PATIENCE_S} s")

    return run


def lives(file: Path) -> bool:
    """Say whether something still writes *file*; looks for a quarter of a second."""
    size = file.stat().st_size
    try:
        eventually(lambda: file.stat().st_size > size, within=0.25, what="a beat")
    except AssertionError:
        return False
    return True


def beats(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def test_output_and_exit_code_are_those_of_the_program(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    out = "import os, sys; os.write(1, b'a\\xff\\n'); os.write(2, b'b'); sys.exit(70000)"

    ended = run(sys.executable, "-c", out)

    assert isinstance(ended, Ended)
    assert (ended.exit_code, ended.log_bytes) == (70000, 4)
    assert (tmp_path / "1.log").read_bytes() == b"a\xff\nb"


def test_it_reads_its_input_and_writes_two_outputs_if_asked(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    code = "import os; os.write(1, os.read(0, 9)); os.write(2, b'error')"

    ended = run(sys.executable, "-c", code, input=b"in", errors=os.fsencode(tmp_path / "1.err"))

    assert (ended.exit_code, ended.log_bytes) == (0, 7)
    assert (tmp_path / "1.log").read_bytes() == b"in"
    assert (tmp_path / "1.err").read_bytes() == b"error"


def test_arguments_arrive_as_they_are(run: Callable[..., Any], tmp_path: Path) -> None:
    words = ["a b", 'c"d', "e\\", "", "%PATH%", "&|<>^", "naïve 🧨", "-x", "'y'"]
    code = "import sys; sys.stdout.buffer.write('\\0'.join(sys.argv[1:]).encode())"

    run(sys.executable, "-c", code, *words)

    assert (tmp_path / "1.log").read_bytes().decode() == "\0".join(words)


def test_a_script_is_given_to_cmd_as_it_was_typed(run: Callable[..., Any], tmp_path: Path) -> None:
    ended = run(*SHELL, 'echo "a b" %JOB% & exit 3')

    assert ended.exit_code == 3
    assert (tmp_path / "1.log").read_bytes().strip() == b'"a b" 7'


def test_a_batch_file_is_found_by_its_name(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "tool.bat").write_text("@echo got %1\r\n")

    ended = run(str(tmp_path / "tool"), "plain")

    assert ended.exit_code == 0
    assert (tmp_path / "1.log").read_bytes().strip() == b"got plain"


@pytest.mark.parametrize(
    ("argv", "problem"),
    [(["no-such-program"], "not_found"), (["text.exe"], "not_executable")],
)
def test_what_cannot_start_says_why(
    run: Callable[..., Any], tmp_path: Path, argv: list[str], problem: str
) -> None:
    (tmp_path / "text.exe").write_text("no program")
    path = str(tmp_path / argv[0]) if argv[0].endswith(".exe") else argv[0]

    told = run(path)

    assert isinstance(told, NotStarted)
    assert told.problem == problem


def test_a_limit_ends_the_whole_tree(run: Callable[..., Any], tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    ended = run(sys.executable, "-c", LEAVES + WAITS, BEATS, str(beat), timeout_ms=3_000)

    assert (ended.timed_out, ended.stopped) == (True, False)
    assert not beat.exists() or not lives(beat)


def test_what_a_command_leaves_behind_ends_with_it(run: Callable[..., Any], tmp_path: Path) -> None:
    beat = tmp_path / "beat"

    assert run(sys.executable, "-c", LEAVES, BEATS, str(beat)).exit_code == 0

    assert not beat.exists() or not lives(beat)


def test_a_stop_ends_it(run: Callable[..., Any], guardian: WindowsGuardian, tmp_path: Path) -> None:
    beat = tmp_path / "beat"

    def stop() -> None:
        eventually(lambda: beats(beat), within=PATIENCE_S, what="the first beat")
        guardian.stop(1, grace_ms=0)

    ended = run(sys.executable, "-c", BEATS, str(beat), when_started=stop)

    assert ended.stopped
    assert not lives(beat)


def test_a_worker_that_is_killed_takes_its_commands_along(tmp_path: Path) -> None:
    """The job objects' handles are the worker's alone: the system closes them with it."""
    beat = tmp_path / "beat"
    waits = [sys.executable, "-c", LEAVES + WAITS, BEATS, str(beat)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.windows.holder", str(tmp_path), *waits],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as worker:
        eventually(lambda: beats(beat), within=PATIENCE_S, what="the grandchild's first beat")

        worker.kill()
        worker.wait()

    eventually(lambda: not lives(beat), within=3, what="the grandchild to be gone")
